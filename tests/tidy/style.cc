// The rules about how a file reads: sizes, names, first lines, and where constants live.
#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "tidy/rules.h"
#include "tidy/scanner.h"

namespace zprov::tidy {
namespace {

constexpr size_t kMaxFunctionLines = 60;
constexpr size_t kMaxFileLines = 500;
constexpr size_t kMaxParameters = 4;

std::string Lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The last word before the parameter list or the end, for messages.
std::string ShortName(const Function& function) {
  const std::string before = function.header.substr(0, function.header.find('('));
  return before.substr(before.find_last_of(" \n*&") + 1);
}

// src/util/net.cc and tests/unit/util/net_test.cc begin with #include "util/net.h": that header
// says it.
bool BeginsWithItsHeader(const Source& source) {
  const auto includes = Includes(source);
  if (includes.empty() || includes[0].line != 1) return false;
  for (const std::string_view ending : {"_test.cc", ".cc"}) {
    if (!source.path.ends_with(ending)) continue;
    const std::string stem = source.path.substr(0, source.path.size() - ending.size());
    if (("/" + stem + ".h").ends_with("/" + includes[0].name)) return true;
  }
  return false;
}

// A number of the wire or the kernel and the files that may say it. Each side of the cable has its
// own: the simulator must not take the product's, or one slip would pass on both.
struct Constant {
  std::string_view text;  // as written in code, lower case
  std::string_view product;
  std::string_view simulator;
};

constexpr std::array kConstants = {
    Constant{"0a5c", "src/core/usbboot/ids.h", "sim/zero/"},   // Broadcom, vendor
    Constant{"2763", "src/core/usbboot/ids.h", "sim/zero/"},   // boot ROM
    Constant{"2764", "src/core/usbboot/ids.h", "sim/zero/"},   // second stage
    Constant{"7418", "src/core/spec/cluster_spec.h", "sim/"},  // the procedure's MTU
    Constant{"9123683e", "src/adapters/", "sim/os/"},          // BTRFS_SUPER_MAGIC
    Constant{"15412", "src/core/gadget/", "sim/"},             // largest gadget MTU
};

}  // namespace

Findings FunctionsFitAScreen(const Source& source) {
  Findings findings;
  for (const Function& function : Functions(source)) {
    if (function.lines <= kMaxFunctionLines) continue;
    findings.push_back(Place(source, function.line) + ShortName(function) + " has " +
                       std::to_string(function.lines) + " lines, more than " +
                       std::to_string(kMaxFunctionLines));
  }
  return findings;
}

Findings FilesStaySmall(const Source& source) {
  const auto lines = static_cast<size_t>(std::ranges::count(source.text, '\n'));
  if (lines <= kMaxFileLines) return {};
  return {Place(source, lines) + "the file has " + std::to_string(lines) + " lines, more than " +
          std::to_string(kMaxFileLines) + ": split it by topic"};
}

Findings FewParametersAndNoBool(const Source& source) {
  Findings findings;
  for (const Function& function : Functions(source)) {
    const auto parameters = Parameters(function.header);
    if (parameters.size() > kMaxParameters) {
      findings.push_back(Place(source, function.line) + ShortName(function) + " has " +
                         std::to_string(parameters.size()) + " parameters: pass a struct");
    }
    for (const std::string& parameter : parameters) {
      if (FindWord(WithoutNested(parameter), "bool").empty()) continue;
      findings.push_back(Place(source, function.line) + ShortName(function) +
                         " has a bool parameter: pass an enum, or make two functions");
    }
  }
  return findings;
}

Findings NamesSayWhatThingsAre(const Source& source) {
  Findings findings;
  for (const char* introducer : {"class", "struct", "using"}) {
    for (const size_t at : FindWord(source.code, introducer)) {
      const size_t begin =
          source.code.find_first_not_of(" \n", at + std::string_view(introducer).size());
      size_t end = begin;
      while (end < source.code.size() && IsWordCharacter(source.code[end])) ++end;
      if (end == begin || begin == std::string::npos) continue;
      const std::string name = source.code.substr(begin, end - begin);
      for (const char* banned : {"Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Info"}) {
        if (!name.ends_with(banned)) continue;
        findings.push_back(Place(source, LineAt(source.code, at)) + name +
                           ": a name ends in no Manager, Helper, Util, Impl or Info");
      }
    }
  }
  return findings;
}

Findings NothingIsLeftForLater(const Source& source) {
  Findings findings;
  for (const std::string& word :
       {std::string("TO") + "DO", std::string("FIX") + "ME", std::string("XX") + "X"}) {
    for (const size_t at : FindWord(source.text, word)) {
      findings.push_back(Place(source, LineAt(source.text, at)) + word +
                         ": do it now, or open an issue");
    }
  }
  return findings;
}

Findings FilesSayWhatTheyAreFor(const Source& source) {
  Findings findings;
  if (!source.text.starts_with("// ") && !BeginsWithItsHeader(source)) {
    findings.push_back(Place(source, 1) + "the first line must be a comment: what the file is for");
  }
  if (source.path.ends_with(".h") && source.code.find("\n#pragma once\n") == std::string::npos) {
    findings.push_back(Place(source, 1) + "a header needs #pragma once");
  }
  return findings;
}

Findings ConstantsLiveInOnePlace(const Source& source) {
  const bool product = source.path.starts_with("src/");
  if (!product && !source.path.starts_with("sim/")) return {};
  Findings findings;
  const std::string text = Lowered(source.text);
  for (const Constant& constant : kConstants) {
    const std::string_view home = product ? constant.product : constant.simulator;
    if (source.path.starts_with(home)) continue;
    for (size_t at = text.find(constant.text); at != std::string::npos;
         at = text.find(constant.text, at + 1)) {
      const size_t line_begin = text.rfind('\n', at) + 1;
      if (text.substr(line_begin, at - line_begin).find("//") != std::string::npos) continue;
      findings.push_back(Place(source, LineAt(text, at)) + std::string(constant.text) +
                         " belongs to " + std::string(home));
    }
  }
  return findings;
}

Findings CitedDocumentsExist(const Source& source) {
  if (source.path.starts_with("tests/tidy/")) return {};  // speaks of documents in general
  const std::filesystem::path root = ZPROV_SOURCE_DIR;
  const auto beside = (root / source.path).parent_path();
  Findings findings;
  for (const size_t dot : FindWord(source.text, ".md")) {
    size_t begin = dot;
    while (begin > 0 &&
           (IsWordCharacter(source.text[begin - 1]) ||
            std::string_view("/.-").find(source.text[begin - 1]) != std::string_view::npos)) {
      --begin;
    }
    const std::string document = source.text.substr(begin, dot + 3 - begin);
    if (begin == dot || std::filesystem::exists(root / document) ||
        std::filesystem::exists(beside / document)) {
      continue;
    }
    findings.push_back(Place(source, LineAt(source.text, dot)) + document + " is not in this tree");
  }
  return findings;
}

}  // namespace zprov::tidy
