// The JSON documents of --json, each with its schema in src/cli/schemas. Each ends with a newline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/lint/finding.h"
#include "core/plan/step.h"
#include "core/render/managed_file.h"
#include "core/spec/parse.h"
#include "engine/doctor.h"
#include "engine/serve/boot_nodes.h"
#include "engine/serve/give_order.h"
#include "engine/status.h"
#include "engine/update_reboot.h"

namespace zprov::cli {

std::string InitJson(const std::string& toml);
std::string CheckJson(const std::string& label, const spec::ParsedSpec& parsed,
                      const lint::Findings& findings);
std::string FilesJson(const std::vector<render::ManagedFile>& files);
std::string FileJson(const render::ManagedFile& file);
std::string PlanJson(const std::string& command, const plan::Plan& plan);  // "plan" or "apply"
std::string UpdateJson(const engine::Renewed& renewed, const std::vector<std::string>& warnings);
std::string RollbackJson(const engine::RolledBack& rolled_back,
                         const std::vector<std::string>& warnings);
std::string PruneJson(const generations::Pruning& pruning,
                      const std::vector<std::string>& warnings);
// `live`: what a running serve knows; nothing: none runs.
std::string StatusJson(const engine::ClusterStatus& status,
                       const std::optional<engine::Snapshot>& live);
std::string WatchJson(const engine::Snapshot& snapshot);  // on one line
std::string BootJson(const engine::Booted& booted);
std::string OrderedJson(engine::Order what, const engine::Ordered& ordered);  // "halt" or "reboot"
std::string DoctorJson(const std::vector<engine::DoctorRow>& rows);

struct DemoAct {
  std::string line;   // what was done and seen
  int exit_code = 0;  // of the command behind it
};
std::string DemoJson(const std::vector<DemoAct>& acts);

}  // namespace zprov::cli
