// The rules about who may see whom: includes, the link graph, and what the pure layers may touch.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "tidy/rules.h"

namespace zprov::tidy {
namespace {

using Names = std::set<std::string, std::less<>>;

// Who may include and link whom. main.cc and tests see all. The map in words: src/README.md.
const std::map<std::string, Names, std::less<>>& Arrows() {
  static const std::map<std::string, Names, std::less<>> arrows = {
      {"util", {}},
      {"core", {"util"}},
      {"os", {"util"}},
      {"engine", {"core", "os", "util"}},
      {"adapters", {"os", "util"}},
      {"cli", {"engine", "core", "os", "util"}},
      {"sim", {"os", "core", "util"}},
      {"faults", {"os", "util"}},
      {"hil", {"engine", "core", "os", "util"}},
      {"vm", {"sim", "os", "util"}},
  };
  return arrows;
}

// "src/core/spec/parse.h" → core, "sim/clock.h" → sim; "" where every arrow is allowed.
std::string LayerOf(const std::string& path) {
  if (path == "src/main.cc" || path == "sim/main.cc" || path.starts_with("tests/")) return "";
  if (path.starts_with("sim/faults/")) return "faults";  // stands in front of the real world too
  const size_t begin = path.starts_with("src/") ? 4 : 0;
  return path.substr(begin, path.find('/', begin) - begin);
}

std::string Place(const Source& source, size_t line) {
  return source.path + ":" + std::to_string(line) + ": ";
}

bool IsPure(const std::string& path) { return LayerOf(path) == "core" || LayerOf(path) == "util"; }

}  // namespace

Findings LayerArrows(const Source& source) {
  const std::string layer = LayerOf(source.path);
  if (layer.empty()) return {};
  Findings findings;
  const auto allowed = Arrows().find(layer);
  if (allowed == Arrows().end())
    return {Place(source, 1) + layer + " is no layer of src/README.md"};
  for (const Include& include : Includes(source)) {
    if (!include.quoted) continue;
    const std::string seen = LayerOf(include.name);
    if (seen == layer || allowed->second.contains(seen)) continue;
    findings.push_back(Place(source, include.line) + layer + " must not include " + include.name);
  }
  return findings;
}

Findings LinkArrows(const std::string& line) {
  static const std::string prefix = "zprov_";
  const size_t colon = line.find(':');
  const std::string target = line.substr(0, colon);
  if (!target.starts_with(prefix)) return {};  // programs link what they like
  const std::string layer = target.substr(prefix.size());
  const auto allowed = Arrows().find(layer);
  if (allowed == Arrows().end()) return {target + " is no layer of src/README.md"};
  Findings findings;
  std::istringstream words(line.substr(colon + 1));
  for (std::string linked; words >> linked;) {
    if (!linked.starts_with(prefix)) continue;
    if (!allowed->second.contains(linked.substr(prefix.size()))) {
      findings.push_back(target + " must not link " + linked);
    }
  }
  return findings;
}

Findings PureLayersIncludeNoMachine(const Source& source) {
  static const Names kPure = {"algorithm",     "array",
                              "bit",           "bitset",
                              "cctype",        "charconv",
                              "compare",       "concepts",
                              "cstddef",       "cstdint",
                              "functional",    "initializer_list",
                              "iterator",      "limits",
                              "list",          "map",
                              "memory",        "numeric",
                              "optional",      "queue",
                              "ranges",        "set",
                              "span",          "string",
                              "sstream",       "tuple",
                              "utility",       "string_view",
                              "unordered_map", "unordered_set",
                              "variant",       "vector",
                              "deque",         "type_traits",
                              "dtl/dtl.hpp",   "fmt/format.h",
                              "fmt/ranges.h",  "iomanip",
                              "cassert",       "tl/expected.hpp",
                              "toml++/toml.h", "nlohmann/json.hpp"};
  if (!IsPure(source.path)) return {};
  Findings findings;
  for (const Include& include : Includes(source)) {
    if (include.quoted || kPure.contains(include.name)) continue;
    findings.push_back(Place(source, include.line) + "<" + include.name +
                       "> has no place in a pure layer (the list is in tests/tidy/layers.cc)");
  }
  return findings;
}

Findings NoClockNorEnvironment(const Source& source) {
  const std::string layer = LayerOf(source.path);
  if (!Names{"util", "core", "os", "engine", "sim"}.contains(layer)) return {};
  Findings findings;
  for (const char* word :
       {"system_clock", "steady_clock", "high_resolution_clock", "random_device", "getenv",
        "secure_getenv", "gettimeofday", "clock_gettime", "sleep_for"}) {
    for (const size_t at : FindWord(source.code, word)) {
      findings.push_back(Place(source, LineAt(source.code, at)) + word +
                         ": time, randomness and environment come in as arguments");
    }
  }
  return findings;
}

Findings OnlyCliPrints(const Source& source) {
  const std::string layer = LayerOf(source.path);
  if (layer.empty() || layer == "cli") return {};
  Findings findings;
  for (const char* word : {"std::cout", "std::cerr", "std::clog", "printf", "fprintf", "puts",
                           "fputs", "putchar", "perror", "fmt::print"}) {
    for (const size_t at : FindWord(source.code, word)) {
      findings.push_back(Place(source, LineAt(source.code, at)) + word + ": only cli prints");
    }
  }
  return findings;
}

}  // namespace zprov::tidy
