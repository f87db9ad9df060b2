#include "engine/fleet/boot_files.h"

#include <algorithm>
#include <utility>

#include "core/generations/layout.h"
#include "core/render/renderers.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

// What its pointer names; nothing when it has none.
Result<std::optional<int>> CurrentOf(os::System& system, const BootOrder& order) {
  const std::string& node = order.node.name;
  const auto text = system.files.ReadSymlink(generations::CurrentPath(order.spec, node));
  if (!text && text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  if (!text) return tl::make_unexpected(text.error());
  return generations::NumberInPointer(*text, node);
}

}  // namespace

Result<BootFiles> BootFiles::For(os::System& system, BootSets& sets, const BootOrder& order) {
  BootFiles files;
  files.nonce_ = order.nonce;
  files.places_ = {order.spec.storage.boot, *order.node.usb, order.chip, ""};
  ZPROV_TRY(files.FindGeneration(system, sets, order));
  files.OpenOverlays(system, files.places_);
  files.rendered_[usbboot::Rendered::kConfig] =
      render::PlainContent(render::Config(order.spec, order.node));
  files.rendered_[usbboot::Rendered::kCommandLine] = render::PlainContent(
      files.root_.empty() ? render::Cmdline(order.spec, order.node)
                          : render::Cmdline(order.spec, order.node, files.root_));
  return files;
}

Result<void> BootFiles::FindGeneration(os::System& system, BootSets& sets, const BootOrder& order) {
  ZPROV_ASSIGN(const auto current, CurrentOf(system, order));
  if (!current) return {};
  generation_ = current;
  ZPROV_ASSIGN(root_,
               system.files.Resolve(generations::RootOf(order.spec, *current, order.node.name)));
  const auto boot =
      system.files.Resolve(generations::BootOf(order.spec, *current, order.node.name));
  if (!boot && boot.error().kind == ErrorKind::kNotFound) return {};
  if (!boot) return tl::make_unexpected(boot.error());
  // Generation 0 is what was there before zprov, and anybody may write there.
  const auto nature =
      *current == 0 ? BootSets::Nature::kMayChange : BootSets::Nature::kNeverChanges;
  ZPROV_ASSIGN(set_, sets.Of(*boot, nature));
  places_.generation = *boot;
  return {};
}

// The operator's directories are opened where they really are: compatibly /x/sboot/1-1.3 is a
// symlink to a generation. From there on nothing leads out.
void BootFiles::OpenOverlays(os::System& system, const usbboot::Places& places) {
  for (const std::string& directory : usbboot::DirectoriesFor(places, "")) {
    if (directory == places.generation) continue;
    const auto real = system.files.Resolve(directory);
    if (!real) continue;
    auto inside = system.roots.Open(*real);
    if (inside) overlays_.push_back({directory, std::move(*inside)});
  }
}

std::optional<std::string_view> BootFiles::Content(const std::string& name) {
  auto answer = answers_.find(name);
  if (answer == answers_.end()) {
    if (answers_.size() >= kMostNames) return std::nullopt;
    answer = answers_.emplace(name, Find(name)).first;
  }
  if (answer->second) return *answer->second;
  if (set_ == nullptr) return std::nullopt;
  const auto file = set_->find(name);
  if (file == set_->end()) return std::nullopt;
  return file->second.bytes;
}

// But for the generation's, which are never copied.
std::optional<std::string> BootFiles::Find(const std::string& name) {
  std::optional<std::string> content = FromOverlays(name);
  if (const auto rendered = usbboot::RenderedFor(name); !content && rendered) {
    content = rendered_.at(*rendered);
  }
  if (content && usbboot::IsCommandLine(name)) content = usbboot::WithNonce(*content, nonce_);
  return content;
}

// What cannot be read is as good as not there: the board must get some answer, and the miss shows.
std::optional<std::string> BootFiles::FromOverlays(const std::string& name) {
  const auto wanted = usbboot::DirectoriesFor(places_, name);
  for (const Overlay& overlay : overlays_) {
    if (std::ranges::find(wanted, overlay.directory) == wanted.end()) continue;
    auto content = overlay.inside->files().Read("/" + name, kMostBytes - bytes_);
    if (!content) continue;
    bytes_ += content->size();
    return std::move(*content);
  }
  return std::nullopt;
}

}  // namespace zprov::engine
