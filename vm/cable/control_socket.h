// Where a running cable takes orders: a Unix socket, to which anybody connects and writes a line
// per order. What the lines mean is control.h.
#pragma once

#include <poll.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace zprov::vm {

class ControlSocket {
 public:
  // kInvalid, kFailed: as ListenAt.
  static Result<ControlSocket> At(const std::string& path);

  ControlSocket() = default;
  ControlSocket(ControlSocket&& other) noexcept { *this = std::move(other); }
  ControlSocket& operator=(ControlSocket&& other) noexcept;
  ~ControlSocket();

  // What to wait for.
  void AddInterest(std::vector<pollfd>& waits) const;
  // Every line that is there by now, each answered by a line. Never waits.
  void Serve(const std::function<std::string(std::string_view line)>& answer);

 private:
  struct Client {
    int fd = -1;
    std::string received = {};
  };

  void Accept();

  int listener_ = -1;
  std::vector<Client> clients_;
};

}  // namespace zprov::vm
