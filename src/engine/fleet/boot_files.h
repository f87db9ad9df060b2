// What one node gets in one boot, by name. A name's first answer stays its answer until the boot is
// over, also when the files change meanwhile.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec/cluster_spec.h"
#include "core/usbboot/lookup.h"
#include "engine/fleet/boot_set_files.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

struct BootOrder {
  const spec::ClusterSpec& spec;
  const spec::Node& node;  // has a port
  std::string chip;        // usbboot::Chip::directory
  std::string nonce;
};

class BootFiles {
 public:
  // Of one boot: a file of the operator's, all of them together, and different names.
  static constexpr uint64_t kMostBytes = uint64_t{256} << 20;
  static constexpr size_t kMostNames = 4096;

  // Looks which generation is current for the node. Errors: a pointer or a boot set that cannot be
  // read.
  static Result<BootFiles> For(os::System& system, BootSets& sets, const BootOrder& order);

  // Valid as long as this object. Nothing: no directory has it, and it is not rendered.
  std::optional<std::string_view> Content(const std::string& name);

  // The root that the command line names, by its real path; empty where there is no generation.
  const std::string& root() const { return root_; }
  std::optional<int> generation() const { return generation_; }  // whose root that is
  const std::string& nonce() const { return nonce_; }

 private:
  struct Overlay {
    std::string directory;  // as the lookup says it
    std::unique_ptr<os::InsideRoot> inside;
  };

  std::optional<std::string> Find(const std::string& name);
  std::optional<std::string> FromOverlays(const std::string& name);
  Result<void> FindGeneration(os::System& system, BootSets& sets, const BootOrder& order);
  void OpenOverlays(os::System& system, const usbboot::Places& places);

  usbboot::Places places_;
  std::vector<Overlay> overlays_;
  std::shared_ptr<const BootSetFiles> set_;  // null: the node has no generation
  std::optional<int> generation_;
  std::string root_;
  std::string nonce_;
  std::map<usbboot::Rendered, std::string> rendered_;
  std::map<std::string, std::optional<std::string>, std::less<>> answers_;  // but those of set_
  uint64_t bytes_ = 0;
};

}  // namespace zprov::engine
