#include "engine/serve/control_request.h"

#include <algorithm>
#include <array>

#include "engine/serve/control_json.h"

namespace zprov::engine {
namespace {

using nlohmann::json;

constexpr size_t kLongestName = 63;    // bytes of a host name's label (RFC 1035)
constexpr size_t kMostNodes = 65'536;  // more than any cluster has

struct Row {
  ControlRequest::Verb verb;
  std::string_view name;
};

constexpr std::array kVerbs = {
    Row{ControlRequest::Verb::kStatus, "status"},
    Row{ControlRequest::Verb::kWatch, "watch"},
    Row{ControlRequest::Verb::kBoot, "boot"},
    Row{ControlRequest::Verb::kHalt, "halt"},
    Row{ControlRequest::Verb::kReboot, "reboot"},
    Row{ControlRequest::Verb::kHold, "hold"},
    Row{ControlRequest::Verb::kHoldLinks, "hold-links"},
};

tl::unexpected<Error> BadRequest(const std::string& what) {
  return Fail(ErrorKind::kInvalid, "a request to serve " + what);
}

Result<ControlRequest::Verb> VerbOf(const json& request) {
  const auto word = request.find("do");
  if (word == request.end() || !word->is_string()) return BadRequest("does not say what to do");
  const auto& name = word->get_ref<const std::string&>();
  const auto* row = std::find_if(kVerbs.begin(), kVerbs.end(),
                                 [&](const Row& known) { return known.name == name; });
  if (row == kVerbs.end())
    return BadRequest("asks for something it does not know: use the same zprov");
  return row->verb;
}

Result<std::vector<std::string>> NodesOf(const json& request) {
  const auto list = request.find("nodes");
  if (list == request.end()) return std::vector<std::string>();
  if (!list->is_array() || list->size() > kMostNodes) return BadRequest("has no list of nodes");
  std::vector<std::string> nodes;
  for (const json& name : *list) {
    if (!name.is_string()) return BadRequest("names a node that is no text");
    nodes.push_back(name.get<std::string>());
    if (nodes.back().empty() || nodes.back().size() > kLongestName) {
      return BadRequest("names a node that no cluster can have");
    }
  }
  return nodes;
}

}  // namespace

bool IsHold(ControlRequest::Verb verb) {
  return verb == ControlRequest::Verb::kHold || verb == ControlRequest::Verb::kHoldLinks;
}

std::string_view Name(ControlRequest::Verb verb) {
  for (const Row& row : kVerbs) {
    if (row.verb == verb) return row.name;
  }
  return "";
}

std::string LineOf(const ControlRequest& request) {
  const json line = {
      {"zprov", kControlVersion}, {"do", Name(request.verb)}, {"nodes", request.nodes}};
  return DumpControlLine(line);
}

Result<ControlRequest> ParseControlRequest(std::string_view line) {
  ZPROV_ASSIGN(const json request, ParseControlLine("a request to serve", line));
  ZPROV_ASSIGN(const ControlRequest::Verb verb, VerbOf(request));
  ZPROV_ASSIGN(std::vector<std::string> nodes, NodesOf(request));
  return ControlRequest{verb, std::move(nodes)};
}

}  // namespace zprov::engine
