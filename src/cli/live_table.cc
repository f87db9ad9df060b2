#include "cli/live_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/boot_text.h"
#include "cli/text.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

using engine::NodeState;
using engine::NodeView;
using Row = std::vector<std::string>;

// Of the boot while it goes on, else of the state.
std::string ElapsedOf(const NodeView& view, os::Moment at) {
  const bool is_booting = view.began && !Runs(view.state);
  return fmt::format("{:.0f} s", Seconds(at - (is_booting ? *view.began : view.since)));
}

}  // namespace

// Between two drawings that are so far apart that it means something.
std::string LiveTable::RateOf(const NodeView& view, os::Moment at) {
  constexpr std::chrono::milliseconds kLeast{200};
  Pace& pace = paces_.try_emplace(view.node, Pace{at, view.bytes, 0}).first->second;
  if (view.bytes < pace.bytes) pace = {at, view.bytes, 0};  // another boot
  if (at - pace.at >= kLeast) {
    pace = {at, view.bytes, static_cast<double>(view.bytes - pace.bytes) / Seconds(at - pace.at)};
  }
  if (view.state != NodeState::kServing) return "-";
  return fmt::format("{:.1f}", pace.rate / 1e6);
}

std::string LiveTable::Draw(const engine::Snapshot& snapshot) {
  const size_t room = size_.rows > 4 ? size_.rows - 3 : 1;  // head, count, and the cursor's line
  const bool has_room = snapshot.nodes.size() <= room;
  std::vector<Row> rows = {{"NODE", "STAGE", "FILE", "MB/S", "ELAPSED", "MTU", "ERROR"}};
  size_t left_out = 0;
  for (const NodeView& view : snapshot.nodes) {
    const std::string rate = RateOf(view, snapshot.at);
    if ((!has_room && Runs(view.state)) || rows.size() > room) {
      ++left_out;
      continue;
    }
    rows.push_back({view.node, StageOf(view), view.file.empty() ? "-" : Printable(view.file), rate,
                    ElapsedOf(view, snapshot.at), view.mtu == 0 ? "-" : std::to_string(view.mtu),
                    Printable(view.cause)});
  }
  std::string text = Table(rows);
  if (left_out > 0) text += fmt::format("and {}\n", Count(left_out, "more node"));
  std::string drawn = Clear();
  for (const std::string_view line : LinesWithEndings(text)) {
    drawn += Cut(line.substr(0, line.find('\n')), size_.columns - 1) + "\n";
    ++drawn_;
  }
  return drawn;
}

// ECMA-48: up by so many lines; erase from the cursor to the end.
std::string LiveTable::Clear() {
  const size_t lines = std::exchange(drawn_, 0);
  return lines == 0 ? "" : fmt::format("\x1b[{}A\x1b[J", lines);
}

}  // namespace zprov::cli
