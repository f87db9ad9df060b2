#include "cli/boots_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/text.h"

namespace zprov::cli {
namespace {

using engine::BootStep;
using engine::BootTimeline;
using engine::FileRecord;
using engine::KeptBoot;
using Row = std::vector<std::string>;

std::string At(os::Moment time) { return fmt::format("{:.3f}", Seconds(time)); }

std::string Took(os::Moment time) {
  return fmt::format("{:.1f}", std::chrono::duration<double, std::milli>(time).count());
}

std::string Remark(const FileRecord& file) {
  if (file.what == FileRecord::What::kFound) return "";
  if (file.what == FileRecord::What::kOdd) return "odd: " + Printable(file.oddity);
  return std::string(engine::Name(file.what));
}

Row RowOf(const FileRecord& file) {
  const bool is_found = file.what == FileRecord::What::kFound;
  return {At(file.at), Printable(file.name), is_found ? Size(file.bytes) : "-", Took(file.took),
          Remark(file)};
}

Row RowOf(const BootStep& step) {
  const std::string mark = step.what == BootStep::What::kBus ? "* " : "= ";
  return {At(step.after), mark + Printable(step.text), "", "", Printable(step.cause)};
}

// In the order in which it happened.
std::string Happened(const BootTimeline& boot) {
  std::vector<std::pair<os::Moment, Row>> lines;
  for (const BootStep& step : boot.steps) lines.emplace_back(step.after, RowOf(step));
  for (const FileRecord& file : boot.files) lines.emplace_back(file.at, RowOf(file));
  std::ranges::stable_sort(lines, {}, &std::pair<os::Moment, Row>::first);
  std::vector<Row> rows = {{"SECONDS", "FILE, * BUS, = STATE", "SIZE", "MS", ""}};
  for (auto& [moment, row] : lines) rows.push_back(std::move(row));
  return Table(rows);
}

std::string GenerationOf(const BootTimeline& boot) {
  return boot.generation ? std::to_string(*boot.generation) : "-";
}

uint64_t SuspiciousIn(const BootTimeline& boot) {
  return static_cast<uint64_t>(
      std::ranges::count(boot.files, FileRecord::What::kSuspiciousMiss, &FileRecord::what));
}

Row Summary(const KeptBoot& kept) {
  const BootTimeline& boot = kept.timeline;
  return {std::to_string(kept.number),
          UtcTime(boot.began_ns),
          GenerationOf(boot),
          Printable(boot.ending),
          fmt::format("{:.1f}", Seconds(boot.took)),
          std::to_string(boot.files.size() + boot.files_left_out),
          std::to_string(SuspiciousIn(boot)),
          Printable(boot.cause)};
}

std::string Latest(const KeptBoot& kept) {
  const BootTimeline& boot = kept.timeline;
  std::string text = fmt::format(
      "\nboot {} began {}{}: {} after {:.1f} s{}\n", kept.number, UtcTime(boot.began_ns),
      boot.generation ? ", generation " + GenerationOf(boot) : "", Printable(boot.ending),
      Seconds(boot.took), boot.cause.empty() ? "" : ": " + Printable(boot.cause));
  text += Happened(boot);
  if (boot.files_left_out > 0) text += Count(boot.files_left_out, "more request") + " not kept\n";
  return text;
}

}  // namespace

std::string BootsText(const engine::KeptBoots& kept) {
  std::string text;
  if (!kept.boots.empty()) text += Latest(kept.boots.front());
  if (kept.boots.size() > 1) {
    std::vector<Row> rows = {
        {"BOOT", "BEGAN", "GENERATION", "ENDING", "SECONDS", "REQUESTS", "MISSED", "CAUSE"}};
    for (size_t i = 1; i < kept.boots.size(); ++i) rows.push_back(Summary(kept.boots[i]));
    text += "\nbefore it\n" + Table(rows);
  }
  for (const std::string& damaged : kept.damaged) {
    text += fmt::format("cannot be read: {}\n", Printable(damaged));
  }
  return text;
}

}  // namespace zprov::cli
