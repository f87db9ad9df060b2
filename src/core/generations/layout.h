// Where generations lie below a store, as text. The one place that knows the layout:
//
//   /x/.zprov/gen/8/base          snapshot of the source, with what all nodes share done in it
//   /x/.zprov/gen/8/boot          its boot set, a read-only subvolume
//   /x/.zprov/gen/8/s0/root       snapshot of base plus s0's own few files
//   /x/.zprov/gen/8/s0/boot       -> ../boot; compatibly a snapshot of it plus s0's cmdline.txt
//                                 and config.txt
//   /x/.zprov/gen/8/record.json   written last: without it the generation is unfinished
//   /x/.zprov/current/s0          -> ../gen/8/s0: the only pointer
//   /x/.zprov/identity/s0/        machine-id, ssh host keys
//   /x/.zprov/boots/s0/17.json    how its 17th boot went
//   /x/.zprov/run.json            pointers that are being moved: whoever starts next moves the rest
//   /x/s0                         -> .zprov/current/s0/root
//
// Generation 0 of a node is what was made by hand: gen/0/s0/root and boot are symlinks to it while
// it is where the hand put it, and become the thing itself when the node gets a later generation.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/spec/cluster_spec.h"

namespace zprov::generations {

std::string StateDirectory(const spec::ClusterSpec& spec);          // "/x/.zprov"
std::string GenerationsDirectory(const spec::ClusterSpec& spec);    // "/x/.zprov/gen"
std::string Directory(const spec::ClusterSpec& spec, int number);   // "/x/.zprov/gen/8"
std::string BasePath(const spec::ClusterSpec& spec, int number);    // "/x/.zprov/gen/8/base"
std::string BootPath(const spec::ClusterSpec& spec, int number);    // "/x/.zprov/gen/8/boot"
std::string RecordPath(const spec::ClusterSpec& spec, int number);  // "/x/.zprov/gen/8/record.json"

// "/x/.zprov/gen/8/s0", and ".../root" and ".../boot" in it.
std::string NodePath(const spec::ClusterSpec& spec, int number, const std::string& node);
std::string RootOf(const spec::ClusterSpec& spec, int number, const std::string& node);
std::string BootOf(const spec::ClusterSpec& spec, int number, const std::string& node);

std::string CurrentDirectory(const spec::ClusterSpec& spec);  // "/x/.zprov/current"
std::string CurrentPath(const spec::ClusterSpec& spec, const std::string& node);  // "…/current/s0"
std::string IdentityPath(const spec::ClusterSpec& spec,
                         const std::string& node);                              // "…/identity/s0"
std::string BootsPath(const spec::ClusterSpec& spec, const std::string& node);  // "…/boots/s0"
std::string RunPath(const spec::ClusterSpec& spec);                             // "…/run.json"
std::string StablePath(const spec::ClusterSpec& spec, const std::string& node);  // "/x/s0"

// The same for who knows the state directory alone: "/x/.zprov/gen/8/s0", "/x/.zprov/current/s0".
std::string NodePathIn(std::string_view state, int number, const std::string& node);
std::string CurrentPathIn(std::string_view state, const std::string& node);

// "8" → 8; nothing for what is no name of a generation ("08", "-1", "base").
std::optional<int> NumberOf(const std::string& name);

// What the pointer says for generation 8 of s0, "../gen/8/s0", and back: nothing when it says
// anything else, another node's generation too.
std::string PointerText(int number, const std::string& node);
std::optional<int> NumberInPointer(const std::string& text, const std::string& node);

}  // namespace zprov::generations
