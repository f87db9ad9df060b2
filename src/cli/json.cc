// nlohmann/json is included here and nowhere else in cli.
#include "cli/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/text.h"
#include "core/plan/describe.h"

namespace zprov::cli {
namespace {

using nlohmann::json;

constexpr int kDocumentVersion = 1;  // of all documents; schemas name it

// Bytes that are no UTF-8 (they may come from any file) become U+FFFD.
std::string Document(const std::string& command, json body) {
  body["version"] = kDocumentVersion;
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

// Absent is null.
template <typename T>
json OrNull(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json Moves(const std::vector<generations::Move>& moves) {
  json list = json::array();
  for (const generations::Move& move : moves) {
    list.push_back({{"node", move.node},
                    {"from", move.from < 0 ? json(nullptr) : json(move.from)},
                    {"to", move.to}});
  }
  return list;
}

json Root(const generations::NodeGeneration& root) {
  return {{"node", root.node}, {"generation", root.number}};
}

json Roots(const std::vector<generations::NodeGeneration>& roots) {
  json list = json::array();
  for (const generations::NodeGeneration& root : roots) list.push_back(Root(root));
  return list;
}

int64_t Milliseconds(os::Moment time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

json Request(const engine::FileRecord& record, os::Moment since) {
  return {{"name", record.name},
          {"what", Name(record.what)},
          {"bytes", record.bytes},
          {"at_ms", Milliseconds(record.at - since)},
          {"took_ms", Milliseconds(record.took)}};
}

json Timeline(const std::vector<engine::FileRecord>& records) {
  json list = json::array();
  for (const engine::FileRecord& record : records) {
    list.push_back(Request(record, records.front().at));
  }
  return list;
}

json Outcome(const engine::NodeOutcome& outcome) {
  const engine::NodeView& view = outcome.view;
  return {{"node", view.node},
          {"outcome", engine::Name(outcome.how)},
          {"stage", Name(view.state)},
          {"file", view.file},
          {"bytes", view.bytes},
          {"missed", view.miss},
          {"cause", view.cause},
          {"failures", view.failures},
          {"timeline", Timeline(view.timeline)}};
}

json Unknown(const std::vector<engine::UnknownBoard>& boards) {
  json list = json::array();
  for (const engine::UnknownBoard& board : boards) {
    list.push_back({{"port", board.port}, {"board", board.description}, {"advice", board.advice}});
  }
  return list;
}

json NodesOrdered(const std::vector<engine::NodeOrdered>& nodes) {
  json list = json::array();
  for (const engine::NodeOrdered& node : nodes) {
    const std::string& text = node.view.order ? node.view.order->text : node.view.cause;
    list.push_back({{"node", node.view.node},
                    {"outcome", engine::Name(node.how)},
                    {"stage", Name(node.view.state)},
                    {"text", text.empty() ? node.view.cause : text}});
  }
  return list;
}

json OrderOf(const std::optional<engine::OrderView>& order) {
  if (!order) return nullptr;
  return {{"what", Name(order->what)}, {"state", Name(order->state)}, {"text", order->text}};
}

json LiveJson(const engine::NodeView& view, os::Moment at) {
  return {{"stage", Name(view.state)},
          {"for_ms", Milliseconds(at - view.since)},
          {"session", view.session},
          {"file", view.file},
          {"bytes", view.bytes},
          {"missed", view.miss},
          {"cause", view.cause},
          {"step", view.step},
          {"failures", view.failures},
          {"mtu", view.mtu == 0 ? json(nullptr) : json(view.mtu)},
          {"generation", OrNull(view.generation)},
          {"order", OrderOf(view.order)}};
}

json LiveOf(const std::string& node, const std::optional<engine::Snapshot>& live) {
  if (!live) return nullptr;
  const auto view = std::ranges::find(live->nodes, node, &engine::NodeView::node);
  return view == live->nodes.end() ? json(nullptr) : LiveJson(*view, live->at);
}

// RFC 3339; null where nobody knows.
json Time(int64_t since_1970_ns) {
  if (since_1970_ns <= 0) return nullptr;
  return RfcTime(since_1970_ns);
}

json Record(const std::optional<generations::Record>& record) {
  if (!record) return nullptr;
  return {{"number", record->number},
          {"made", Time(record->made_ns)},
          {"source", record->source},
          {"kernel", record->kernel}};
}

json WrittenJson(const os::Changes& changes) {
  json largest = json::array();
  for (const os::ChangedFile& file : changes.largest) {
    largest.push_back({{"path", file.path}, {"bytes", file.bytes}});
  }
  return {{"files", changes.count}, {"bytes", changes.bytes}, {"largest", std::move(largest)}};
}

json Boot(const engine::KeptBoot& kept) {
  const engine::BootTimeline& boot = kept.timeline;
  json steps = json::array();
  for (const engine::BootStep& step : boot.steps) {
    steps.push_back({{"at_ms", Milliseconds(step.after)},
                     {"what", Name(step.what)},
                     {"text", step.text},
                     {"cause", step.cause}});
  }
  json requests = json::array();
  for (const engine::FileRecord& record : boot.files) {
    requests.push_back(Request(record, os::Moment(0)));
    requests.back()["oddity"] = record.oddity;
  }
  return {{"number", kept.number},
          {"nonce", boot.nonce},
          {"generation", OrNull(boot.generation)},
          {"began", Time(boot.began_ns)},
          {"took_ms", Milliseconds(boot.took)},
          {"ending", boot.ending},
          {"cause", boot.cause},
          {"steps", std::move(steps)},
          {"requests", std::move(requests)},
          {"requests_left_out", boot.files_left_out}};
}

json Boots(const std::vector<engine::KeptBoot>& boots) {
  json list = json::array();
  for (const engine::KeptBoot& boot : boots) list.push_back(Boot(boot));
  return list;
}

json Findings(const lint::Findings& findings) {
  json found = json::array();
  for (const lint::Finding& finding : findings) {
    const bool is_warning = finding.severity == lint::Finding::Severity::kWarning;
    found.push_back({{"severity", is_warning ? "warning" : "error"},
                     {"where", finding.where},
                     {"what", finding.what},
                     {"cure", finding.cure}});
  }
  return found;
}

json Node(const engine::NodeStatus& node) {
  return {{"node", node.node},
          {"life", engine::Name(node.life.life)},
          {"evidence", node.life.evidence},
          {"runs", node.may_run},
          {"next", OrNull(node.would_get)},
          {"record", Record(node.record)},
          {"generations", node.generations},
          {"reboot", engine::Name(node.reboot)},
          {"wrote", WrittenJson(node.wrote)},
          {"boots", Boots(node.boots.boots)},
          {"damaged_boots", node.boots.damaged},
          {"boot_files", Findings(node.boot_files)}};
}

json File(const render::ManagedFile& file) { return {{"name", file.name}, {"path", file.path}}; }

}  // namespace

std::string InitJson(const std::string& toml) { return Document("init", {{"toml", toml}}); }

std::string CheckJson(const std::string& label, const spec::ParsedSpec& parsed,
                      const lint::Findings& findings) {
  json problems = json::array();
  for (const spec::Problem& problem : parsed.problems) {
    const bool is_warning = problem.severity == spec::Problem::Severity::kWarning;
    problems.push_back({{"line", problem.line},
                        {"severity", is_warning ? "warning" : "error"},
                        {"message", problem.message}});
  }
  return Document("check", {{"file", label},
                            {"valid", parsed.spec.has_value()},
                            {"problems", std::move(problems)},
                            {"findings", Findings(findings)}});
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

std::string UpdateJson(const engine::Renewed& renewed, const std::vector<std::string>& warnings) {
  const engine::Updated& updated = renewed.updated;
  std::vector<std::string> all = warnings;
  all.insert(all.end(), renewed.warnings.begin(), renewed.warnings.end());
  return Document("update",
                  {{"generation", updated.number == 0 ? json(nullptr) : json(updated.number)},
                   {"kernel", updated.kernel},
                   {"moved", Moves(updated.moved)},
                   {"skipped", updated.skipped},
                   {"at_next_boot", updated.at_next_boot},
                   {"pruned", Roots(updated.pruned)},
                   {"rebooted", NodesOrdered(renewed.rebooted)},
                   {"warnings", all}});
}

std::string RollbackJson(const engine::RolledBack& rolled_back,
                         const std::vector<std::string>& warnings) {
  return Document("rollback", {{"moved", Moves(rolled_back.moved)},
                               {"at_next_boot", rolled_back.at_next_boot},
                               {"warnings", warnings}});
}

std::string PruneJson(const generations::Pruning& pruning,
                      const std::vector<std::string>& warnings) {
  json held = json::array();
  for (const generations::Held& one : pruning.held) {
    json row = Root(one.what);
    row["why"] = one.why;
    held.push_back(std::move(row));
  }
  return Document("prune", {{"removed", Roots(pruning.remove)},
                            {"held", std::move(held)},
                            {"emptied", pruning.emptied},
                            {"warnings", warnings}});
}

std::string StatusJson(const engine::ClusterStatus& status,
                       const std::optional<engine::Snapshot>& live) {
  json nodes = json::array();
  for (const engine::NodeStatus& node : status.nodes) {
    nodes.push_back(Node(node));
    nodes.back()["live"] = LiveOf(node.node, live);
  }
  return Document("status",
                  {{"now", Time(status.now_ns)},
                   {"nodes", std::move(nodes)},
                   {"drift", status.drift},
                   {"interrupted", status.interrupted},
                   {"unknown", Unknown(live ? live->unknown : std::vector<engine::UnknownBoard>())},
                   {"warnings", live ? live->warnings : std::vector<std::string>()}});
}

std::string WatchJson(const engine::Snapshot& snapshot) {
  json nodes = json::array();
  for (const engine::NodeView& view : snapshot.nodes) {
    nodes.push_back(LiveJson(view, snapshot.at));
    nodes.back()["node"] = view.node;
  }
  json notices = json::array();
  for (const engine::NodeNotice& notice : snapshot.notices) {
    notices.push_back({{"node", notice.node},
                       {"stage", Name(notice.state)},
                       {"text", notice.text},
                       {"ms_ago", Milliseconds(snapshot.at - notice.at)}});
  }
  json body = {{"version", kDocumentVersion},   {"command", "status --watch"},
               {"nodes", std::move(nodes)},     {"unknown", Unknown(snapshot.unknown)},
               {"warnings", snapshot.warnings}, {"notices", std::move(notices)}};
  return body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string BootJson(const engine::Booted& booted) {
  json nodes = json::array();
  for (const engine::NodeOutcome& outcome : booted.nodes) nodes.push_back(Outcome(outcome));
  return Document("boot", {{"nodes", std::move(nodes)},
                           {"unknown", Unknown(booted.unknown)},
                           {"warnings", booted.warnings}});
}

std::string OrderedJson(engine::Order what, const engine::Ordered& ordered) {
  return Document(std::string(engine::Name(what)),
                  {{"nodes", NodesOrdered(ordered.nodes)}, {"warnings", ordered.warnings}});
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
