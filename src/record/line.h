// A line of a bundle: a call and its answer as JSON, with nothing in it that must stay secret.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "record/tape.h"

namespace zprov::record {

// Of strings beyond it their size alone is written down.
inline constexpr size_t kMostString = size_t{1} << 20;  // bytes

// What stands where a private key was, and whether `text` holds the beginning or end of one.
inline constexpr std::string_view kRemovedKey = "(a private key was here)";
bool HasPrivateKey(std::string_view text);

struct Line {
  Call call;
  std::optional<nlohmann::json> answer;  // nothing: as the last time that this was asked
};

// The same without private keys, and {"left out":N} for a string of N bytes beyond kMostString.
nlohmann::json WithoutSecrets(const nlohmann::json& value);

// The same with N zeros where {"left out":N} stands. std::invalid_argument: N is beyond all reason.
nlohmann::json WithZeros(const nlohmann::json& value);

// One line without its end. Bytes from 0x80 on are written as the characters U+0080 to U+00FF.
std::string TextOf(const nlohmann::json& value);
std::string TextOf(const Line& line);
// Foreign bytes. Errors: kInvalid, and why.
Result<nlohmann::json> ParseJson(std::string_view text);
Result<Line> ParseLine(std::string_view text);

}  // namespace zprov::record
