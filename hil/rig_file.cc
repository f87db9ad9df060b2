#include "hil/rig_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/spec/document.h"
#include "core/spec/names.h"
#include "core/spec/problems.h"
#include "core/spec/table_reader.h"
#include "hil/scenario.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

using spec::Located;
using spec::LocatedText;
using spec::Problems;
using spec::Quoted;
using spec::Table;
using spec::TableReader;

constexpr std::array kPowers = {std::pair{std::string_view("none"), PowerBy::kNobody},
                                std::pair{std::string_view("command"), PowerBy::kCommand},
                                std::pair{std::string_view("port"), PowerBy::kPort}};
constexpr std::string_view kCommandForm =
    "the program's whole path, then its words: \"/usr/local/sbin/relay {node}\"";

// A board while it is being read: with the lines of what may clash.
struct BoardDraft {
  int line = 1;
  LocatedText name = {};
  std::optional<Located<PortPath>> usb = {};
  std::optional<Located<Mac>> mac = {};
  LocatedText serial = {};
  LocatedText console = {};
  std::optional<LocatedText> power_command = {};
};

struct Draft {
  Located<PowerBy> power;
  std::optional<LocatedText> power_command;  // of all that have none of their own
  std::vector<BoardDraft> boards;
  std::optional<LocatedText> plugs_command;
  std::optional<LocatedText> pull_command;
  uint32_t least_kb_per_s = 0;
  uint32_t least_link_kb_per_s = 0;
  std::vector<Quarantine> quarantines;
};

// [name], a table; null: it is not there, or is none (reported).
const spec::Value* SectionOf(TableReader& top, std::string_view name, Problems& problems) {
  const spec::Value* section = top.Any(name);
  if (section == nullptr || std::holds_alternative<Table>(section->data)) return section;
  problems.Error(section->line,
                 fmt::format("{0} is no table: write [{0}] and its keys below it", name));
  return nullptr;
}

// The tables of [[name]], each as `read` takes it.
template <typename Read>
void ReadEach(TableReader& top, std::string_view name, Problems& problems, const Read& read) {
  const spec::Value* list = top.Any(name);
  if (list == nullptr) return;
  const auto* values = std::get_if<spec::Array>(&list->data);
  if (values == nullptr) {
    problems.Error(
        list->line,
        fmt::format("{0} is a list: write [[{0}]], in two brackets, for each one", name));
    return;
  }
  for (const spec::Value& value : *values) {
    if (const Table* keys = std::get_if<Table>(&value.data)) {
      TableReader table(std::string(name), *keys, problems);
      read(table, value.line);
      table.ReportUnknown();
    } else {
      problems.Error(
          value.line,
          fmt::format("{0} has something that is no table: write [[{0}]] for each", name));
    }
  }
}

void ReadPower(TableReader& top, Draft& draft, Problems& problems) {
  const spec::Value* section = SectionOf(top, "power", problems);
  if (section == nullptr) return;
  TableReader table("power", std::get<Table>(section->data), problems);
  Set(draft.power, table.Choice<PowerBy>("by", kPowers));
  if (!table.Has("by")) {
    problems.Error(section->line,
                   "power does not say by what: write by = \"command\", \"port\" or \"none\"");
  }
  draft.power_command = table.Text("command");
  table.ReportUnknown();
}

// A program that does that with plugs.
std::optional<LocatedText> ReadPlugProgram(TableReader& table, const char* key,
                                           std::string_view does, Problems& problems) {
  auto command = table.Text(key);
  if (command && !command->value.starts_with('/')) {
    problems.Error(command->line,
                   fmt::format("the command {} that {} plugs is not absolute: write the program's "
                               "whole path",
                               Quoted(command->value), does));
  }
  return command;
}

void ReadPlugs(TableReader& top, Draft& draft, Problems& problems) {
  const spec::Value* section = SectionOf(top, "plugs", problems);
  if (section == nullptr) return;
  TableReader table("plugs", std::get<Table>(section->data), problems);
  draft.plugs_command = ReadPlugProgram(table, "command", "exchanges", problems);
  draft.pull_command = ReadPlugProgram(table, "pull", "pulls", problems);
  table.ReportUnknown();
}

