// What host and node say to each other in files of the node's root: that it mounted it, that it is
// up, what it shall do. A node can write anything there, at any moment: nothing of it leads out of
// its root, blocks, or is believed beyond its own boot. Nothing is synced.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/boot_report.h"
#include "os/system.h"
#include "util/result.h"

namespace zprov::engine {

// 32 lowercase hex digits: what tells one boot from another.
bool IsNonce(std::string_view text);

// Of the boot that last mounted `root`, as its initramfs wrote it; nothing while there is none, or
// only half of one. kInvalid, kEscapes, kTooLarge (what is there is no nonce), and what
// os::Files::ReadConfined says.
Result<std::optional<std::string>> MountedNonce(os::System& system, const std::string& root);

// Of the boot with that nonce; nothing while there is none, or one of another boot. Errors as
// above.
Result<std::optional<BootReport>> ReadBootReport(os::System& system, const std::string& root,
                                                 const std::string& nonce);

enum class Order { kHalt, kReboot };

std::string_view Name(Order order);  // "halt"
std::optional<Order> OrderNamed(std::string_view name);

// The node finds the order within seconds and obeys when its nonce is that boot's; an earlier order
// is replaced. kNotFound: nothing in that root would read it (no var/lib/zprov), so `update` must
// come first; kIsDirectory; kReadOnly; kNoSpace.
Result<void> Ask(os::System& system, const std::string& root, const std::string& nonce,
                 Order order);

// An order that is for no boot: a node that reads and writes its root takes it away within seconds,
// as every order, and does nothing else. Errors as above.
Result<void> Knock(os::System& system, const std::string& root);
// Whether no order lies there any more. Errors of os::Roots::Open and os::Files::Status.
Result<bool> IsTaken(os::System& system, const std::string& root);
// Nobody obeys it any more who has not taken it yet. False: it was taken already. Errors as above,
// and of os::Trees::Remove; then it may be obeyed still.
Result<bool> Withdraw(os::System& system, const std::string& root);

}  // namespace zprov::engine
