// The parts of the lint, each in a .cc of its name. A part sees one node.
#pragma once

#include "core/lint/command_line.h"
#include "core/lint/config_txt.h"
#include "core/lint/facts.h"
#include "core/lint/finding.h"
#include "core/spec/cluster_spec.h"

namespace zprov::lint {

struct Subject {
  const spec::ClusterSpec& spec;
  const Facts& facts;
  const spec::Node& node;
  const NodeBoot& boot;
  ConfigTxt config;
  CommandLine words;
};

// Adds what it finds.
void CheckCommandLine(const Subject& subject, Findings& findings);
void CheckGadget(const Subject& subject, Findings& findings);
void CheckServedFiles(const Subject& subject, Findings& findings);  // files were looked at
void CheckKernel(const Subject& subject, Findings& findings);       // likewise

// An error that a stand-in for a Zero's files explains (boot.arch = "any").
Finding::Severity UnlessStandIn(const spec::ClusterSpec& spec);

}  // namespace zprov::lint
