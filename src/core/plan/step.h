// One change to the host, as a value. A plan is a list of them: it can be shown, compared, stored
// and applied, and a new alternative does not compile until it is described (describe.h) and
// applied (engine/apply.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/links/changes.h"
#include "util/net.h"

namespace zprov::plan {

// A directory and those of its parents that are missing; one that is there already is left alone.
struct MakeDirectory {
  std::string path;
  uint32_t mode = 0755;

  bool operator==(const MakeDirectory&) const = default;
};

struct MakeSubvolume {
  std::string path;
  uint32_t mode = 0755;

  bool operator==(const MakeSubvolume&) const = default;
};

// A managed file gets its content, and its missing parent directories.
struct WriteFile {
  std::string path;
  std::optional<std::string> before;  // the whole file; nothing: there is none
  std::string after;
  uint32_t mode = 0644;    // of a file that is not there yet
  std::string keep_below;  // directory that gets a copy of `before` first; empty: none is kept

  bool operator==(const WriteFile&) const = default;
};

// A file of the procedure that this mode does without goes, a copy stays below `keep_below`. Of a
// symlink only the link goes.
struct RetireFile {
  std::string path;
  std::string keep_below;

  bool operator==(const RetireFile&) const = default;
};

struct MakeSymlink {
  std::string path;
  std::string target;  // relative

  bool operator==(const MakeSymlink&) const = default;
};

// `from` becomes a symlink to subvolume `to`, with all that is in it; engine/home_move.h says how
// no byte gets lost. Also resumes a move that was interrupted anywhere.
struct MoveHome {
  std::string from;      // "/home"
  std::string to;        // "/x/snaa"
  std::string incoming;  // "/.home.zprov-new": the symlink before, the old tree after the switch
  std::string parked;    // "/.home.before-zprov": where the old tree stays

  bool operator==(const MoveHome&) const = default;
};

// The old tree of an earlier MoveHome goes, after one more comparison with the new one.
struct DropOldHome {
  MoveHome move;

  bool operator==(const DropOldHome&) const = default;
};

// A root made by hand is recorded as its node's generation 0. Nothing is moved.
struct AdoptRoot {
  std::string node;
  std::string state;  // "/x/.zprov"
  std::string root;   // "/x/s0"
  std::string boot;   // "/x/sboot"; empty: there is none

  bool operator==(const AdoptRoot&) const = default;
};

// Nodes that have no root get their first: a generation is built from the source, and their
// pointers name it.
struct MakeGeneration {
  int number = 0;
  std::vector<std::string> nodes;
  std::string source;  // "/"
  std::string kernel;  // version of what becomes kernel.img

  bool operator==(const MakeGeneration&) const = default;
};

using links::SetUpBridge;
using links::SetUpLink;

// A program that makes a running service read what was written; harmless when run again.
struct RunProgram {
  std::vector<std::string> argv;

  bool operator==(const RunProgram&) const = default;
};

using Action =
    std::variant<MakeDirectory, MakeSubvolume, WriteFile, RetireFile, MakeSymlink, MoveHome,
                 DropOldHome, AdoptRoot, MakeGeneration, SetUpBridge, SetUpLink, RunProgram>;

enum class Risk {
  kLiveSafe,  // nothing that runs notices more than a moment
  kNextBoot,  // takes effect when the host (or the node) next boots
  kNodeDown,  // the node must be down
};

struct Step {
  Action action;
  std::string reason;
  Risk risk = Risk::kLiveSafe;

  bool operator==(const Step&) const = default;
};

struct Plan {
  std::vector<Step> steps;            // in the order they are done
  std::vector<Step> on_host;          // with --root: what the host itself still needs; not counted
  std::vector<std::string> notes;     // worth knowing, nothing to do
  std::vector<std::string> refusals;  // why a guard refuses; when there is one, nothing is done

  bool operator==(const Plan&) const = default;
};

}  // namespace zprov::plan
