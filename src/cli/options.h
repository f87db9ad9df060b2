// The words of the command line as a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/plan/diff.h"
#include "core/spec/cluster_spec.h"
#include "hil/report.h"

namespace zprov::cli {

enum class Rig { kHost, kSim };

struct Options {
  std::string spec;        // --spec; empty: the world's own /etc/zprov/cluster.toml
  std::string root = "/";  // --root
  Rig rig = Rig::kHost;
  bool json = false;
  bool verbose = false;
  std::string command;  // "hil" for --hil

  int nodes = 5;                          // init
  spec::Mode mode = spec::Mode::kNative;  // init
  std::string name;                       // render NAME
  std::string out;                        // render --out
  plan::Wishes wishes;                    // plan, apply
  // update, rollback, boot, halt, reboot, status (at most one)
  std::vector<std::string> node_names;
  std::vector<std::string> assume_down;     // update, rollback, prune
  bool if_changed = false;                  // update
  bool skip_up = false;                     // update
  bool reboot = false;                      // update
  bool watch = false;                       // status
  hil::Level level = hil::Level::kObserve;  // --hil
  bool watch_plugs = false;                 // --hil --detect
  bool detect = false;                      // --hil: write rig.toml instead of a run
  std::string rig_file;                     // --hil: --rig FILE; empty: the world's own, if any
  std::string report;                       // --hil: a file; empty: none
  std::string record;                       // serve, boot, --hil: a directory; empty: none
  bool reboot_host = false;                 // --hil: at the end of the run
  bool yes = false;                         // --hil: it may disturb the rig without a question
  std::optional<int> keep;                  // prune; nothing: what the spec says
};

// What parsing came to: options, or a text to show and an exit code (help, version, usage errors).
struct Parsed {
  std::optional<Options> options;
  std::string text;
  int exit_code = 0;
};

Parsed ParseArguments(std::vector<std::string> args);

}  // namespace zprov::cli
