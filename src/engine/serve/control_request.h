// What a command asks of a running `serve` over its control socket: one JSON object on one line,
// {"zprov":1,"do":"boot","nodes":["s0"]}. The number is the protocol's version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace zprov::engine {

inline constexpr int kControlVersion = 1;
inline constexpr const char* kControlPath = "/run/zprov/control";

struct ControlRequest {
  enum class Verb {
    kStatus,     // every node's state, once
    kWatch,      // the same, and again whenever something changed, until the caller leaves
    kBoot,       // try quarantined nodes again; then as kWatch
    kHalt,       // then as kWatch
    kReboot,     // then as kWatch
    kHold,       // answered once; their boot ROMs are not booted until the caller leaves
    kHoldLinks,  // answered once; their links stay as somebody leaves them until the caller leaves
  };
  Verb verb = Verb::kStatus;
  std::vector<std::string> nodes = {};  // none: all

  bool operator==(const ControlRequest&) const = default;
};

// Answered once, and in force as long as the caller stays.
bool IsHold(ControlRequest::Verb verb);

std::string_view Name(ControlRequest::Verb verb);  // "status", "watch", …

std::string LineOf(const ControlRequest& request);

// Foreign bytes. kInvalid, with what is wrong: no JSON, another version, an unknown verb, a node
// name longer than a host name.
Result<ControlRequest> ParseControlRequest(std::string_view line);

}  // namespace zprov::engine
