#include "engine/boots/timeline_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "util/shallow_json.h"

namespace zprov::engine {
namespace {

using nlohmann::json;

constexpr int kTimelineVersion = 1;
// The document has three levels.
constexpr int kDeepestTimeline = 5;
constexpr size_t kLongestWord = 64 * 1024;         // bytes of one text: causes quote names
constexpr int64_t kLatestUs = 1'000'000'000'000;   // eleven days: no boot takes so long
constexpr int kLargestGeneration = 1'000'000'000;  // as generations::NumberOf takes at most

constexpr std::array kFileKinds = {FileRecord::What::kFound, FileRecord::What::kExpectedMiss,
                                   FileRecord::What::kSuspiciousMiss, FileRecord::What::kOdd};
constexpr std::array kStepKinds = {BootStep::What::kState, BootStep::What::kBus};

int64_t Microseconds(os::Moment time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

json ToJson(const BootStep& step) {
  json one = {
      {"after_us", Microseconds(step.after)}, {"what", Name(step.what)}, {"text", step.text}};
  if (!step.cause.empty()) one["cause"] = step.cause;
  return one;
}

json ToJson(const FileRecord& file) {
  json one = {{"name", file.name},
              {"what", Name(file.what)},
              {"bytes", file.bytes},
              {"at_us", Microseconds(file.at)},
              {"took_us", Microseconds(file.took)}};
  if (!file.oddity.empty()) one["oddity"] = file.oddity;
  return one;
}

template <typename T>
json ListOf(const std::vector<T>& values) {
  json list = json::array();
  for (const T& value : values) list.push_back(ToJson(value));
  return list;
}

tl::unexpected<Error> Damaged(std::string_view why) {
  return Fail(ErrorKind::kInvalid, fmt::format("it is no boot's timeline: {}", why));
}

Result<std::string> TextIn(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return Damaged(fmt::format("{} is no text", key));
  }
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > kLongestWord) return Damaged(fmt::format("{} is too long", key));
  return text;
}

// Empty when it is not there.
Result<std::string> OptionalText(const json& object, const char* key) {
  return object.contains(key) ? TextIn(object, key) : Result<std::string>(std::string());
}

Result<int64_t> NumberIn(const json& object, const char* key, int64_t largest) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) {
    return Damaged(fmt::format("{} is no whole number", key));
  }
  const auto number = found->get<uint64_t>();
  if (number > static_cast<uint64_t>(largest)) return Damaged(fmt::format("{} is too large", key));
  return static_cast<int64_t>(number);
}

Result<os::Moment> TimeIn(const json& object, const char* key) {
  ZPROV_ASSIGN(const int64_t microseconds, NumberIn(object, key, kLatestUs));
  return std::chrono::microseconds(microseconds);
}

template <typename T, size_t N>
Result<T> KindIn(const json& object, const std::array<T, N>& kinds) {
  ZPROV_ASSIGN(const std::string word, TextIn(object, "what"));
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](T known) { return Name(known) == word; });
  if (kind == kinds.end()) return Damaged("something in it has an unknown kind");
  return *kind;
}

Result<void> Read(const json& object, BootStep& step) {
  ZPROV_ASSIGN(step.after, TimeIn(object, "after_us"));
  ZPROV_ASSIGN(step.what, KindIn(object, kStepKinds));
  ZPROV_ASSIGN(step.text, TextIn(object, "text"));
  ZPROV_ASSIGN(step.cause, OptionalText(object, "cause"));
  return {};
}

Result<void> Read(const json& object, FileRecord& file) {
  ZPROV_ASSIGN(file.name, TextIn(object, "name"));
  ZPROV_ASSIGN(file.what, KindIn(object, kFileKinds));
  ZPROV_ASSIGN(file.oddity, OptionalText(object, "oddity"));
  ZPROV_ASSIGN(const int64_t bytes, NumberIn(object, "bytes", INT64_MAX));
  file.bytes = static_cast<uint64_t>(bytes);
  ZPROV_ASSIGN(file.at, TimeIn(object, "at_us"));
  ZPROV_ASSIGN(file.took, TimeIn(object, "took_us"));
  return {};
}

