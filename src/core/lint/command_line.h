// The first line of a cmdline.txt as words, and what it says of the gadget and of NFS. The firmware
// takes no other line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zprov::lint {

class CommandLine {
 public:
  explicit CommandLine(std::string_view text);

  // Of the last word "key=value", as the kernel takes it; "" for a bare word.
  std::optional<std::string> Value(std::string_view key) const;
  bool Says(std::string_view key) const { return Value(key).has_value(); }

  // Keys, in order, that begin with `prefix`.
  std::vector<std::string> Keys(std::string_view prefix) const;

  // There are words on further lines.
  bool is_cut() const { return is_cut_; }

 private:
  std::vector<std::pair<std::string, std::string>> words_;
  bool is_cut_ = false;
};

// nfsroot=[host:]path[,options]
struct NfsRoot {
  std::string host;  // empty: ip= says it
  std::string path;
  std::string options;  // "vers=3,noacl"

  bool operator==(const NfsRoot&) const = default;
};
NfsRoot ParseNfsRoot(std::string_view text);

// 3 or 4; 3 when the options do not say (nfsmount of klibc and the kernel's nfsroot alike).
int NfsVersion(std::string_view options);

// What the node's initramfs makes a gadget of.
enum class GadgetWay {
  kEcm,      // zprov.gadget=ecm
  kGeth,     // zprov.gadget=geth
  kGEther,   // words for the module g_ether
  kNotSaid,  // the initramfs decides
};
GadgetWay GadgetOf(const CommandLine& words);

}  // namespace zprov::lint
