// Whether the gadget that the command line asks for carries the cluster's MTU between this host's
// kernel and the node's, and its MAC (fixtures/kernels/README.md, MTU).
#include <fmt/format.h>

#include <algorithm>

#include "core/gadget/function.h"
#include "core/lint/checks.h"
#include "core/lint/module_names.h"
#include "util/strings.h"

namespace zprov::lint {
namespace {

using Severity = Finding::Severity;

constexpr unsigned long kMostMtu = 65535;

uint32_t MtuOf(const Subject& subject) {
  const auto said = ParseNumber(subject.words.Value("zprov.mtu").value_or(""), kMostMtu);
  return said ? static_cast<uint32_t>(*said) : subject.spec.bridge.mtu;
}

std::string VersionText(const gadget::KernelVersion& version) {
  return fmt::format("{}", fmt::join(version, "."));
}

std::string UseGeth() {
  return "say zprov.gadget=geth, which kernels do not cap, or mtu = 1500 in [bridge] of the spec";
}

// Natively both ends go back to 1500; the procedure's own files insist.
Severity WhenRefused(const spec::ClusterSpec& spec) {
  return spec.mode == spec::Mode::kNative ? Severity::kWarning : Severity::kError;
}

void CheckHost(const Subject& subject, Findings& findings) {
  const auto& host = subject.facts.host_kernel;
  const uint32_t mtu = MtuOf(subject);
  const GadgetWay way = GadgetOf(subject.words);
  if (!host || way == GadgetWay::kGeth || way == GadgetWay::kNotSaid) return;
  if (gadget::FunctionFor(mtu) == gadget::Function::kEcm) return;
  const char* name = way == GadgetWay::kEcm ? "ecm" : "g_ether";
  switch (gadget::JumbosThroughUsbnet(*host)) {
    case gadget::Jumbo::kCarried:
      return;
    case gadget::Jumbo::kCapped:
      findings.push_back(
          {WhenRefused(subject.spec), subject.boot.cmdline.where,
           fmt::format("the gadget {} cannot carry an MTU of {} on this host: kernel "
                       "{} holds it to 1500",
                       name, mtu, VersionText(*host)),
           UseGeth()});
      return;
    case gadget::Jumbo::kUnknown:
      findings.push_back(
          {Severity::kWarning, subject.boot.cmdline.where,
           fmt::format("kernel {} of this host may hold the gadget {} to 1500, where "
                       "{} is wanted",
                       VersionText(*host), name, mtu),
           UseGeth()});
      return;
  }
}

void CheckNode(const Subject& subject, Findings& findings) {
  const auto kernel = gadget::ParseKernelVersion(subject.facts.kernel);
  const uint32_t mtu = MtuOf(subject);
  if (!kernel || !gadget::HasSmallGadget(*kernel)) return;
  if (gadget::FunctionFor(mtu) == gadget::Function::kEcm) return;
  findings.push_back({WhenRefused(subject.spec), subject.boot.place,
                      fmt::format("kernel {} of the nodes allows a gadget 1500, where an MTU of {} "
                                  "is wanted",
                                  subject.facts.kernel, mtu),
                      "take a kernel from 4.18 on, or mtu = 1500 in [bridge] of the spec"});
}

bool IsOff(const std::string& value) { return value == "0" || value == "n" || value == "N"; }

// Options of modules may also come from a file that no listing shows the text of.
bool HasModprobeFiles(const Subject& subject) {
  return std::ranges::any_of(InitramfsOf(subject), [](const Initramfs* each) {
    return std::ranges::any_of(each->names, [](const std::string& name) {
      return name.find("modprobe.d/") != std::string::npos && name.ends_with(".conf");
    });
  });
}

void CheckEem(const Subject& subject, Findings& findings) {
  const auto& modules = subject.facts.modules;
  if (GadgetOf(subject.words) != GadgetWay::kGEther || !modules) return;
  const bool has_eem =
      modules->built_in.contains("usb_f_eem") || modules->loadable.contains("usb_f_eem");
  const auto said = subject.words.Value("g_ether.use_eem");
  if (!has_eem || (said && IsOff(*said))) return;
  const bool is_served =
      modules->built_in.contains("usb_f_eem") || ModulesInInitramfs(subject).contains("usb_f_eem");
  const bool may_be_off = !said && HasModprobeFiles(subject);
  findings.push_back(
      {may_be_off || is_served ? Severity::kWarning : Severity::kError, subject.boot.cmdline.where,
       is_served
           ? "g_ether of this kernel speaks EEM, which does not carry the MAC"
           : "g_ether of this kernel wants usb_f_eem, which the initramfs lacks, and does not "
             "start without it",
       "say g_ether.use_eem=0"});
}

}  // namespace

void CheckGadget(const Subject& subject, Findings& findings) {
  CheckHost(subject, findings);
  CheckNode(subject, findings);
  if (subject.boot.files) CheckEem(subject, findings);
}

}  // namespace zprov::lint
