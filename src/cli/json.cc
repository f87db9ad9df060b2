// nlohmann/json is included here and nowhere else in cli.
#include "cli/json.h"

#include <nlohmann/json.hpp>

#include "core/plan/describe.h"

namespace zprov::cli {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;  // of all documents; schemas name it

// Bytes that are no UTF-8 (they may come from any file) become U+FFFD.
std::string Document(const std::string& command, json body) {
  body["version"] = kVersion;
  body["command"] = command;
  return body.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

json Step(const plan::Step& step) {
  return {{"kind", plan::KindOf(step.action)},
          {"title", plan::Title(step.action)},
          {"reason", step.reason},
          {"risk", plan::Name(step.risk)},
          {"detail", plan::Detail(step.action)}};
}

json Steps(const std::vector<plan::Step>& steps) {
  json list = json::array();
  for (const plan::Step& step : steps) list.push_back(Step(step));
  return list;
}

json File(const render::ManagedFile& file) { return {{"name", file.name}, {"path", file.path}}; }

}  // namespace

std::string InitJson(const std::string& toml) { return Document("init", {{"toml", toml}}); }

std::string CheckJson(const std::string& label, const spec::ParsedSpec& parsed) {
  json problems = json::array();
  for (const spec::Problem& problem : parsed.problems) {
    const bool is_warning = problem.severity == spec::Problem::Severity::kWarning;
    problems.push_back({{"line", problem.line},
                        {"severity", is_warning ? "warning" : "error"},
                        {"message", problem.message}});
  }
  return Document(
      "check",
      {{"file", label}, {"valid", parsed.spec.has_value()}, {"problems", std::move(problems)}});
}

std::string FilesJson(const std::vector<render::ManagedFile>& files) {
  json list = json::array();
  for (const render::ManagedFile& file : files) list.push_back(File(file));
  return Document("render", {{"files", std::move(list)}});
}

std::string FileJson(const render::ManagedFile& file) {
  json one = File(file);
  one["content"] = render::PlainContent(file);
  return Document("render", {{"files", json::array({std::move(one)})}});
}

std::string PlanJson(const std::string& command, const plan::Plan& plan) {
  return Document(command, {{"steps", Steps(plan.steps)},
                            {"on_host", Steps(plan.on_host)},
                            {"notes", plan.notes},
                            {"refusals", plan.refusals}});
}

std::string DoctorJson(const std::vector<engine::DoctorRow>& rows) {
  json list = json::array();
  for (const engine::DoctorRow& row : rows) {
    list.push_back({{"name", row.name},
                    {"verdict", engine::Name(row.verdict)},
                    {"finding", row.finding},
                    {"cure", row.cure}});
  }
  return Document("doctor", {{"rows", std::move(list)}});
}

std::string DemoJson(const std::vector<DemoAct>& acts) {
  json list = json::array();
  for (const DemoAct& act : acts) list.push_back({{"line", act.line}, {"exit", act.exit_code}});
  return Document("demo", {{"acts", std::move(list)}});
}

}  // namespace zprov::cli
