#include "support/simulated_zprov.h"

#include <memory>
#include <string>

#include "cli/cli.h"

namespace zprov::tests {
namespace {

class Lent : public cli::World {
 public:
  explicit Lent(os::System& system) : system_(system) {}
  os::System& system() override { return system_; }

 private:
  os::System& system_;
};

}  // namespace

int SimulatedZprov(const run::Call& call) {
  const auto none = []() -> Result<std::unique_ptr<cli::World>> {
    return Fail(ErrorKind::kNotSupported, "a simulated process has no world but its host");
  };
  const cli::Wiring wiring{.open_host = [&call]() -> Result<std::unique_ptr<cli::World>> {
                             return std::make_unique<Lent>(call.system);
                           },
                           .open_tree = [none](const std::string&) { return none(); },
                           .open_sim = none,
                           .pid = call.pid};
  return cli::Run(call.args, wiring, {call.out, call.err});
}

}  // namespace zprov::tests
