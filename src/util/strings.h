// Small text operations that the standard library lacks. No formatting (fmt does that), no I/O.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zprov {

// "a b  c" by ' ' and '\t', empty words dropped.
std::vector<std::string_view> Words(std::string_view text);

// The parts between separators; always one more than there are separators.
std::vector<std::string_view> Split(std::string_view text, char separator);

// Lines, each with its own line ending ("\n" or "\r\n") still on it; the last may have none.
std::vector<std::string_view> LinesWithEndings(std::string_view text);

std::string_view Trim(std::string_view text);
std::string Join(std::span<const std::string> parts, std::string_view separator);

// A whole decimal number from 0 to `max`; nothing for anything else (signs, spaces, overflow).
std::optional<unsigned long> ParseNumber(std::string_view text, unsigned long max);

// The candidate with the smallest edit distance, if that is at most a third of `word`'s length
// (at least 1): what the person most likely meant.
std::optional<std::string> Nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace zprov
