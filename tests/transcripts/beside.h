// A healthy board and others beside it, which may do anything.
#pragma once

#include <string>
#include <vector>

#include "engine/fleet/node_view.h"
#include "support/scripted_usb.h"

namespace zprov::transcripts {

// What is in files that no board may get, and in nothing else.
inline constexpr const char* kSecret = "a secret of the host";

struct Other {
  std::string trace;
  std::string sent;  // all bytes that it was sent
  engine::NodeView view;
};

struct Beside {
  // Of the healthy board, with all times: what crossed the bus, what became of its node, and that
  // node in the end.
  std::string trace;
  std::vector<engine::NodeNotice> notices;
  engine::NodeView view;
  std::vector<Other> others;
  size_t events = 0;
};

// More events than five sessions of 40 s have that do not go round in circles.
inline constexpr size_t kMostEvents = 100'000;
// That fit beside it.
inline constexpr size_t kMostOthers = 4;

// The board that the tests call healthy, at kPorts[0]: as it was recorded.
const test::PortScript& HealthyScript();

// All from power on, for 40 s of virtual time; the others at kPorts[1] and so on, wherever their
// scripts are from.
Beside RunBeside(std::vector<test::PortScript> others);

}  // namespace zprov::transcripts
