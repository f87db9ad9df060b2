#include "engine/boots/boot_log.h"

#include <utility>

#include "core/generations/layout.h"
#include "engine/boots/boot_ring.h"
#include "engine/boots/timeline_text.h"

namespace zprov::engine {

BootLog::BootLog(os::System& system, const spec::ClusterSpec& spec, std::string node)
    : system_(system), spec_(spec), node_(std::move(node)) {}

void BootLog::Begin(const std::string& nonce) {
  began_ = system_.clock.Now();
  boot_ = BootTimeline{.node = node_, .nonce = nonce, .began_ns = system_.clock.WallTime().count()};
}

void BootLog::SetGeneration(std::optional<int> generation) {
  if (boot_) boot_->generation = generation;
}

void BootLog::Came(NodeState state, const std::string& cause) {
  Add({.what = BootStep::What::kState, .text = std::string(Name(state)), .cause = cause});
}

void BootLog::Saw(const std::string& on_bus) {
  Add({.what = BootStep::What::kBus, .text = on_bus});
}

void BootLog::Add(BootStep step) {
  if (!boot_ || boot_->steps.size() >= BootTimeline::kMostSteps) return;
  step.after = system_.clock.Now() - began_;
  boot_->steps.push_back(std::move(step));
}

void BootLog::End(const Ending& ending) {
  if (!boot_) return;
  BootTimeline boot = *std::exchange(boot_, std::nullopt);
  const bool failed_here = ending.name == Name(NodeState::kFailed);
  if (failed_here && failed_ == ending.cause) return;
  failed_ = failed_here ? ending.cause : "";
  boot.took = system_.clock.Now() - began_;
  boot.ending = ending.name;
  boot.cause = ending.cause;
  boot.files = ending.files;
  for (FileRecord& file : boot.files) file.at -= began_;
  boot.files_left_out = ending.files_left_out;
  writing_.insert(
      system_.live->background.Start([directory = generations::BootsPath(spec_, node_),
                                      boot = std::move(boot)](os::Files& files, os::Trees& trees) {
        return KeepBoot(files, trees, directory, TextOf(boot));
      }));
}

void BootLog::On(const os::BackgroundEnded& ended) {
  if (writing_.erase(ended.job) == 0) return;
  failure_ = ended.failure;
}

}  // namespace zprov::engine
