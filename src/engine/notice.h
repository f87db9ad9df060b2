// What an operation says while it works: for progress and for what a person must know. cli prints.
#pragma once

#include <functional>
#include <string>

namespace zprov::engine {

struct Notice {
  enum class Kind { kProgress, kWarning };
  Kind kind = Kind::kProgress;
  std::string text;  // one line, no newline

  bool operator==(const Notice&) const = default;
};

using OnNotice = std::function<void(const Notice&)>;

}  // namespace zprov::engine
