// The rig after apply with a serve that listens on its control socket, and commands beside it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/serve/client.h"
#include "engine/serve/desk.h"
#include "engine/serve/serve.h"
#include "engine/serve/service.h"
#include "scenario/rig.h"
#include "sim/scenarios/hosts.h"
#include "support/beside_serve.h"

namespace zprov::scenario {

class ServeRig {
 public:
  explicit ServeRig(const sim::TroublesByPort& troubles = {})
      : zeros_(sim::RigWithZeros(world_, troubles)) {
    EXPECT_TRUE(Apply(world_.system(), spec_));
  }

  // It listens, and has not looked at any board yet.
  void Open() {
    service_ = std::make_unique<engine::Service>(world_.system(), spec_);
    desk_ = std::make_unique<engine::Desk>(world_.control(), *service_, 1000);
    EXPECT_TRUE(world_.control().Listen(engine::kControlPath));
  }

  void Begin() {
    if (service_ == nullptr) Open();
    EXPECT_TRUE(service_->Begin());
  }

  // The whole daemon, as the command runs it.
  void Serve(engine::ServeOptions options = {}) {
    options.holder = "serve, pid 1";
    options.on_notices = [this](const std::vector<engine::NodeNotice>& notices) {
      notices_.insert(notices_.end(), notices.begin(), notices.end());
    };
    options.on_trouble = [this](const std::string& trouble) { troubles_.push_back(trouble); };
    auto server = engine::Server::Begin(world_.system(), spec_, std::move(options));
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  // kill -9.
  void Kill() {
    world_.control().ListenerDies();
    server_.reset();
  }

  tests::ServeEnd End() {
    return {[this](const os::Event& event) { On(event); }, [this] { return NextDeadline(); }};
  }

  os::Moment NextDeadline() const {
    return server_ ? server_->NextDeadline() : service_->NextDeadline();
  }

  void On(const os::Event& event) {
    if (server_) return server_->On(event);
    desk_->On(event);
    service_->On(event);
    desk_->TellAll();
  }

  // Somebody who speaks for itself, not through a Client.
  os::ControlId Connect(uint32_t uid = 0) {
    const auto caller = world_.control().ConnectAs(uid, engine::kControlPath);
    EXPECT_TRUE(caller);
    heard_[*caller];
    return *caller;
  }
  void Say(os::ControlId caller, const std::string& line) {
    EXPECT_TRUE(world_.control().Send(caller, line));
  }
  void Say(os::ControlId caller, const engine::ControlRequest& request) {
    Say(caller, LineOf(request));
  }
  const std::vector<std::string>& Heard(os::ControlId caller) { return heard_.at(caller); }
  bool IsHungUpOn(os::ControlId caller) const { return hung_up_.contains(caller); }

  void LetPass(std::chrono::nanoseconds time) {
    const os::Moment end = world_.clock().Now() + time;
    while (true) {
      const auto event = world_.system().events.Next(std::min(NextDeadline(), end));
      ASSERT_TRUE(event) << event.error().message;
      if (IsCallers(*event)) continue;
      On(*event);
      if (server_ && server_->IsOver()) return;
      if (std::holds_alternative<os::DeadlinePassed>(*event) && world_.clock().Now() >= end) return;
    }
  }

  std::vector<engine::NodeView> Views() const {
    return server_ ? server_->service().Views() : service_->Views();
  }
  engine::NodeView Of(size_t node) const { return Views()[node]; }

  void Signal(int number) { world_.queue().Post(os::SignalCame{number}); }

  sim::World world_;
  spec::ClusterSpec spec_ = Cluster(spec::Mode::kNative);
  std::vector<std::shared_ptr<sim::zero::Zero>> zeros_;
  std::unique_ptr<engine::Service> service_;
  std::unique_ptr<engine::Desk> desk_;
  std::unique_ptr<engine::Server> server_;
  std::vector<engine::NodeNotice> notices_;
  std::vector<std::string> troubles_;

 private:
  // It came to the callers' end of a connection.
  bool IsCallers(const os::Event& event) {
    if (const auto* line = std::get_if<os::ControlLine>(&event)) {
      const auto heard = heard_.find(line->connection);
      if (heard == heard_.end()) return false;
      heard->second.push_back(line->line);
      return true;
    }
    const auto* closed = std::get_if<os::ControlClosed>(&event);
    if (closed == nullptr || !heard_.contains(closed->connection)) return false;
    hung_up_.insert(closed->connection);
    return true;
  }

  std::map<os::ControlId, std::vector<std::string>> heard_;
  std::set<os::ControlId> hung_up_;
};

}  // namespace zprov::scenario
