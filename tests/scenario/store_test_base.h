// What the tests of generations' parts share: a simulated host with a store, the notices that an
// operation gave, and short ways to look into a tree.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/generations/layout.h"
#include "engine/notice.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"

namespace zprov::scenario {

class StoreTest : public ::testing::Test {
 protected:
  // `make_host` on the disk, and the store's own subvolume as apply makes it.
  void Start(MakeHost make_host, spec::Mode mode = spec::Mode::kNative);

  engine::OnNotice Notices() {
    return [this](const engine::Notice& notice) { notices_.push_back(notice); };
  }
  std::vector<std::string> Warnings() const;

  std::string Content(const std::string& path) { return world_.scene().Content(path); }
  bool Has(const std::string& path) { return world_.scene().Has(path); }

  os::FileStatus Status(const std::string& path) {
    return world_.system().files.Status(path).value().value();
  }

  // An empty directory for generation `number`.
  void MakeGenerationDirectory(int number) {
    world_.scene().MakeDirectory(generations::Directory(spec_, number));
  }

  sim::World world_;
  spec::ClusterSpec spec_;
  std::vector<engine::Notice> notices_;
};

}  // namespace zprov::scenario
