// os::Roots on the simulated disk.
#pragma once

#include "os/roots.h"
#include "sim/disk/walk.h"
#include "sim/os/files.h"
#include "sim/os/trees.h"

namespace zprov::sim {

// What a program in that root, or the engine, sees of it.
class InsideRoot final : public os::InsideRoot {
 public:
  explicit InsideRoot(const View& view);

  os::Files& files() override { return files_; }
  os::Trees& trees() override { return trees_; }

 private:
  Files files_;
  Trees trees_;
};

class Roots final : public os::Roots {
 public:
  explicit Roots(View view) : view_(std::move(view)) {}

  Result<std::unique_ptr<os::InsideRoot>> Open(std::string_view path) override;
  Result<std::vector<std::string>> Stubs(std::string_view path) override;
  Result<void> CopyAttributes(std::string_view from, std::string_view to) override;
  Result<std::string> ContentHash(std::string_view path) override;
  Result<os::Changes> ChangedSince(std::string_view path, const os::ChangesQuery& query) override;

 private:
  View view_;
};

}  // namespace zprov::sim
