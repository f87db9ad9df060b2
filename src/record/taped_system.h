// A whole world on a tape.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "os/system.h"
#include "util/result.h"

namespace zprov::record {

class Tape;

class TapedSystem {
 public:
  virtual ~TapedSystem() = default;
  virtual os::System& system() = 0;
};

// What `open` opens, which must outlive it. In a replay `open` is not called. `tape` must outlive
// it. Errors of `open`.
using OpenReal = std::function<Result<os::System*>()>;
Result<std::unique_ptr<TapedSystem>> OpenTaped(Tape& tape, const OpenReal& open);

// A file that the command line names: it comes from this machine, whatever the world.
using ReadReal = std::function<Result<std::string>()>;
Result<std::string> ReadTaped(Tape& tape, const std::string& path, const ReadReal& read);

}  // namespace zprov::record
