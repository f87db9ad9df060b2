// The one table from errno to an error kind and a sentence with its cure. Adapters whose system
// gives an errno another meaning handle that value themselves and leave the rest to this table.
#pragma once

#include <string_view>

#include "util/result.h"

namespace zprov::adapters {

// The error for `number` (an errno, positive).
Error ErrorOf(int number);

// ErrorOf(number) as a failed Result; with `doing` in front of the sentence.
[[nodiscard]] tl::unexpected<Error> FailErrno(int number);
[[nodiscard]] tl::unexpected<Error> FailErrno(std::string_view doing, int number);

// `outcome`, and if it is an error with "VERB PATH" in front of its sentence.
template <typename T>
Result<T> Named(std::string_view verb, std::string_view path, Result<T> outcome) {
  if (outcome.has_value()) return outcome;
  return While(std::string(verb).append(" ").append(path), std::move(outcome).error());
}

}  // namespace zprov::adapters
