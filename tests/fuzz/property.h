// What a fuzzer asserts: a property that holds for every input, in every build type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Ends the fuzzer, which then keeps the input, with the property that did not hold.
#define ZPROV_HOLDS(property)                                                            \
  do {                                                                                   \
    if (!(property)) {                                                                   \
      std::fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #property); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

namespace zprov::fuzz {

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace zprov::fuzz

// libFuzzer calls it with one input after another.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
