// The rig of `--rig sim`: everything that needs no second process passes on it.
#include <gmock/gmock.h>

#include <sstream>

#include "cli/cli.h"
#include "sim/scenarios/hosts.h"

namespace zprov::hil {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class OwnRig : public cli::World {
 public:
  OwnRig() { sim::RigWithRelay(world_); }
  os::System& system() override { return world_.system(); }

 private:
  sim::World world_;
};

TEST(SimulatedRig, IsGreenAtEveryLevel) {
  using Opened = Result<std::unique_ptr<cli::World>>;
  const auto none = []() -> Opened { return Fail(ErrorKind::kNotSupported, "no such world"); };
  const cli::Wiring wiring{.open_host = none,
                           .open_tree = [none](const std::string&) { return none(); },
                           .open_sim = []() -> Opened { return std::make_unique<OwnRig>(); }};
  std::ostringstream out;
  std::ostringstream err;
  const int exit =
      cli::Run({"--rig", "sim", "--hil", "--level", "full", "--yes"}, wiring, {out, err});
  EXPECT_EQ(exit, 0) << out.str() << err.str();
  EXPECT_THAT(out.str(), AllOf(HasSubstr("pass    boards "), HasSubstr("pass    cold-boot "),
                               HasSubstr("pass    unplug "), HasSubstr("pass    exchange "),
                               HasSubstr("pass    cut-mounted "), HasSubstr("pass    update "),
                               HasSubstr("pass    thief "),
                               HasSubstr("level full: 38 scenarios: 34 pass, 4 skip\n"),
                               Not(HasSubstr("put-back"))));
}

}  // namespace
}  // namespace zprov::hil
