#include "qemu/stories/story.h"

#include <fmt/format.h>

#include <iostream>

namespace zprov::tests {

using nlohmann::json;
using std::chrono::seconds;

namespace {

// Nobody is judged by it: a machine with other work to do takes ten times as long as a quiet one.
constexpr seconds kPatience{900};

}  // namespace

void Story::Chapter(const std::string& title) {
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> took = now - began_;
  if (!title_.empty()) std::cout << fmt::format("{:7.1f} s  {}\n", took.count(), title_);
  std::cout << std::flush;
  began_ = now;
  title_ = title;
  ASSERT_FALSE(HasFailure()) << "before: " << title;
}

void Story::PowerOnAndApply(int zeros, const Orders& first_orders) {
  Chapter("the host starts, and zprov is applied");
  ASSERT_NO_FATAL_FAILURE(PowerOn(zeros, first_orders));
  Expect(
      "echo '::respawn:/bin/nc -ll -p 23 -e /bin/sh' >>/srv/zero/etc/inittab && "
      "mkdir /srv/zero/etc/ssh && touch /srv/zero/etc/ssh/ssh_host_ed25519_key",
      seconds(60));
  Expect(spec_edit_, seconds(60));
  Expect("zprov apply", kPatience);
}

json Story::Await(int zeros, const std::string& stage) {
  // A serve that is started anew ends the watch. What it tells of the past is not looked at.
  const std::string all = fmt::format(
      R"sh(until exec 3< <(exec zprov --json status --watch 2>/dev/null); reader=$!
sed -u -n 's/"notices":.*"unknown"/"unknown"/p' <&3 | grep -m1 -E '("stage":"({})".*){{{}}}'
found=$?; kill $reader 2>/dev/null; [ $found = 0 ]; do sleep 1; done)sh",
      stage, zeros);
  const std::string seen = Expect(
      fmt::format("timeout {} bash -c \"$(cat <<'LOOK'\n{}\nLOOK\n)\"", kPatience.count(), all),
      kPatience + seconds(60));
  const json view = json::parse(seen, nullptr, false);
  EXPECT_TRUE(view.is_object()) << seen;
  return view;
}

json Story::ReportOf(int node) {
  return json::parse(Expect(fmt::format("cat /x/s{}/var/lib/zprov/boot.json", node), seconds(60)),
                     nullptr, false);
}

// cluster.cc: the first has .33, the next ones four more each.
std::string Story::AddressOf(int node) const { return fmt::format("192.168.7.{}", 33 + 4 * node); }

}  // namespace zprov::tests
