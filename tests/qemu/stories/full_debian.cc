#include "qemu/stories/full_debian.h"

#include <fmt/format.h>

namespace zprov::tests {

void FullDebian::BringToHealthy(const std::string& in_the_root) {
  ASSERT_NO_FATAL_FAILURE(Chapter("the host starts, and zprov is applied"));
  ASSERT_NO_FATAL_FAILURE(PowerOn(1));
  Expect(
      "ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519 && mkdir -p -m 700 "
      "/srv/zero/root/.ssh "
      "&& cp /root/.ssh/id_ed25519.pub /srv/zero/root/.ssh/authorized_keys",
      kShort);
  Expect(in_the_root, kShort);
  Expect("zprov apply", kLong);
  ASSERT_NO_FATAL_FAILURE(Chapter("a full Debian node is healthy"));
  Expect("systemctl start zprov", kLong);
  Await(1, "healthy");
  Expect(fmt::format("echo {} $(cat /x/.zprov/identity/s0/ssh_host_ed25519_key.pub) "
                     ">/root/.ssh/known_hosts",
                     AddressOf(0)),
         kShort);
}

std::string FullDebian::BySsh(const std::string& command, std::chrono::seconds within) {
  return Expect(
      fmt::format(
          "ssh -o StrictHostKeyChecking=yes -o BatchMode=yes -o ConnectionAttempts=300 {} '{}'",
          AddressOf(0), command),
      within);
}

}  // namespace zprov::tests
