#include "cli/boot_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using engine::Booted;
using engine::NodeOutcome;
using engine::NodeView;
using How = NodeOutcome::How;

std::vector<std::string> RowOf(const NodeOutcome& outcome) {
  const NodeView& view = outcome.view;
  return {view.node, std::string(engine::Name(outcome.how)), std::string(engine::Name(view.state)),
          view.file.empty() ? "-" : Printable(view.file), Size(view.bytes)};
}

// "s3 is stuck at: first stage sent; last file start.elf; missing vmlinuz; …".
std::string Stuck(const NodeOutcome& outcome) {
  const NodeView& view = outcome.view;
  std::string text = fmt::format("{} {}, at stage \"{}\"", view.node, engine::Name(outcome.how),
                                 engine::Name(view.state));
  if (!view.file.empty()) text += fmt::format("; last file asked for: {}", Printable(view.file));
  if (!view.miss.empty()) text += fmt::format("; missed: {}", Printable(view.miss));
  if (!view.cause.empty()) text += "; " + Printable(view.cause);
  if (view.state == engine::NodeState::kAbsent) {
    text += "; nothing is plugged in at its port: look at the cable, and at usb in cluster.toml";
  }
  return text + "\n";
}

// In a person's words: a node that runs may be healthy, or up and unverified.
std::string_view Ending(const NodeOutcome& outcome) {
  return outcome.how == How::kRuns ? engine::Name(outcome.view.state) : engine::Name(outcome.how);
}

std::string Summary(const Booted& booted) {
  std::map<std::pair<How, std::string_view>, size_t> counts;
  for (const NodeOutcome& outcome : booted.nodes) ++counts[{outcome.how, Ending(outcome)}];
  std::vector<std::string> parts;
  for (const auto& [ending, count] : counts) {
    parts.push_back(fmt::format("{} {}", count, ending.second));
  }
  return Count(booted.nodes.size(), "node") + ": " + Join(parts, ", ") + "\n";
}

}  // namespace

std::string StageOf(const NodeView& view) {
  std::string stage(engine::Name(view.state));
  if (view.state == engine::NodeState::kServing && view.session > 1) {
    stage += fmt::format(" {}", view.session);
  }
  return view.step.empty() ? stage : stage + ": " + Printable(view.step);
}

std::string BoardsAndWarnings(const std::vector<engine::UnknownBoard>& boards,
                              const std::vector<std::string>& warnings) {
  std::string text;
  for (const engine::UnknownBoard& board : boards) {
    text += fmt::format(
        "{} at port {} belongs to no node: give that port to one in cluster.toml ({})\n",
        Printable(board.description), board.port, Printable(board.advice));
  }
  for (const std::string& warning : warnings) {
    text += fmt::format("warning: {}\n", Printable(warning));
  }
  return text;
}

std::string NoticeText(const engine::NodeNotice& notice) {
  std::string text = fmt::format("{}: {}", notice.node, engine::Name(notice.state));
  if (!notice.text.empty()) text += ": " + Printable(notice.text);
  return text + "\n";
}

std::string BootedText(const Booted& booted) {
  std::vector<std::vector<std::string>> rows = {{"NODE", "BOOT", "STAGE", "LAST FILE", "SENT"}};
  for (const NodeOutcome& outcome : booted.nodes) rows.push_back(RowOf(outcome));
  std::string text = Table(rows);
  for (const NodeOutcome& outcome : booted.nodes) {
    if (outcome.how != How::kRuns) text += Stuck(outcome);
  }
  return text + BoardsAndWarnings(booted.unknown, booted.warnings) + Summary(booted);
}

bool AllRun(const Booted& booted) {
  return std::all_of(booted.nodes.begin(), booted.nodes.end(),
                     [](const NodeOutcome& outcome) { return outcome.how == How::kRuns; });
}

}  // namespace zprov::cli
