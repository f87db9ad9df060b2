#include "core/lint/lint.h"

#include <algorithm>

#include "core/lint/checks.h"

namespace zprov::lint {

Finding::Severity UnlessStandIn(const spec::ClusterSpec& spec) {
  return spec.boot_arch == spec::BootArch::kAny ? Finding::Severity::kWarning
                                                : Finding::Severity::kError;
}

Findings Lint(const spec::ClusterSpec& spec, const Facts& facts) {
  Findings all;
  for (const NodeBoot& boot : facts.nodes) {
    const auto node = std::ranges::find(spec.nodes, boot.node, &spec::Node::name);
    if (node == spec.nodes.end()) continue;
    const Subject subject{spec,
                          facts,
                          *node,
                          boot,
                          ParseConfigTxt(boot.config.content),
                          CommandLine(boot.cmdline.content)};
    CheckCommandLine(subject, all);
    CheckGadget(subject, all);
    if (!boot.files) continue;
    CheckServedFiles(subject, all);
    CheckKernel(subject, all);
  }
  Findings once;
  for (Finding& finding : all) {
    if (std::ranges::find(once, finding) == once.end()) once.push_back(std::move(finding));
  }
  return once;
}

bool HasErrors(const Findings& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.severity == Finding::Severity::kError;
  });
}

}  // namespace zprov::lint
