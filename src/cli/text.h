// How tables, sizes, ages and names read on a terminal. Nothing that knows what it shows.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zprov::cli {

// Control characters become \x1b and the like: a name that a node chose must not steer the terminal
// of whoever reads it.
std::string Printable(std::string_view text);

// At most `most` characters; a character of UTF-8 is never cut in two.
std::string Cut(std::string_view line, size_t most);

// Cells in columns, two blanks between them, each as wide as its widest cell; nothing is cut off.
// Each row ends with a newline and without blanks.
std::string Table(const std::vector<std::vector<std::string>>& rows);

std::string Count(uint64_t count, std::string_view noun);  // "1 node", "5 nodes"
std::string Size(uint64_t bytes);                          // "812 B", "3.4 MB"
double Seconds(std::chrono::nanoseconds time);             // whole and parts
std::string Age(int64_t made_ns, int64_t now_ns);          // "5 min", "3 h", "2 d"; "?" before then
std::string UtcTime(int64_t since_1970_ns);                // "2023-01-02 03:04:05 UTC"
std::string RfcTime(int64_t since_1970_ns);                // "2023-01-02T03:04:05Z"
std::string Numbers(const std::vector<int>& numbers);      // "0, 7, 8"
std::string Generations(const std::vector<int>& numbers);  // "generation 8", "generations 7, 8"

}  // namespace zprov::cli
