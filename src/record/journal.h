// The host's journal beside a bundle: what kernel and services said while it was recorded, on the
// bundle's own clock.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace zprov::record {

// Of lines as `journalctl --output=short-monotonic` prints them those from that moment
// (CLOCK_MONOTONIC) on; a line without a time belongs to the one before. A private key is replaced,
// from its first line to its last; without a last one, all that follows.
std::string JournalFrom(std::string_view journal, std::chrono::nanoseconds moment);

}  // namespace zprov::record
