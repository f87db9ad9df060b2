#include "qemu/zero/differences.h"

#include <fmt/format.h>

#include <map>
#include <regex>
#include <sstream>

namespace zprov::tests {
namespace {

// What is not the gadget's, and so differs between this Zero and a board, or from one kernel to the
// next. Everything else must be the same to the byte.
struct Unlike {
  const char* line;  // of it, the second part in parentheses is not looked at
  const char* reason;
};

constexpr Unlike kUnlike[] = {
    {R"((device:(?: ..){12})( .. ..)(.*))", "the release is the kernel's version"},
    {R"((string 1: )(.* "Linux \S+ with \S+")())",
     "g_ether's maker is the kernel's version and the name of the controller, here usbip-vudc"},
};

std::string Alike(std::string line) {
  for (const Unlike& each : kUnlike) {
    line =
        std::regex_replace(line, std::regex(each.line), "$1(" + std::string(each.reason) + ")$3");
  }
  return line;
}

// By what was asked, in the order of the first.
struct Asked {
  std::vector<std::string> order;
  std::map<std::string, std::map<std::string, std::string>> answers;  // then by who answered

  void Add(const std::string& who, const Lines& lines) {
    for (const std::string& line : lines) {
      const std::string plain = Alike(line);
      const size_t end = std::min(plain.rfind(": "), plain.size());
      const std::string what = plain.substr(0, end);
      if (!answers.contains(what)) order.push_back(what);
      answers[what][who] = end == plain.size() ? "" : plain.substr(end + 2);
    }
  }
};

}  // namespace

Lines LinesBehind(const std::string& beginning, const std::string& console) {
  Lines lines;
  std::istringstream in(console);
  for (std::string line; std::getline(in, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with(beginning)) lines.push_back(line.substr(beginning.size()));
  }
  return lines;
}

std::string Differences(const Lines& real, const Lines& model) {
  if (real.empty() || model.empty()) return "one of them was not read\n";
  Asked asked;
  asked.Add("Linux", real);
  asked.Add("cable", model);
  std::string differences;
  for (const std::string& what : asked.order) {
    const auto& by = asked.answers[what];
    const auto answer = [&by](const char* who) {
      const auto found = by.find(who);
      return found == by.end() ? "(there is none)" : found->second;
    };
    if (answer("Linux") == answer("cable")) continue;
    differences +=
        fmt::format("{}\n  Linux: {}\n  cable: {}\n", what, answer("Linux"), answer("cable"));
  }
  return differences;
}

}  // namespace zprov::tests
