// A TOML text as plain values with line numbers: the only door to the TOML library. What the values
// mean is read elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/spec/parse.h"

namespace zprov::spec {

struct Value;
struct Entry;
struct OtherValue {};  // a fraction, a date, or anything nested deeper than a spec ever is

using Array = std::vector<Value>;
using Table = std::vector<Entry>;

struct Value {
  std::variant<OtherValue, std::string, int64_t, bool, Array, Table> data;
  int line = 1;
};

struct Entry {
  std::string key;
  int line = 1;
  Value value;
};

// The root table, or the one problem that keeps `text` from being TOML.
std::variant<Table, Problem> ReadDocument(std::string_view text);

}  // namespace zprov::spec
