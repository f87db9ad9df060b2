// Elements with attributes and text, as XML and HTML both read them: the reports of the acceptance
// suite are written and never read back, so escaping is all that it takes.
#pragma once

#include <list>
#include <string>
#include <string_view>

namespace zprov::cli {

class Markup {
 public:
  explicit Markup(std::string name) : name_(std::move(name)) {}

  // Names are ours, texts anybody's. Each returns what it was asked of.
  Markup& Set(std::string_view name, std::string_view value);
  Markup& Text(std::string_view text);
  // A new element in this one; the reference holds as long as this one lives.
  Markup& Add(std::string name);
  Markup& Add(std::string name, std::string_view text);

  // Always with an end tag, as HTML asks of empty elements. Ends with a newline.
  std::string ToString() const;

 private:
  std::string name_;  // empty: a text
  std::string attributes_;
  std::string text_;
  std::list<Markup> content_;
};

}  // namespace zprov::cli
