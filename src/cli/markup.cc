#include "cli/markup.h"

#include <fmt/format.h>

#include "cli/text.h"
#include "util/markup_text.h"

namespace zprov::cli {
namespace {

std::string Escaped(std::string_view line) { return MarkupText(Printable(line)); }

// Line by line: control characters are shown, the ends of lines stay.
std::string EscapedLines(std::string_view text) {
  std::string escaped;
  while (true) {
    const size_t end = text.find('\n');
    escaped += Escaped(text.substr(0, end));
    if (end == std::string_view::npos) return escaped;
    escaped += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

Markup& Markup::Set(std::string_view name, std::string_view value) {
  attributes_ += fmt::format(" {}=\"{}\"", name, Escaped(value));
  return *this;
}

Markup& Markup::Text(std::string_view text) {
  content_.emplace_back("").text_ = EscapedLines(text);
  return *this;
}

Markup& Markup::Add(std::string name) { return content_.emplace_back(std::move(name)); }

Markup& Markup::Add(std::string name, std::string_view text) {
  return Add(std::move(name)).Text(text);
}

std::string Markup::ToString() const {
  if (name_.empty()) return text_;
  std::string text = fmt::format("<{}{}>", name_, attributes_);
  for (const Markup& part : content_) text += part.ToString();
  return text + fmt::format("</{}>\n", name_);
}

}  // namespace zprov::cli
