// What the benchmark programs share: an error ends them with a sentence, a capability that this
// machine lacks with ctest's skip, which CI=true turns into a failure.
#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.h"
#include "util/strings.h"

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

// "1,5,15": from 1 to `most`.
inline std::vector<int> SizesIn(std::string_view list, unsigned long most, const char* of) {
  std::vector<int> sizes;
  for (const std::string_view word : Split(list, ',')) {
    const auto size = ParseNumber(word, most);
    if (!size || *size == 0) {
      throw std::runtime_error(fmt::format("give numbers of {} from 1 to {}", of, most));
    }
    sizes.push_back(static_cast<int>(*size));
  }
  return sizes;
}

// Gone with this value, and with all that is in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no directory in /tmp");
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/zprov-bench-XXXXXX";
};

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
