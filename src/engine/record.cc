#include "engine/record.h"

#include <nlohmann/json.hpp>

namespace zprov::engine {
namespace {

using nlohmann::json;

constexpr int kRecordVersion = 1;  // of both files

std::string Text(json body) {
  body["version"] = kRecordVersion;
  return body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json ToJson(const generations::Record& record) {
  return {{"number", record.number},
          {"made_ns", record.made_ns},
          {"source", record.source},
          {"kernel", record.kernel}};
}

json ToJson(const generations::Move& move) {
  return {{"node", move.node}, {"from", move.from}, {"to", move.to}};
}

// These throw nlohmann's exceptions for whatever is not of the form above.
json Body(const std::string& text) {
  json body = json::parse(text);
  if (body.at("version").get<int>() != kRecordVersion)
    throw json::other_error::create(501, "version", nullptr);
  return body;
}

generations::Record RecordOf(const json& body) {
  return {.number = body.at("number").get<int>(),
          .made_ns = body.at("made_ns").get<int64_t>(),
          .source = body.at("source").get<std::string>(),
          .kernel = body.at("kernel").get<std::string>()};
}

generations::Move MoveOf(const json& body) {
  return {.node = body.at("node").get<std::string>(),
          .from = body.at("from").get<int>(),
          .to = body.at("to").get<int>()};
}

}  // namespace

std::string RecordText(const generations::Record& record) { return Text(ToJson(record)); }

std::string RunText(const Run& run) {
  json moves = json::array();
  for (const generations::Move& move : run.moves) moves.push_back(ToJson(move));
  json body = {{"moves", std::move(moves)}};
  if (run.record) body["record"] = ToJson(*run.record);
  return Text(std::move(body));
}

std::optional<generations::Record> ParseRecord(const std::string& text) {
  try {
    return RecordOf(Body(text));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::optional<Run> ParseRun(const std::string& text) {
  try {
    const json body = Body(text);
    Run run;
    if (body.contains("record")) run.record = RecordOf(body.at("record"));
    for (const json& move : body.at("moves")) run.moves.push_back(MoveOf(move));
    return run;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace zprov::engine
