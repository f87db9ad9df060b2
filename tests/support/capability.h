// Skipping a test by the name of what this machine lacks. With CI=true a skip is a failure, so that
// CI can never hide one.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace zprov::tests {

inline bool SkipsAreFailures() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

// What a script that ends with EX_UNAVAILABLE did not find (vm/images/get_packages).
inline constexpr std::string_view kMirror = "a Debian mirror within reach";

}  // namespace zprov::tests

// ZPROV_NEEDS(condition, "root"): goes on when the capability is there.
#define ZPROV_NEEDS(condition, capability)                                         \
  do {                                                                             \
    if (!(condition)) {                                                            \
      if (::zprov::tests::SkipsAreFailures()) {                                    \
        FAIL() << "missing capability: " << (capability) << " (CI=true: no skip)"; \
      }                                                                            \
      GTEST_SKIP() << "missing capability: " << (capability);                      \
    }                                                                              \
  } while (false)
