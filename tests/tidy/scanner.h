// Finds function definitions and declarations by their braces and parentheses. It knows enough C++
// for this code base's style and no more; what it cannot read it leaves out.
#pragma once

#include <string>
#include <vector>

#include "tidy/source.h"

namespace zprov::tidy {

struct Function {
  std::string header;  // from the return type to the brace or semicolon, literals blank
  size_t line = 0;     // where the header begins, from 1
  size_t lines = 0;    // header and body; of a declaration, its header
};

// Definitions and declarations at namespace and class scope, in order. Lambdas and local
// declarations belong to the function around them.
std::vector<Function> Functions(const Source& source);

// The parameters of a function's header, each as written ("const std::string& name = …"); none when
// it is a macro's call or has no parameter list.
std::vector<std::string> Parameters(const std::string& header);

// `text` without what stands between angle brackets, parentheses and square brackets:
// "std::function<void(bool)> f" → "std::function f".
std::string WithoutNested(const std::string& text);

}  // namespace zprov::tidy
