// What the benchmark programs share: an error ends them with a sentence, a capability that this
// machine lacks with ctest's skip, which CI=true turns into a failure.
#pragma once

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "util/result.h"

namespace zprov::bench {

struct Missing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename T>
T Must(Result<T> result) {
  if (result) return std::move(*result);
  const Error& error = result.error();
  if (error.kind == ErrorKind::kNotSupported) throw Missing(error.message);
  throw std::runtime_error(error.message);
}

inline void Must(const Result<void>& result) {
  Must(result.map([] { return true; }));
}

inline bool IsCi() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

// The exit code of `main`.
template <typename Work>
int RunAsProgram(const char* name, const Work& work) {
  constexpr int kSkipped = 77;  // SKIP_RETURN_CODE in tests/CMakeLists.txt
  try {
    work();
    return 0;
  } catch (const Missing& missing) {
    std::cerr << name << ": missing capability: " << missing.what() << "\n";
    return IsCi() ? 1 : kSkipped;
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << "\n";
    return 1;
  }
}

}  // namespace zprov::bench
