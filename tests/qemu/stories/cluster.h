// A rig as its operator sets it up, in QEMU: a B+ with zprov and its description of the cluster,
// and Zeros on its ports.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "vm/cluster/bplus.h"

namespace zprov::tests {

// How long a story waits for one command, and for boots and updates, on the slowest machine seen.
inline constexpr std::chrono::seconds kShort{120};
inline constexpr std::chrono::seconds kLong{900};

class Cluster : public ::testing::Test {
 protected:
  // What the nodes' roots are made of (vm/cluster/images.h).
  static constexpr const char* kBusybox = "busybox";
  static constexpr const char* kDebian = "debian";
  explicit Cluster(const char* root = kBusybox) : root_(root) {}

  // Makes the images. Skips by the name of what this machine lacks.
  void SetUp() override;
  // Of a test that failed: shows the ends of the consoles, and keeps everything in artifacts/ of
  // the build tree.
  void TearDown() override;

  // The B+ starts, with Zeros s0, s1, … under power at its ports 1-1, 1-2, … What the operator
  // installs is there, and nothing was applied yet. `first_orders` are for the Zeros' first boot.
  using Orders = std::map<int, std::vector<std::string>>;
  void PowerOn(int zeros, const Orders& first_orders = {});

  // For QEMU, before PowerOn: what a test's B+ has that others have not.
  std::vector<std::string> more_words_;

  // By a command on the B+ that returns within seconds. What stands for a power-on of the host: its
  // power cannot be cut, since its disk is a snapshot that ends with its QEMU, and with it all that
  // was installed and applied.
  void RebootHost(const std::string& by = "systemctl --no-block reboot");

  // What a hand does at the cable of that Zero (1, 2, …): its power, its plug, and what breaks.
  vm::CableControl CableOf(int zero) const { return bplus_->CableOf(zero); }

  // On the B+. It must succeed; what it said on stdout.
  std::string Expect(const std::string& command, std::chrono::seconds within);
  vm::Ran Run(const std::string& command, std::chrono::seconds within);
  // On a node: what it said on stdout.
  std::string OnNode(const std::string& address, const std::string& command);

  // What that Zero (1, 2, …) was started with at last: "zprov.boot=" gives the nonce.
  std::string WordOfZero(int zero, const std::string& name) const;
  std::string DirectoryOfZero(int zero) const;
  // The test's own, gone afterwards. What is below its payload/ before PowerOn is below "/" of the
  // B+ after it.
  const std::string& Directory() const { return directory_; }
  std::string ConsoleOfZero(int zero) const;

 private:
  void ShowWhatHappened();

  std::string root_;
  std::string image_;  // the directory that the B+ boots from
  std::string directory_ = "/tmp/zprov-qemu-XXXXXX";
  std::optional<vm::Bplus> bplus_;
};

}  // namespace zprov::tests
