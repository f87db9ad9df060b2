// Whether kernel, initramfs and root go together: drivers for the gadget, the link and NFS, all for
// the kernel that is served.
#include <fmt/format.h>

#include <algorithm>

#include "core/lint/checks.h"
#include "core/lint/module_names.h"
#include "util/strings.h"

namespace zprov::lint {
namespace {

using Severity = Finding::Severity;
using Names = std::vector<std::string>;

constexpr const char* kMakeAgain =
    "make it again (zprov update does, with mkinitramfs of the source), or name another in "
    "boot.initramfs";

// Drivers for one purpose: all of one of the ways.
struct Need {
  std::string purpose;
  std::vector<Names> ways;
  Severity severity;
};

std::vector<Names> GadgetWays(GadgetWay way) {
  const Names g_ether = {"g_ether"};
  const Names ecm = {"libcomposite", "usb_f_ecm"};
  const Names geth = {"libcomposite", "usb_f_ecm_subset"};  // function/Makefile of the kernel
  switch (way) {
    case GadgetWay::kEcm:
      return {ecm, g_ether};
    case GadgetWay::kGeth:
      return {geth};
    case GadgetWay::kGEther:
      return {g_ether};
    case GadgetWay::kNotSaid:
      return {g_ether, ecm, geth};
  }
  return {};
}

// A PC's kernel as a stand-in has NFS, and no gadget.
std::vector<Need> NeedsOf(const Subject& subject) {
  const NfsRoot root = ParseNfsRoot(subject.words.Value("nfsroot").value_or(""));
  const std::string nfs = fmt::format("nfsv{}", NfsVersion(root.options));
  const Severity stand_in = UnlessStandIn(subject.spec);
  return {{"no driver for the Zero's USB controller", {{"dwc2"}}, stand_in},
          {"no network gadget", GadgetWays(GadgetOf(subject.words)), stand_in},
          {"no network for the gadget", {{"u_ether"}}, stand_in},
          {"no NFS client", {{"nfs", nfs, "sunrpc"}}, Severity::kError}};
}

// What the shortest way lacks; empty: one is whole.
Names Lacking(const Need& need, const std::set<std::string>& has) {
  Names least;
  for (const Names& way : need.ways) {
    Names lacking;
    std::ranges::copy_if(way, std::back_inserter(lacking),
                         [&](const std::string& name) { return !has.contains(name); });
    if (lacking.empty()) return {};
    if (least.empty() || lacking.size() < least.size()) least = lacking;
  }
  return least;
}

std::string KernelName(const Subject& subject) {
  return subject.facts.kernel.empty() ? "the kernel" : "kernel " + subject.facts.kernel;
}

void CheckNeeds(const Subject& subject, const std::string& where, Findings& findings) {
  std::set<std::string> has = ModulesInInitramfs(subject);
  if (subject.facts.modules) {
    has.insert(subject.facts.modules->built_in.begin(), subject.facts.modules->built_in.end());
  }
  for (const Need& need : NeedsOf(subject)) {
    const Names lacking = Lacking(need, has);
    if (lacking.empty()) continue;
    findings.push_back(
        {need.severity, where,
         fmt::format("{}: {} not in the initramfs for {}, nor built into it", need.purpose,
                     Join(lacking, ", ") + (lacking.size() == 1 ? " is" : " are"),
                     KernelName(subject)),
         kMakeAgain});
  }
}

// Modules for other kernels, and none for the one that is served. The versions; empty: not so.
Names OthersOnly(const Subject& subject) {
  Names others;
  for (const Initramfs* each : InitramfsOf(subject)) {
    for (const auto& [version, names] : ModulesByVersion(each->names)) {
      if (subject.facts.kernel.empty() || version == subject.facts.kernel) return {};
      others.push_back(version);
    }
  }
  return others;
}

// Each one that is there and cannot be read; what it holds is then unknown.
bool HasUnreadable(const Subject& subject, Findings& findings) {
  bool has = false;
  for (const std::string& name : subject.config.initramfs) {
    const auto served = subject.boot.files->find(name);
    if (served == subject.boot.files->end()) continue;
    const auto listing = subject.facts.initramfs.find(served->second.path);
    if (listing == subject.facts.initramfs.end()) {
      has = true;
    } else if (!listing->second.unreadable.empty()) {
      has = true;
      findings.push_back(
          {Severity::kError, served->second.path,
           "the initramfs cannot be read, nor by the kernel: " + listing->second.unreadable,
           kMakeAgain});
    }
  }
  return has;
}

void CheckInitramfs(const Subject& subject, Findings& findings) {
  if (subject.config.initramfs.empty()) {
    CheckNeeds(subject, subject.boot.config.where + " (names no initramfs)", findings);
    return;
  }
  if (HasUnreadable(subject, findings)) return;
  const auto served = subject.boot.files->find(subject.config.initramfs.back());
  if (served == subject.boot.files->end()) return;  // CheckServedFiles says so
  const Names others = OthersOnly(subject);
  if (others.empty()) {
    CheckNeeds(subject, served->second.path, findings);
    return;
  }
  findings.push_back({Severity::kError, served->second.path,
                      fmt::format("the initramfs is for kernel {}, and {} is kernel {}",
                                  Join(others, ", "), subject.config.kernel, subject.facts.kernel),
                      kMakeAgain});
}

void CheckKernelsSize(const Subject& subject, Findings& findings) {
  const auto served = subject.boot.files->find(subject.config.kernel);
  if (served == subject.boot.files->end()) return;  // CheckServedFiles says so
  const auto stated = subject.facts.kernel_sizes.find(served->second.path);
  if (stated == subject.facts.kernel_sizes.end() || stated->second <= served->second.bytes) return;
  findings.push_back({Severity::kError, served->second.path,
                      fmt::format("the kernel is cut off: {} bytes of {} are there",
                                  served->second.bytes, stated->second),
                      "copy it again, whole"});
}

}  // namespace

void CheckKernel(const Subject& subject, Findings& findings) {
  CheckKernelsSize(subject, findings);
  if (!subject.facts.kernel.empty() && !subject.facts.modules) {
    findings.push_back({Severity::kError, subject.boot.place,
                        fmt::format("kernel {} has no lib/modules/{} in the nodes' root, so no "
                                    "driver loads there",
                                    subject.facts.kernel, subject.facts.kernel),
                        "install the kernel's package in the source, then zprov update"});
  }
  CheckInitramfs(subject, findings);
}

}  // namespace zprov::lint