void ReadLimits(TableReader& top, Draft& draft, Problems& problems) {
  const spec::Value* section = SectionOf(top, "limits", problems);
  if (section == nullptr) return;
  TableReader table("limits", std::get<Table>(section->data), problems);
  constexpr spec::NumberRange kRates = {1, 60'000};  // what high-speed USB can carry
  if (const auto rate = table.Integer("boot_kb_per_s", kRates)) {
    draft.least_kb_per_s = static_cast<uint32_t>(rate->value);
  }
  if (const auto rate = table.Integer("link_kb_per_s", kRates)) {
    draft.least_link_kb_per_s = static_cast<uint32_t>(rate->value);
  }
  table.ReportUnknown();
}

BoardDraft ReadBoard(TableReader& table, int line, Problems& problems) {
  BoardDraft board{.line = line};
  Set(board.name, table.Text("name"));
  if (!table.Has("name")) {
    problems.Error(line, "this [[node]] has no name: write the one that cluster.toml gives");
  }
  board.usb = table.Parsed<PortPath>("usb", "bus and ports as the kernel does, \"1-1.3\"");
  board.mac = table.Parsed<Mac>("mac", "six hex pairs, \"02:34:33:3c:50:21\"");
  Set(board.serial, table.Text("serial"));
  Set(board.console, table.Text("console"));
  board.power_command = table.Text("power_command");
  return board;
}

bool IsDay(const std::string& text) {
  constexpr std::string_view kForm = "0000-00-00";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : text[i] != kForm[i]) return false;
  }
  return true;
}

Quarantine ReadQuarantine(TableReader& table, int line, Problems& problems) {
  LocatedText scenario;
  LocatedText reason;
  LocatedText until;
  Set(scenario, table.Text("scenario"));
  Set(reason, table.Text("reason"));
  Set(until, table.Text("until"));
  std::vector<std::string> names;
  for (const Scenario& each : Scenarios()) names.emplace_back(each.name);
  if (std::ranges::find(names, scenario.value) == names.end()) {
    const auto nearest = Nearest(scenario.value, names);
    problems.Error(
        line, fmt::format("quarantine of {}: there is no such scenario: {}", Quoted(scenario.value),
                          nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                                  : "name one of the rows of zprov --hil"));
  }
  if (reason.value.empty()) {
    problems.Error(line, "this [[quarantine]] has no reason: write why it is known to fail");
  }
  if (!IsDay(until.value)) {
    problems.Error(line, fmt::format("quarantine until {} is no day: write the last one, "
                                     "until = \"2026-12-31\"",
                                     Quoted(until.value)));
  }
  return {scenario.value, reason.value, until.value};
}

Draft ReadDraft(const Table& root, Problems& problems) {
  Draft draft;
  TableReader top("", root, problems);
  ReadPower(top, draft, problems);
  ReadPlugs(top, draft, problems);
  ReadLimits(top, draft, problems);
  ReadEach(top, "node", problems, [&](TableReader& table, int line) {
    draft.boards.push_back(ReadBoard(table, line, problems));
  });
  ReadEach(top, "quarantine", problems, [&](TableReader& table, int line) {
    draft.quarantines.push_back(ReadQuarantine(table, line, problems));
  });
  top.ReportUnknown();
  return draft;
}

void CheckName(const BoardDraft& board, const spec::ClusterSpec& spec, Problems& problems) {
  const std::string& name = board.name.value;
  if (name.empty() || std::ranges::find(spec.nodes, name, &spec::Node::name) != spec.nodes.end()) {
    return;
  }
  std::vector<std::string> names;
  for (const spec::Node& node : spec.nodes) names.push_back(node.name);
  const auto nearest = Nearest(name, names);
  problems.Error(board.name.line,
                 fmt::format("cluster.toml has no node {}: {}", Quoted(name),
                             nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                                     : "take it out, or describe it there first"));
}

void CheckCommand(const std::optional<LocatedText>& command, PowerBy power, Problems& problems) {
  if (!command) return;
  if (power != PowerBy::kCommand) {
    problems.Error(command->line, fmt::format("the power command {} is never run: write by = "
                                              "\"command\" under [power], or take it out",
                                              Quoted(command->value)));
  } else if (!command->value.starts_with('/')) {
    problems.Error(command->line, fmt::format("the power command {} is not absolute: write {}",
                                              Quoted(command->value), kCommandForm));
  }
}

// `what` of two boards is the same.
using Taken = std::map<std::string, std::pair<std::string, int>>;

void Take(const std::string& what, const BoardDraft& board, int line,
          std::pair<Taken&, Problems&> to) {
  const auto [place, is_new] = to.first.try_emplace(what, board.name.value, line);
  if (is_new) return;
  to.second.Error(line,
                  fmt::format("{} of {} is already that of {} (line {}): give one of them "
                              "another",
                              what, board.name.value, place->second.first, place->second.second));
}

void TakeAll(const BoardDraft& board, Taken& taken, Problems& problems) {
  const std::pair<Taken&, Problems&> to{taken, problems};
  const std::string& name = board.name.value;
  if (!name.empty()) Take("name " + Quoted(name), board, board.name.line, to);
  if (board.usb) Take("usb path " + board.usb->value.ToString(), board, board.usb->line, to);
  if (board.mac) Take("MAC " + board.mac->value.ToString(), board, board.mac->line, to);
  if (!board.serial.value.empty()) {
    Take("serial " + Quoted(board.serial.value), board, board.serial.line, to);
  }
  if (!board.console.value.empty()) {
    Take("console " + Quoted(board.console.value), board, board.console.line, to);
  }
}

