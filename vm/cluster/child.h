// A process that ends with this one, whatever ends this one.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "util/result.h"

namespace zprov::vm {

class Child {
 public:
  // What it prints goes to the file at `log`. kFailed.
  static Result<Child> Start(std::vector<std::string> words, const std::string& log);

  Child() = default;
  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) noexcept;
  ~Child() { Kill(); }

  // At once, and waits until it is gone.
  void Kill();
  bool HasEnded();
  // Until it has; its exit code, 128 after a signal.
  int Wait();

 private:
  pid_t pid_ = -1;
};

// The last lines of a file: what a person wants to see of a console.
std::string Tail(const std::string& path);

}  // namespace zprov::vm
