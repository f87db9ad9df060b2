#include "bench/sides.h"

#include <btrfsutil.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <stdexcept>

#include "adapters/host_world.h"
#include "bench/program.h"
#include "core/generations/layout.h"
#include "engine/apply.h"
#include "engine/update.h"
#include "kernel/hosts/debian_tree.h"
#include "kernel/hosts/hosts.h"
#include "sim/scenarios/seed_files.h"
#include "support/shell.h"

namespace zprov::bench {
namespace {

namespace fs = std::filesystem;
using tests::RunShell;
using tests::WriteFile;

void CheckBtrfs(btrfs_util_error error, const std::string& path) {
  if (error != BTRFS_UTIL_OK) throw std::runtime_error(path + ": " + btrfs_util_strerror(error));
}

std::vector<std::string> RootsIn(const Host& host, const std::string& directory) {
  std::vector<std::string> roots;
  for (const spec::Node& node : host.spec.nodes) roots.push_back(directory + "/" + node.name);
  return roots;
}

// The script of fixtures/seed/procedure.txt, for this host's nodes, on a host that is not "/".
std::string Supdate(const Host& host) {
  std::string nodes;
  for (const spec::Node& node : host.spec.nodes) nodes += " " + node.name;
  return fmt::format(
      "#!/bin/bash\n"
      "for i in{0}\n"
      "do\n"
      "echo Configuring $i...\n"
      "btrfs sub del $i\n"
      "btrfs sub snap {1} $i\n"
      "(\n"
      "if cd $i/x\n"
      "then\n"
      "rmdir scratch\n"
      "mkdir scratch\n"
      "fi\n"
      ")\n"
      "echo $i >$i/etc/hostname\n"
      "cp {1}/x/sproto/fstab $i/etc/fstab\n"
      "rm $i/etc/exports\n"
      "done\n",
      nodes, host.root);
}

std::vector<std::string> RunProcedure(const Host& host) {
  const std::string x = host.root + "/x";
  if (RunShell(fmt::format("cd {} && ./supdate >/dev/null 2>&1", x)).exit_code != 0) {
    throw std::runtime_error("supdate failed");
  }
  return RootsIn(host, x);
}

void PrepareProcedure(const Host& host) {
  WriteFile(host.root + "/x/sproto/fstab", sim::SeedFile("fstab"));
  WriteFile(host.root + "/x/supdate", Supdate(host));
  fs::permissions(host.root + "/x/supdate", fs::perms(0755));
  RunProcedure(host);
}

std::vector<std::string> SnapshotAll(const Host& host, const std::string& directory) {
  fs::create_directory(directory);
  const std::vector<std::string> roots = RootsIn(host, directory);
  for (const std::string& root : roots) {
    CheckBtrfs(btrfs_util_create_snapshot(host.root.c_str(), root.c_str(), 0, nullptr, nullptr),
               root);
  }
  CheckBtrfs(btrfs_util_sync(host.root.c_str()), host.root);
  return roots;
}

// The others' disks hold an earlier round too.
void PrepareBareCalls(const Host& host) { SnapshotAll(host, host.root + "/x/before"); }

std::vector<std::string> RunBareCalls(const Host& host) {
  return SnapshotAll(host, host.root + "/x/bare");
}

void PrepareUpdate(const Host& host) {
  const auto world = Must(adapters::OpenTreeWorld(host.root));
  const auto applied =
      Must(engine::Apply(world->system(), host.spec, {.wishes = {}, .holder = "the benchmark"},
                         [](const engine::Progress&) {}));
  if (!applied.refusals.empty()) throw std::runtime_error(applied.refusals.front());
}

std::vector<std::string> RunUpdate(const Host& host) {
  const auto world = Must(adapters::OpenTreeWorld(host.root));
  const auto updated = Must(engine::Update(
      world->system(), host.spec, {.nodes = {}, .assume_down = {}, .holder = "the benchmark"},
      [](const engine::Notice&) {}));
  std::vector<std::string> roots;
  for (const spec::Node& node : host.spec.nodes) {
    roots.push_back(host.root + generations::RootOf(host.spec, updated.number, node.name));
  }
  return roots;
}

constexpr std::array kSides = {
    Side{"the procedure's script", PrepareProcedure, RunProcedure},
    Side{"bare snapshot calls", PrepareBareCalls, RunBareCalls},
    Side{"zprov update", PrepareUpdate, RunUpdate},
};

}  // namespace

std::span<const Side> Sides() { return kSides; }

}  // namespace zprov::bench
