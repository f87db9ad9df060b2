// Collects what is wrong with a spec while it is read and checked. Not a printer: the sentences are
// made where the fault is found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/spec/parse.h"

namespace zprov::spec {

class Problems {
 public:
  void Error(int line, std::string message);
  void Warn(int line, std::string message);
  bool HasErrors() const { return errors_ > 0; }

  // By line; those of one line in the order they were found.
  std::vector<Problem> Sorted() const;

 private:
  std::vector<Problem> problems_;
  int errors_ = 0;
};

// A person's own text in a message: in quotes, without control characters, cut after 60 bytes.
std::string Quoted(std::string_view text);

}  // namespace zprov::spec
