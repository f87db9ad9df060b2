// "Sometimes" marks: what a swarm must reach now and then, or its faults hit nothing. A fault that
// hits something is marked with the stage of the board that it hits, or of each board that is
// there, as it was before.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/fault.h"
#include "sim/zero/board.h"

namespace zprov::run {

std::string_view Words(sim::zero::Stage stage);  // "asks for files"

std::string MarkOf(sim::zero::Stage stage, const FaultRow& fault);

// Recovery steps, as they are seen from outside.
inline constexpr std::string_view kTriedAsItIs = "recovery: a board is tried again as it is";
inline constexpr std::string_view kCameBack = "recovery: a board that left is waited for";
inline constexpr std::string_view kDeviceReset = "recovery: a device is reset";
inline constexpr std::string_view kPowerCut = "recovery: power is cut by its port";
inline constexpr std::string_view kPowerGiven = "recovery: power is given by its port";
inline constexpr std::string_view kRelayOpened = "recovery: power is cut by a command";
inline constexpr std::string_view kRelayClosed = "recovery: power is given by a command";
inline constexpr std::string_view kTriedAgain = "recovery: healthy after a failure";
inline constexpr std::string_view kQuarantined = "recovery: a board is quarantined";
inline constexpr std::string_view kAnotherChance =
    "recovery: a quarantined board has another chance";
inline constexpr std::string_view kFailedHere = "recovery: a cause on the host is waited out";
inline constexpr std::string_view kServeRestarted = "recovery: serve is started again";
inline constexpr std::string_view kFoundRunning = "recovery: a later serve finds nodes that run";

// Of all that are expected: of each fault the stages that boards are in often enough and in which
// it has something to hit.
std::vector<std::string> MarksNeverReached(const std::map<std::string, int>& marks);

// A row for each fault, a column for each stage, "-" where it has nothing to hit; then the recovery
// steps.
std::string TableOf(const std::map<std::string, int>& marks);

}  // namespace zprov::run
