// A boot set with nothing wrong, for tests that spoil one thing of it.
#pragma once

#include <string>

#include "core/lint/lint.h"

namespace zprov::lint {

inline constexpr char kVersion[] = "6.1.21+";
inline constexpr char kPlace[] = "/x/.zprov/gen/8/boot";
inline constexpr char kInitramfsPath[] = "/x/.zprov/gen/8/boot/initrd.img";

struct World {
  spec::ClusterSpec spec;
  Facts facts;

  NodeBoot& node() { return facts.nodes.front(); }
  Initramfs& initramfs() { return facts.initramfs.at(kInitramfsPath); }

  void SetCmdline(const std::string& content) {
    node().cmdline = {"/x/sboot/1-1.2/cmdline.txt", content};
  }
  // In the rendered line, one word for another; an empty one takes it out.
  void Replace(const std::string& word, const std::string& by);
  void AddToConfig(const std::string& line) { node().config.content += line + "\n"; }
  void RemoveModule(const std::string& name);  // from the initramfs

  Findings Found() const { return Lint(spec, facts); }
};

// One node, s0, with what zprov renders for it, and a Raspberry Pi OS's kernel.
World Sound();

}  // namespace zprov::lint