template <typename T>
Result<std::vector<T>> ListIn(const json& object, const char* key, size_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array() || found->size() > most) {
    return Damaged(fmt::format("{} is no list of at most {}", key, most));
  }
  std::vector<T> values;
  for (const json& one : *found) {
    if (!one.is_object()) return Damaged(fmt::format("{} holds what is no object", key));
    values.emplace_back();
    ZPROV_TRY(Read(one, values.back()));
  }
  return values;
}

Result<void> ReadHead(const json& object, BootTimeline& timeline) {
  ZPROV_ASSIGN(timeline.node, TextIn(object, "node"));
  ZPROV_ASSIGN(timeline.nonce, TextIn(object, "nonce"));
  if (object.contains("generation")) {
    ZPROV_ASSIGN(const int64_t number, NumberIn(object, "generation", kLargestGeneration));
    timeline.generation = static_cast<int>(number);
  }
  ZPROV_ASSIGN(timeline.began_ns, NumberIn(object, "began_ns", INT64_MAX));
  ZPROV_ASSIGN(timeline.took, TimeIn(object, "took_us"));
  ZPROV_ASSIGN(timeline.ending, TextIn(object, "ending"));
  ZPROV_ASSIGN(timeline.cause, OptionalText(object, "cause"));
  return {};
}

}  // namespace

std::string_view Name(FileRecord::What what) {
  switch (what) {
    case FileRecord::What::kFound:
      return "found";
    case FileRecord::What::kExpectedMiss:
      return "expected miss";
    case FileRecord::What::kSuspiciousMiss:
      return "suspicious miss";
    case FileRecord::What::kOdd:
      return "odd";
  }
  return "";
}

std::string_view Name(BootStep::What what) {
  switch (what) {
    case BootStep::What::kState:
      return "state";
    case BootStep::What::kBus:
      return "bus";
  }
  return "";
}

std::string TextOf(const BootTimeline& timeline) {
  json body = {{"version", kTimelineVersion},
               {"node", timeline.node},
               {"nonce", timeline.nonce},
               {"began_ns", timeline.began_ns},
               {"took_us", Microseconds(timeline.took)},
               {"ending", timeline.ending},
               {"steps", ListOf(timeline.steps)},
               {"files", ListOf(timeline.files)},
               {"files_left_out", timeline.files_left_out}};
  if (timeline.generation) body["generation"] = *timeline.generation;
  if (!timeline.cause.empty()) body["cause"] = timeline.cause;
  return body.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<BootTimeline> ParseTimeline(std::string_view text) {
  if (text.size() > kLongestTimeline) return Damaged("it is too long");
  // The library takes a zero for the end and would not look behind it.
  if (text.find('\0') != std::string_view::npos) return Damaged("it holds a zero byte");
  const json body = ParseShallow(text, kDeepestTimeline);
  if (!body.is_object()) return Damaged("it is not one JSON object");
  const auto version = body.find("version");
  if (version == body.end() || !version->is_number_integer() || *version != kTimelineVersion) {
    return Damaged("it is of another version of zprov");
  }
  BootTimeline timeline;
  ZPROV_TRY(ReadHead(body, timeline));
  ZPROV_ASSIGN(timeline.steps, ListIn<BootStep>(body, "steps", BootTimeline::kMostSteps));
  ZPROV_ASSIGN(timeline.files, ListIn<FileRecord>(body, "files", NodeView::kMostRecords));
  ZPROV_ASSIGN(const int64_t left_out, NumberIn(body, "files_left_out", INT64_MAX));
  timeline.files_left_out = static_cast<uint64_t>(left_out);
  return timeline;
}

}  // namespace zprov::engine
