// ClusterSpec → what the host should look like. Pure; the difference to what it looks like is
// diff.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/links/wanted.h"
#include "core/plan/step.h"
#include "core/render/managed_files.h"
#include "core/spec/cluster_spec.h"
#include "util/net.h"

namespace zprov::plan {

// zprov's own state below a store: one subvolume, readable by root alone.
std::string StateDirectory(const spec::ClusterSpec& spec);    // "/x/.zprov"
std::string JournalPath(const spec::ClusterSpec& spec);       // "/x/.zprov/journal.json"
std::string LockPath(const spec::ClusterSpec& spec);          // "/x/.zprov/lock"
std::string RetiredDirectory(const spec::ClusterSpec& spec);  // "/x/.zprov/retired": kept copies
std::string RootPath(const spec::ClusterSpec& spec, const std::string& node);  // "/x/s0"

// The one pointer of a node, and what it names for an adopted root: "/x/.zprov/current/s0" and
// "/x/.zprov/gen/0/s0".
std::string CurrentPointer(const AdoptRoot& root);
std::string GenerationZero(const AdoptRoot& root);

struct Desired {
  std::string store;
  std::string source;  // subvolume that new roots are snapshots of
  std::string state;
  std::string retired;           // directory for kept copies
  std::optional<MoveHome> home;  // nothing: the spec leaves /home where it is
  std::vector<render::ManagedFile> files;
  std::vector<render::RetiredFile> retired_files;
  std::vector<MakeDirectory> directories;
  std::vector<MakeSymlink> symlinks;
  std::vector<AdoptRoot> roots;  // where each node's hand-made root would be
  links::WantedNetwork network;
};

Desired DesiredState(const spec::ClusterSpec& spec, const render::HostFacts& facts);

// Every path whose state the difference depends on.
std::vector<std::string> PathsOf(const Desired& desired);

}  // namespace zprov::plan
