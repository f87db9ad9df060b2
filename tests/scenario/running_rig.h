// A rig whose nodes run, to be told something.
#pragma once

#include <gmock/gmock.h>

#include "scenario/serve_rig.h"

namespace zprov::scenario {

// The rig with a serve, and all nodes healthy that are well.
struct Running : ServeRig {
  explicit Running(const sim::TroublesByPort& troubles = {}) : ServeRig(troubles) {
    Serve();
    LetPass(std::chrono::minutes(3));
  }

  os::ControlId Order(engine::ControlRequest::Verb verb, const std::vector<std::string>& nodes) {
    const os::ControlId caller = Connect();
    Say(caller, engine::ControlRequest{verb, nodes});
    LetPass(std::chrono::seconds(1));
    return caller;
  }
  sim::zero::Stage StageOf(size_t node) const { return zeros_[node]->stage(); }
  void ExpectOthersUntouched(size_t but) {
    for (size_t i = 0; i < zeros_.size(); ++i) {
      if (i == but) continue;
      EXPECT_EQ(Of(i).state, engine::NodeState::kHealthy) << i << ": " << Of(i).cause;
      EXPECT_EQ(zeros_[i]->boots(), 1) << i;
      EXPECT_EQ(world_.usb().PowerCuts(*spec_.nodes[i].usb), 0) << i;
    }
  }
};

inline void ExpectOrder(const engine::NodeView& view, engine::Order what,
                        engine::OrderView::State state) {
  ASSERT_TRUE(view.order) << view.node << " was told nothing";
  EXPECT_EQ(view.order->what, what) << view.node;
  EXPECT_EQ(view.order->state, state) << view.node << ": " << view.order->text;
}

}  // namespace zprov::scenario
