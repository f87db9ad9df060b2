#include "hil/returns.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/generations/layout.h"
#include "core/links/changes.h"
#include "engine/identity.h"
#include "hil/knocks.h"
#include "util/strings.h"

namespace zprov::hil {
namespace {

bool IsIn(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool IsAnotherBoot(const NodeLook& before, const NodeLook& after) {
  return after.report && (!before.report || before.report->boot_id != after.report->boot_id);
}

bool HasSaidSo(const NodeLook& before, const NodeLook& after, InBoot in) {
  switch (in) {
    case InBoot::kAnother:
      return IsAnotherBoot(before, after);
    case InBoot::kAny:
      break;
  }
  return after.report || !before.report;  // who said nothing before need not say anything now
}

// The looks once all that are back have said so, or when they had time enough.
Result<std::vector<NodeLook>> LookOnceSaid(const Rig& rig, const std::vector<NodeLook>& before,
                                           const Left& left) {
  const os::Moment late = rig.system.clock.Now() + kSaysWithin;
  while (true) {
    ZPROV_ASSIGN(auto looks, LookAtNodes(rig));
    bool have_all_said = true;
    for (size_t i = 0; i < looks.size(); ++i) {
      const bool is_back = IsIn(left.back, looks[i].node->name);
      have_all_said &= !is_back || HasSaidSo(before[i], looks[i], left.in);
    }
    const os::Moment now = rig.system.clock.Now();
    if (have_all_said || now >= late) return looks;
    ZPROV_TRY(rig.system.events.Next(std::min(late, now + kLookEvery)));
  }
}

class Judge {
 public:
  Judge(const Rig& rig, const NodeLook& after, Seen& seen)
      : rig_(rig), after_(after), seen_(seen) {}

  Result<void> Return(const NodeLook& before, InBoot in) {
    if (after_.life.life != engine::Life::kUp) {
      Bad(fmt::format("is {}: {}", engine::Name(after_.life.life), after_.life.evidence),
          "zprov boot " + name());
      return {};
    }
    if (!after_.report && !before.report && in == InBoot::kAny) return Link();
    if (!after_.report) {
      Bad("came back, and did not say that this boot is up", "zprov reboot " + name());
      return {};
    }
    const bool is_another = IsAnotherBoot(before, after_);
    if (!is_another && in == InBoot::kAnother) {
      Bad("runs the same boot as before: its power or its reboot never took effect",
          "see that what switches its power switches this board");
    }
    if (before.report && before.report->serial != after_.report->serial) {
      Bad(fmt::format("came back as another board, {} instead of {}", after_.report->serial,
                      before.report->serial),
          "see what is plugged into its port");
    }
    if (after_.would_get && *after_.runs != *after_.would_get) {
      Bad(fmt::format("came back with generation {} instead of {}", *after_.runs,
                      *after_.would_get),
          "zprov reboot " + name());
    }
    ZPROV_TRY(Identity());
    ZPROV_TRY(Link());
    return is_another || in == InBoot::kAnother ? Result<void>() : Root();
  }

  void RanOn(const NodeLook& before) {
    if (before.life.life != engine::Life::kUp || RunsOn(before, after_)) return;
    Bad("was disturbed by another node's restart",
        "see what the two share: a hub, a supply, a switch");
  }

 private:
  const std::string& name() const { return after_.node->name; }

  void Bad(std::string what, std::string cure) {
    seen_.findings.push_back({Grade::kBad, name(), std::move(what), std::move(cure)});
  }

  // The machine-id that its root has is the one that was made for it.
  Result<void> Identity() {
    ZPROV_ASSIGN(const auto root, RootOf(rig_, after_));
    if (!root || after_.runs == 0) return {};  // made by hand: nobody made one for it
    const auto own =
        rig_.system.files.ReadConfined(*root, std::string_view(engine::kMachineIdPath).substr(1));
    const auto kept =
        rig_.system.files.ReadConfined(generations::IdentityPath(rig_.spec, name()), "machine-id");
    if (own && kept && Trim(*own) != Trim(*kept)) {
      Bad("came back with another machine-id than the one that was made for it",
          fmt::format("zprov update {0}, then zprov reboot {0}", name()));
    }
    return {};
  }

  // The link at its port is called as it, and has its MAC.
  Result<void> Link() {
    ZPROV_ASSIGN(const auto links, rig_.system.live->netlink.Links());
    const links::WantedNetwork wanted = links::WantedBy(rig_.spec);
    const auto own = std::ranges::find(wanted.links, name(), &links::WantedLink::name);
    const zprov::Link* link = links::LinkOf(links, *own);
    if (link == nullptr) {
      Bad("came back without a link", "journalctl -u zprov; zprov reboot " + name());
    } else if (link->name != name() || (link->mac != own->host_mac)) {
      Bad(fmt::format("came back as {} with the MAC {}", link->name, link->mac.ToString()),
          "systemctl restart zprov sets it right; journalctl -u zprov says why it was not");
    }
    return {};
  }

  // It still reads and writes it. Of another boot its report shows that.
  Result<void> Root() {
    ZPROV_ASSIGN(auto root, RootOf(rig_, after_));
    if (!root) return {};
    std::vector<Knocked> one = {{name(), std::move(*root)}};
    ZPROV_TRY(KnockAt(rig_, one));
    ZPROV_ASSIGN(const bool is_through, AwaitAnswers(rig_, kAnswersAgainWithin, one));
    if (is_through && !one.front().has_answered) {
      seen_.findings.push_back(DoesNotUseItsRoot(name(), "since it was away"));
    }
    return {};
  }

  const Rig& rig_;
  const NodeLook& after_;
  Seen& seen_;
};

}  // namespace

bool RunsOn(const NodeLook& before, const NodeLook& after) {
  const bool says_the_same = !before.report || (after.report && !IsAnotherBoot(before, after));
  return after.life.life == engine::Life::kUp && says_the_same;
}

Finding DidNotComeBack(const std::string& node, const std::string& why) {
  return {Grade::kBad, node, why,
          fmt::format("zprov status {0} has its boot request by request; look at its console; then "
                      "zprov boot {0}",
                      node)};
}

std::string WhyNotBack(const engine::NodeOrdered& ordered) {
  const engine::NodeView& view = ordered.view;
  return fmt::format("did not come back from its reboot, at stage \"{}\": {}",
                     engine::Name(view.state),
                     view.order && !view.order->text.empty() ? view.order->text : view.cause);
}

Names NamesOf(const std::vector<NodeLook>& looks) {
  Names names;
  for (const NodeLook& look : looks) names.push_back(look.node->name);
  return names;
}

Result<void> JudgeReturns(const Rig& rig, const std::vector<NodeLook>& before, const Left& left,
                          Seen& seen) {
  ZPROV_ASSIGN(const auto after, LookOnceSaid(rig, before, left));
  for (size_t i = 0; i < after.size(); ++i) {
    Judge judge(rig, after[i], seen);
    if (IsIn(left.back, after[i].node->name)) {
      ZPROV_TRY(judge.Return(before[i], left.in));
    } else if (!IsIn(left.told, after[i].node->name)) {
      judge.RanOn(before[i]);
    }
  }
  return {};
}

}  // namespace zprov::hil
