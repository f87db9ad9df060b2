// How long each stage may take. Source: src/core/usbboot/README.md, "A Zero, as logs show it",
// with room for a slow board and a busy bus; what Linux does on a Zero is inferred.
#pragma once

#include <chrono>
#include <string>

#include "core/usbboot/session.h"
#include "os/clock.h"

namespace zprov::engine {

inline constexpr os::Moment kNever = os::Moment::max();

inline constexpr os::Moment kFileServerWithin = std::chrono::seconds(15);  // 2.7 to 4.2 s
inline constexpr os::Moment kBackWithin = std::chrono::seconds(20);  // after it left, reset, power
inline constexpr os::Moment kBootWithin = std::chrono::minutes(5);   // from ROM to the last file
inline constexpr os::Moment kGadgetWithin = std::chrono::seconds(90);
inline constexpr os::Moment kLinkWithin = std::chrono::seconds(30);
inline constexpr os::Moment kMountWithin = std::chrono::seconds(120);
inline constexpr os::Moment kHealthyWithin = std::chrono::minutes(5);

// From the order until it is taken away: zprov-node looks every 2 s, but a node that had lost its
// host asks it for its root again after up to 2 min (TCP_RTO_MAX; kernel, include/net/tcp.h).
inline constexpr os::Moment kHeardWithin = std::chrono::seconds(150);
// From then on until it has left the bus: what systemd gives its services, with room; inferred.
inline constexpr os::Moment kHaltWithin = std::chrono::seconds(60);
// A halted board may show its boot ROM when its firmware has ended; inferred.
inline constexpr os::Moment kHaltedShowsWithin = std::chrono::seconds(20);

inline constexpr os::Moment kRetryAfter =
    std::chrono::milliseconds(200);  // a file server waits 1 s
inline constexpr os::Moment kOffFor = std::chrono::seconds(2);
inline constexpr os::Moment kCommandWithin = std::chrono::seconds(10);
inline constexpr os::Moment kCureAfter = std::chrono::seconds(10);  // for what fails on this host
inline constexpr os::Moment kLookAfter = std::chrono::seconds(1);   // for files that a node writes
inline constexpr os::Moment kPokeAfter = std::chrono::milliseconds(20);  // for an empty pool

// "send start.elf: no answer in time".
std::string Describe(const usbboot::Ended& ended);

}  // namespace zprov::engine