void CheckTexts(const BoardDraft& board, Problems& problems) {
  if (const auto fault = spec::SerialFault(board.serial.value)) {
    problems.Error(board.serial.line, fmt::format("serial {} of {} {}", Quoted(board.serial.value),
                                                  board.name.value, *fault));
  }
  const std::string& console = board.console.value;
  if (!console.empty() && (!console.starts_with('/') || !IsNormalPath(console))) {
    problems.Error(board.console.line,
                   fmt::format("console {} of {} is no device: write its whole path, "
                               "\"/dev/serial/by-id/…\"",
                               Quoted(console), board.name.value));
  }
}

void CheckBoards(const Draft& draft, const spec::ClusterSpec& spec, Problems& problems) {
  const PowerBy power = draft.power.value;
  const bool wants_command = power == PowerBy::kCommand && !draft.power_command;
  CheckCommand(draft.power_command, power, problems);
  Taken taken;
  for (const BoardDraft& board : draft.boards) {
    CheckName(board, spec, problems);
    CheckTexts(board, problems);
    CheckCommand(board.power_command, power, problems);
    TakeAll(board, taken, problems);
  }
  const bool all_have_one =
      !draft.boards.empty() && std::ranges::all_of(draft.boards, [](const BoardDraft& board) {
        return board.power_command.has_value();
      });
  if (wants_command && !all_have_one) {
    problems.Error(
        draft.power.line,
        fmt::format("by = \"command\" needs a command: write command = {} under [power], "
                    "or power_command in each [[node]]",
                    kCommandForm));
  }
}

// What a person wrote once for all: {node} and {port} stand for each one's.
std::string Filled(std::string_view word, const std::string& node, const std::string& port) {
  std::string filled(word);
  for (const auto& [mark, text] : {std::pair{"{node}", node}, {"{port}", port}}) {
    for (size_t at = 0; (at = filled.find(mark, at)) != std::string::npos; at += text.size()) {
      filled.replace(at, std::string_view(mark).size(), text);
    }
  }
  return filled;
}

std::vector<std::string> CommandOf(const std::optional<LocatedText>& command,
                                   const BoardAtRig& board) {
  if (!command) return {};
  std::vector<std::string> argv;
  for (const std::string_view word : Words(command->value)) {
    argv.push_back(Filled(word, board.name, board.usb ? board.usb->ToString() : ""));
  }
  return argv;
}

// What the file does not say of a node, cluster.toml does.
BoardAtRig BoardOf(const BoardDraft& draft, const spec::Node& node) {
  BoardAtRig board{.name = node.name, .usb = node.usb, .mac = node.node_mac, .serial = node.serial};
  if (draft.usb) board.usb = draft.usb->value;
  if (draft.mac) board.mac = draft.mac->value;
  if (!draft.serial.value.empty()) board.serial = draft.serial.value;
  board.console = draft.console.value;
  return board;
}

std::vector<std::string> WordsOf(const std::optional<LocatedText>& command) {
  std::vector<std::string> words;
  if (!command) return words;
  for (const std::string_view word : Words(command->value)) words.emplace_back(word);
  return words;
}

RigDescription ToRig(Draft draft, const spec::ClusterSpec& spec) {
  RigDescription rig{.power = draft.power.value,
                     .plugs_command = WordsOf(draft.plugs_command),
                     .pull_command = WordsOf(draft.pull_command),
                     .least_kb_per_s = draft.least_kb_per_s,
                     .least_link_kb_per_s = draft.least_link_kb_per_s,
                     .quarantines = std::move(draft.quarantines)};
  if (draft.boards.empty()) {
    for (const spec::Node& node : spec.nodes) {
      if (node.usb) draft.boards.push_back({.name = {node.name, 1}});
    }
  }
  for (const BoardDraft& each : draft.boards) {
    BoardAtRig board =
        BoardOf(each, *std::ranges::find(spec.nodes, each.name.value, &spec::Node::name));
    board.power_command =
        CommandOf(each.power_command ? each.power_command : draft.power_command, board);
    rig.boards.push_back(std::move(board));
  }
  return rig;
}

}  // namespace

ParsedRig ParseRig(std::string_view text, const spec::ClusterSpec& spec) {
  const auto document = spec::ReadDocument(text);
  if (const auto* problem = std::get_if<spec::Problem>(&document)) return {{}, {*problem}};
  Problems problems;
  const Draft draft = ReadDraft(std::get<Table>(document), problems);
  CheckBoards(draft, spec, problems);
  ParsedRig parsed{{}, problems.Sorted()};
  if (!problems.HasErrors()) parsed.rig = ToRig(draft, spec);
  return parsed;
}

}  // namespace zprov::hil
