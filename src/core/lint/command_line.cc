#include "core/lint/command_line.h"

#include <algorithm>
#include <array>

#include "core/gadget/function.h"
#include "util/strings.h"

namespace zprov::lint {

CommandLine::CommandLine(std::string_view text) {
  const auto lines = LinesWithEndings(text);
  if (lines.empty()) return;
  for (const std::string_view word : Words(Trim(lines.front()))) {
    const size_t equals = std::min(word.find('='), word.size());
    words_.emplace_back(word.substr(0, equals), word.substr(std::min(equals + 1, word.size())));
  }
  is_cut_ = std::any_of(lines.begin() + 1, lines.end(),
                        [](std::string_view line) { return !Trim(line).empty(); });
}

std::optional<std::string> CommandLine::Value(std::string_view key) const {
  const auto last = std::find_if(words_.rbegin(), words_.rend(),
                                 [&](const auto& word) { return word.first == key; });
  if (last == words_.rend()) return std::nullopt;
  return last->second;
}

std::vector<std::string> CommandLine::Keys(std::string_view prefix) const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : words_) {
    if (key.starts_with(prefix)) keys.push_back(key);
  }
  return keys;
}

NfsRoot ParseNfsRoot(std::string_view text) {
  NfsRoot root;
  const size_t comma = std::min(text.find(','), text.size());
  const std::string_view place = text.substr(0, comma);
  if (comma < text.size()) root.options = text.substr(comma + 1);
  const size_t colon = place.find(':');
  const bool has_host = colon != std::string_view::npos;
  if (has_host) root.host = place.substr(0, colon);
  root.path = has_host ? place.substr(colon + 1) : place;
  return root;
}

int NfsVersion(std::string_view options) {
  int version = 3;
  for (const std::string_view option : Split(options, ',')) {
    for (const std::string_view key : {"vers=", "nfsvers=", "v"}) {
      if (!option.starts_with(key) || option.size() == key.size()) continue;
      const char digit = option[key.size()];
      if (digit == '3' || digit == '4') version = digit - '0';
    }
  }
  return version;
}

GadgetWay GadgetOf(const CommandLine& words) {
  const auto named = words.Value("zprov.gadget");
  if (named == gadget::Name(gadget::Function::kGeth)) return GadgetWay::kGeth;
  if (named == gadget::Name(gadget::Function::kEcm)) return GadgetWay::kEcm;
  if (!words.Keys("g_ether.").empty()) return GadgetWay::kGEther;
  for (const char* key : {"modules-load", "rd.modules-load", "modules_load"}) {
    const std::string modules = words.Value(key).value_or("");
    const auto names = Split(modules, ',');
    if (std::ranges::find(names, "g_ether") != names.end()) return GadgetWay::kGEther;
  }
  return GadgetWay::kNotSaid;
}

}  // namespace zprov::lint
