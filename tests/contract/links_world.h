// What worlds with links have in common, be they cables (netlink_world.h) or USB gadgets
// (usb_link_world.h): os::Netlink, and looking at it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "os/clock.h"
#include "os/events.h"
#include "os/netlink.h"

namespace zprov::tests {

class LinksWorld {
 public:
  virtual ~LinksWorld() = default;

  virtual os::Clock& clock() = 0;
  virtual os::Events& events() = 0;
  virtual os::Netlink& netlink() = 0;

  // A deadline that only a hanging test reaches.
  os::Moment Late() { return clock().Now() + std::chrono::minutes(5); }

  Link LinkNamed(const std::string& name) {
    const auto links = netlink().Links();
    EXPECT_TRUE(links.has_value()) << links.error().message;
    for (const Link& link : *links) {
      if (link.name == name) return link;
    }
    ADD_FAILURE() << "there is no link " << name;
    return {};
  }

  // Reads events until `wanted`; true when it came.
  bool Await(const os::Event& wanted) {
    for (;;) {
      const auto event = events().Next(Late());
      if (!event.has_value() || std::holds_alternative<os::DeadlinePassed>(*event)) return false;
      if (*event == wanted) return true;
    }
  }
};

}  // namespace zprov::tests
