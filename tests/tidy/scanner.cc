// The brace walk. A scope is kept per open brace; text between statements is the header of what
// follows.
#include "tidy/scanner.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace zprov::tidy {
namespace {

enum class Scope { kNamespace, kClass, kFunction, kValue };

std::string Trimmed(std::string_view text) {
  const auto blank = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// Preprocessor lines, continued ones included, are no code for the walk.
std::string WithoutDirectives(std::string code) {
  bool directive = false;
  bool line_start = true;
  for (size_t i = 0; i < code.size(); ++i) {
    if (line_start && code[i] == '#') directive = true;
    if (code[i] == '\n') {
      directive = directive && i > 0 && code[i - 1] == '\\';
      line_start = true;
      continue;
    }
    if (code[i] != ' ') line_start = false;
    if (directive && code[i] != '\\') code[i] = ' ';
    if (directive && code[i] == '\\' && i + 1 < code.size() && code[i + 1] != '\n') code[i] = ' ';
  }
  std::ranges::replace(code, '\\', ' ');
  return code;
}

// operator==, operator() and the like become a plain name, so that their signs open nothing.
std::string WithPlainOperators(std::string header) {
  const std::string_view word = "operator";
  for (const size_t at : FindWord(header, word)) {
    size_t end = at + word.size();
    if (header.substr(end, 2) == "()") {
      header[end] = header[end + 1] = '_';
      continue;
    }
    while (end < header.size() &&
           std::string_view("=!<>+-*&|[]").find(header[end]) != std::string_view::npos) {
      header[end++] = '_';
    }
  }
  return header;
}

// Where the parameter list of a header opens; npos when the header is no function.
size_t OpeningOfParameters(const std::string& header) {
  int angle = 0;
  for (size_t i = 0; i < header.size(); ++i) {
    const char c = header[i];
    if (c == '<') ++angle;
    if (c == '>' && (i == 0 || header[i - 1] != '-')) --angle;
    if (angle > 0) continue;
    if (c == '=') return std::string::npos;
    if (c != '(') continue;
    size_t begin = i;
    while (begin > 0 && IsWordCharacter(header[begin - 1])) --begin;
    const std::string_view name = std::string_view(header).substr(begin, i - begin);
    static constexpr std::array<std::string_view, 5> kNoNames = {"decltype", "noexcept", "explicit",
                                                                 "requires", "alignas"};
    if (name.empty()) return std::string::npos;
    if (std::ranges::find(kNoNames, name) == kNoNames.end()) return i;
    i = std::min(header.find(')', i), header.size());
  }
  return std::string::npos;
}

bool IsFunction(const std::string& header) {
  return OpeningOfParameters(WithPlainOperators(header)) != std::string::npos;
}

Scope ScopeOf(const std::string& header) {
  if (!FindWord(header, "namespace").empty()) return Scope::kNamespace;
  if (IsFunction(header)) return Scope::kFunction;
  for (const char* word : {"class", "struct", "union"}) {
    if (!FindWord(WithoutNested(header), word).empty()) return Scope::kClass;
  }
  return Scope::kValue;
}

class Walk {
 public:
  explicit Walk(const Source& source) : code_(WithoutDirectives(source.code)) {}

  std::vector<Function> Run() {
    for (at_ = 0; at_ < code_.size(); ++at_) Step(code_[at_]);
    return std::move(functions_);
  }

 private:
  bool Outside() const {
    return scopes_.empty() || scopes_.back() == Scope::kNamespace ||
           scopes_.back() == Scope::kClass;
  }

  std::string Header() const {
    return Trimmed(std::string_view(code_).substr(begin_, at_ - begin_));
  }

  void Step(char c) {
    if (c == '(') ++parentheses_;
    if (c == ')') --parentheses_;
    if (c == '{') Open();
    if (c == '}') Close();
    if (c == ';' && Outside() && parentheses_ == 0) {
      if (const std::string header = Header(); IsFunction(header)) Add(header);
      begin_ = at_ + 1;
    }
    if (c == ':' && Outside() && IsAccessLabel()) begin_ = at_ + 1;
  }

  bool IsAccessLabel() const {
    const std::string header = Header();
    return header == "public" || header == "private" || header == "protected";
  }

  void Open() {
    if (parentheses_ > 0 || !Outside()) {  // a lambda, a block or a braced value
      scopes_.push_back(scopes_.empty() || parentheses_ > 0 ? Scope::kValue : scopes_.back());
      return;
    }
    const std::string header = Header();
    const bool continues = header.empty() || header.starts_with(',');
    if (continues && after_function_) {  // Name() : a_{1}, b_{2} { … }
      scopes_.push_back(Scope::kFunction);
      return;
    }
    const Scope scope = ScopeOf(header);
    if (scope == Scope::kFunction) Add(header);
    scopes_.push_back(scope);
    if (scope == Scope::kNamespace || scope == Scope::kClass) begin_ = at_ + 1;
  }

  void Close() {
    if (scopes_.empty()) return;
    const Scope closed = scopes_.back();
    scopes_.pop_back();
    if (parentheses_ > 0 || !Outside()) return;
    after_function_ = closed == Scope::kFunction;
    if (after_function_ && !functions_.empty()) {
      functions_.back().lines = LineAt(code_, at_) - functions_.back().line + 1;
    }
    if (closed != Scope::kValue) begin_ = at_ + 1;
  }

  void Add(const std::string& header) {
    const size_t start = code_.find_first_not_of(" \n", begin_);
    const size_t line = LineAt(code_, start);
    functions_.push_back({header, line, LineAt(code_, at_) - line + 1});
  }

  std::string code_;
  size_t at_ = 0;
  size_t begin_ = 0;  // where the header of the next statement begins
  int parentheses_ = 0;
  bool after_function_ = false;
  std::vector<Scope> scopes_;
  std::vector<Function> functions_;
};

bool IsMacroName(std::string_view name) {
  return name.size() > 1 && std::ranges::none_of(name, [](char c) {
           return std::islower(static_cast<unsigned char>(c)) != 0;
         });
}

}  // namespace

std::vector<Function> Functions(const Source& source) { return Walk(source).Run(); }

std::vector<std::string> Parameters(const std::string& written) {
  const std::string header = WithPlainOperators(written);
  const size_t open = OpeningOfParameters(header);
  if (open == std::string::npos) return {};
  size_t name = open;
  while (name > 0 && IsWordCharacter(header[name - 1])) --name;
  if (IsMacroName(std::string_view(header).substr(name, open - name))) return {};

  std::vector<std::string> parameters(1);
  int depth = 0;
  for (size_t i = open + 1; i < header.size(); ++i) {
    const char c = header[i];
    if (c == ')' && depth == 0) break;
    if (std::string_view("(<{[").find(c) != std::string_view::npos) ++depth;
    if (std::string_view(")>}]").find(c) != std::string_view::npos) --depth;
    if (c == ',' && depth == 0) {
      parameters.emplace_back();
    } else {
      parameters.back() += c;
    }
  }
  for (std::string& parameter : parameters) parameter = Trimmed(parameter);
  if (parameters.size() == 1 && parameters[0].empty()) parameters.clear();
  return parameters;
}

std::string WithoutNested(const std::string& text) {
  std::string outer;
  int depth = 0;
  for (const char c : text) {
    if (c == ')' || c == '>' || c == ']') --depth;
    if (depth == 0 && std::string_view(")>](<[").find(c) == std::string_view::npos) outer += c;
    if (c == '(' || c == '<' || c == '[') ++depth;
  }
  return outer;
}

}  // namespace zprov::tidy
