#include "tests/hil/rig.h"

#include <fmt/format.h>

#include <stdexcept>

#include "core/spec/parse.h"
#include "engine/apply.h"
#include "engine/serve/boot_nodes.h"
#include "engine/update.h"

namespace zprov::hil {

::testing::Matcher<std::string> Names(const std::string& where, const std::string& what,
                                      const std::string& cure) {
  return ::testing::AllOf(::testing::StartsWith(where), ::testing::HasSubstr(what),
                          ::testing::HasSubstr(cure));
}

void PrintTo(const Finding& finding, std::ostream* out) {
  *out << finding.subject << ": " << finding.what << " (" << finding.cure << ")";
}

AcceptedRig::AcceptedRig(const sim::ProfilesByPort& profiles)
    : zeros_(sim::RigWithZeros(world_, {}, profiles)) {
  const auto parsed = spec::ParseSpec(world_.scene().Content("/etc/zprov/cluster.toml"));
  if (!parsed.spec) throw std::logic_error("the simulated rig's own spec is not sound");
  spec_ = *parsed.spec;
  const auto applied = engine::Apply(world_.system(), spec_, {.wishes = {}, .holder = "a test"},
                                     [](const engine::Progress&) {});
  if (!applied) throw std::logic_error(applied.error().message);
  Boot();
}

void AcceptedRig::Update(const std::vector<std::string>& nodes) {
  const auto updated = engine::Update(world_.system(), spec_, {.nodes = nodes, .holder = "a test"},
                                      [](const engine::Notice&) {});
  ASSERT_TRUE(updated) << updated.error().message;
}

void AcceptedRig::Boot() {
  const auto booted = engine::BootNodes(world_.system(), spec_, {.nodes = {}, .holder = "a test"},
                                        [](const engine::Snapshot&) {});
  ASSERT_TRUE(booted) << booted.error().message;
}

Report AcceptedRig::Look() {
  return Accept({world_.system(), spec_, described_}, Level::kObserve, {});
}

Row AcceptedRig::Run(const std::string& scenario) {
  for (const Row& row : Look().rows) {
    if (row.name == scenario) return row;
  }
  throw std::logic_error("there is no scenario " + scenario);
}

std::vector<std::string> AcceptedRig::Bad() {
  std::vector<std::string> bad;
  for (const Row& row : Look().rows) {
    if (row.outcome == Outcome::kInfra) bad.push_back(row.name + ": infra: " + row.reason);
    for (const Finding& finding : row.findings) {
      if (finding.grade != Grade::kBad) continue;
      bad.push_back(
          fmt::format("{}: {}: {}: {}", row.name, finding.subject, finding.what, finding.cure));
    }
  }
  return bad;
}

}  // namespace zprov::hil
