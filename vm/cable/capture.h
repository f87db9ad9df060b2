// Frames of one end of the network in a file that tcpdump and Wireshark read.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "util/result.h"

namespace zprov::vm {

class Capture {
 public:
  // Makes the file anew. kFailed.
  static Result<Capture> To(const std::string& path);
  Capture(Capture&&) noexcept;
  Capture& operator=(Capture&&) noexcept;
  ~Capture();

  // Whole, and at once: the file is complete whatever ends this process.
  void Add(const std::string& frame, std::chrono::nanoseconds wall_time);

 private:
  struct File;
  explicit Capture(std::unique_ptr<File> file);

  std::unique_ptr<File> file_;
};

}  // namespace zprov::vm
