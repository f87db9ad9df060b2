#include "cli/live.h"

#include <fmt/ostream.h>

#include "cli/boot_text.h"
#include "cli/json.h"
#include "cli/live_table.h"
#include "cli/text.h"
#include "engine/serve/client.h"

namespace zprov::cli {
namespace {

using engine::Client;
using engine::ControlRequest;
using engine::Snapshot;

constexpr os::Moment kAnswersWithin = std::chrono::seconds(5);

Result<Client::Outcome> AskForStatus(os::System& system) {
  ZPROV_ASSIGN(const auto client, Client::OfServe(system));
  return client->Do({.verb = ControlRequest::Verb::kStatus}, kAnswersWithin,
                    [](const Snapshot&) { return Client::Verdict::kOver; });
}

// One document or drawing per snapshot; where neither goes, a line per state.
class Watch {
 public:
  explicit Watch(const Context& context) : context_(context) {
    const auto& terminal = context.streams.out_terminal;
    if (terminal && !context.options.json) table_.emplace(*terminal);
  }

  void operator()(const Snapshot& snapshot) {
    std::ostream& out = context_.streams.out;
    if (context_.options.json) {
      out << WatchJson(snapshot);
    } else if (table_) {
      out << table_->Draw(snapshot);
    } else {
      Say(snapshot);
    }
    out.flush();
  }

 private:
  // The first tells where everybody is, each later one what changed.
  void Say(const Snapshot& snapshot) {
    std::ostream& out = context_.streams.out;
    if (is_first_) {
      for (const engine::NodeView& view : snapshot.nodes) {
        out << NoticeText({snapshot.at, view.node, view.state, view.cause});
      }
    } else {
      for (const engine::NodeNotice& notice : snapshot.notices) out << NoticeText(notice);
    }
    is_first_ = false;
  }

  const Context& context_;
  std::optional<LiveTable> table_;
  bool is_first_ = true;
};

}  // namespace

std::optional<Snapshot> AskServe(const Context& context, os::System& system) {
  auto outcome = AskForStatus(system);
  if (outcome && outcome->how == Client::Outcome::How::kOver) return std::move(outcome->last);
  if (!outcome && outcome.error().kind == ErrorKind::kNotFound) return std::nullopt;
  const std::string why =
      outcome ? "it does not answer: see `systemctl status zprov`" : outcome.error().message;
  fmt::print(context.streams.err, "zprov: what serve knows is left out: {}\n", Printable(why));
  return std::nullopt;
}

Exit WatchServe(const Context& context, os::System& system) {
  const auto client = Client::OfServe(system);
  if (!client && client.error().kind == ErrorKind::kNotFound) {
    return Report(context, {ErrorKind::kRefused,
                            "no serve runs whose nodes could be watched: start it (systemctl start "
                            "zprov), or let `zprov boot` boot them and watch that"});
  }
  if (!client) return Report(context, client.error());
  Watch watch(context);
  const auto look = [&](const Snapshot& snapshot) {
    watch(snapshot);
    return Client::Verdict::kGoOn;
  };
  constexpr os::Moment kForEver = std::chrono::hours(24 * 365 * 10);
  const auto watched = (*client)->Do({.verb = ControlRequest::Verb::kWatch}, kForEver, look);
  return watched ? Exit::kDone : Report(context, watched.error());
}

}  // namespace zprov::cli
