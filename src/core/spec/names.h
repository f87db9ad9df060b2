// What a name may look like: host names, link names, the paths and options that end up in files
// which have no quoting. Each function says what is wrong, or nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace zprov::spec {

constexpr size_t kMaxLabelBytes = 63;     // RFC 1035, 2.3.4
constexpr size_t kMaxLinkNameBytes = 15;  // IFNAMSIZ - 1

// A host name: one lower-case label.
std::optional<std::string> HostNameFault(std::string_view name);

// A link's name, which is also a label: a node is called as its link is.
std::optional<std::string> LinkNameFault(std::string_view name);

// A pattern of link names, as dhcpcd and NetworkManager take it: "usb1", "usb*".
std::optional<std::string> LinkPatternFault(std::string_view pattern);

// An absolute normal path, but not "/": a place in a root. Any characters.
std::optional<std::string> PlaceFault(std::string_view path);

// An absolute normal path that needs no quoting in exports, fstab or a kernel command line.
std::optional<std::string> PathFault(std::string_view path);

// Mount or export options, joined by commas, as they stand between the parentheses of exports.
std::optional<std::string> OptionsFault(std::string_view options);

// A board's serial number, or nothing.
std::optional<std::string> SerialFault(std::string_view serial);

// Further words of a kernel command line.
std::optional<std::string> CmdlineFault(std::string_view words);

}  // namespace zprov::spec
