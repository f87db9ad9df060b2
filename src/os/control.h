// The socket through which commands talk to a running `serve`: lines of text both ways, on this
// machine alone. What the lines say is not known here. Lines and ends of connections arrive as
// os::Event: ControlLine, ControlClosed.
#pragma once

#include <cstdint>
#include <string_view>

#include "util/result.h"

namespace zprov::os {

using ControlId = uint64_t;  // one end of one connection; never given twice

inline constexpr size_t kMaxControlLine = 64 * 1024;  // bytes, without the line's end

// Bytes that may wait for a peer that reads nothing; beyond, it is hung up on.
inline constexpr size_t kMaxControlBacklog = 1024 * 1024;

class Control {
 public:
  virtual ~Control() = default;

  // Others may connect at `path`, a socket that only its owner may write to. One that a killed
  // process left behind is replaced. kBusy: somebody listens there; kExists: something there is no
  // socket; kNotFound: no such directory; kInvalid: more than 107 bytes; kPermission.
  virtual Result<void> Listen(std::string_view path) = 0;

  // kNotFound: nobody listens there; kPermission; kInvalid.
  virtual Result<ControlId> Connect(std::string_view path) = 0;

  // `line` holds no '\n'. kGone: the other end left, or we closed; kTooLarge; kInvalid.
  virtual Result<void> Send(ControlId connection, std::string_view line) = 0;

  // What was sent before still arrives; of this connection only what had come already is still an
  // event. Unknown ones are ignored.
  virtual void Close(ControlId connection) = 0;
};

}  // namespace zprov::os
