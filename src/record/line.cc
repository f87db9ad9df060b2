#include "record/line.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <utility>

#include "util/shallow_json.h"

namespace zprov::record {
namespace {

using nlohmann::json;

// The words of PEM and OpenSSH (RFC 7468, PROTOCOL.key).
constexpr std::string_view kPrivateKey = "PRIVATE KEY-----";
constexpr int kDeepest = 10;  // levels; a list of differences has five
constexpr char kLeftOut[] = "left out";
constexpr uint64_t kMostZeros = uint64_t{512} << 20;  // as the largest initramfs that is read

constexpr std::array<std::pair<Kind, std::string_view>, 3> kWords = {
    {{Kind::kLooks, "look"}, {Kind::kActs, "act"}, {Kind::kActsQuietly, "act quietly"}}};

// `change` of every string in it.
json EachString(const json& value, const std::function<json(const std::string&)>& change) {
  if (value.is_string()) return change(value.get_ref<const std::string&>());
  if (!value.is_structured()) return value;
  json changed = value;
  for (auto& element : changed) element = EachString(element, change);
  return changed;
}

std::string Latin1ToUtf8(const std::string& bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | (byte >> 6));
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

// The JSON parser has checked that it is UTF-8.
std::string Utf8ToLatin1(const std::string& text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x80) {
      bytes += text[i];
    } else if ((byte & 0xfc) == 0xc0 && i + 1 < text.size()) {
      bytes += static_cast<char>(((byte & 3) << 6) | (static_cast<uint8_t>(text[++i]) & 0x3f));
    } else {
      throw std::invalid_argument("it has a character beyond U+00FF, which no byte is written as");
    }
  }
  return bytes;
}

}  // namespace

bool HasPrivateKey(std::string_view text) {
  return text.find(kPrivateKey) != std::string_view::npos;
}

json WithoutSecrets(const json& value) {
  return EachString(value, [](const std::string& text) -> json {
    if (text.size() > kMostString) return {{kLeftOut, text.size()}};
    if (HasPrivateKey(text)) return kRemovedKey;
    return text;
  });
}

json WithZeros(const json& value) {
  if (!value.is_structured()) return value;
  if (value.is_object() && value.size() == 1 && value.contains(kLeftOut)) {
    const json& size = value.at(kLeftOut);
    if (!size.is_number_unsigned() || size > kMostZeros) {
      throw std::invalid_argument("so many bytes cannot have been left out: " + size.dump());
    }
    return std::string(size.get<size_t>(), '\0');
  }
  json changed = value;
  for (auto& element : changed) element = WithZeros(element);
  return changed;
}

std::string TextOf(const json& value) { return EachString(value, Latin1ToUtf8).dump(); }

std::string TextOf(const Line& line) {
  json array = json::array();
  for (const auto& [kind, word] : kWords) {
    if (kind == line.call.kind) array.push_back(word);
  }
  array.push_back(line.call.name);
  array.push_back(line.call.with);
  if (line.answer) array.push_back(*line.answer);
  return TextOf(array);
}

Result<json> ParseJson(std::string_view text) {
  const json parsed = ParseShallow(text, kDeepest);
  if (parsed.is_discarded()) return Fail(ErrorKind::kInvalid, "it is no JSON");
  try {
    return EachString(parsed, Utf8ToLatin1);
  } catch (const std::invalid_argument& error) {
    return Fail(ErrorKind::kInvalid, error.what());
  }
}

Result<Line> ParseLine(std::string_view text) {
  ZPROV_ASSIGN(const json array, ParseJson(text));
  const bool has_form = array.is_array() && (array.size() == 3 || array.size() == 4) &&
                        array[0].is_string() && array[1].is_string() && array[2].is_array();
  if (!has_form) {
    return Fail(ErrorKind::kInvalid, "it is not [\"look\" or \"act\", a call, its arguments, ...]");
  }
  Line line;
  const auto word = array[0].get<std::string>();
  bool is_known = false;
  for (const auto& [kind, name] : kWords) {
    if (name != word) continue;
    line.call.kind = kind;
    is_known = true;
  }
  if (!is_known) return Fail(ErrorKind::kInvalid, "it begins with neither look nor act");
  line.call.name = array[1].get<std::string>();
  line.call.with = array[2];
  if (array.size() == 4) line.answer.emplace(array[3]);
  return line;
}

}  // namespace zprov::record
