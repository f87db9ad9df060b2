// The texts of zprov's own small files about generations: record.json, and run.json of a run whose
// pointers are being moved. Formats only; where they lie is core/generations/layout.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/generations/store.h"

namespace zprov::engine {

// A run that is past its point of no return: whoever finds it carries it out to the end.
struct Run {
  std::optional<generations::Record> record;  // of the generation it finishes; nothing: a rollback
  std::vector<generations::Move> moves;

  bool operator==(const Run&) const = default;
};

std::string RecordText(const generations::Record& record);
std::string RunText(const Run& run);

// Nothing for a text that is not of this version of zprov.
std::optional<generations::Record> ParseRecord(const std::string& text);
std::optional<Run> ParseRun(const std::string& text);

}  // namespace zprov::engine
