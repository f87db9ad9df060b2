// The simulated rig, set up and booted, for the acceptance suite's own tests: what a test spoils
// afterwards is alone.
#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "hil/acceptance.h"
#include "sim/scenarios/hosts.h"

namespace zprov::hil {

// A line of Bad() that begins with `where` and holds the other two.
::testing::Matcher<std::string> Names(const std::string& where, const std::string& what,
                                      const std::string& cure);

void PrintTo(const Finding& finding, std::ostream* out);

class AcceptedRig : public ::testing::Test {
 protected:
  explicit AcceptedRig(const sim::ProfilesByPort& profiles = {});

  // The spec as it is in /etc/zprov/cluster.toml.
  spec::ClusterSpec spec_;
  sim::World world_;
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros_;
  std::optional<RigDescription> described_;  // none unless a test says otherwise

  void Update(const std::vector<std::string>& nodes);
  void Boot();

  Report Look();
  // The row of one scenario, from a whole run.
  Row Run(const std::string& scenario);
  // What the whole run found, each as "scenario: subject: what: cure"; warnings are left out.
  std::vector<std::string> Bad();
};

}  // namespace zprov::hil
