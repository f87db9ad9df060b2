#include "cli/status_text.h"

#include <gmock/gmock.h>

namespace zprov::cli {
namespace {

using engine::ClusterStatus;
using engine::Life;
using engine::NodeStatus;
using engine::RebootEffect;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMade = 1672628645 * kSecond;  // 2023-01-02 03:04:05 UTC
constexpr int64_t kNow = kMade + 3 * 3600 * kSecond;

NodeStatus Down(const std::string& name) {
  return {.node = name,
          .life = {Life::kDown, "port 1-1.2 shows the boot ROM"},
          .would_get = 8,
          .record = generations::Record{8, kMade, "/", "6.1.21+"},
          .generations = {0, 7, 8},
          .reboot = RebootEffect::kNothing};
}

NodeStatus Up(const std::string& name) {
  NodeStatus node = Down(name);
  node.life = {Life::kUp, "link s1 answers"};
  node.may_run = {7, 8};
  node.reboot = RebootEffect::kUnknown;
  node.wrote = {.count = 12, .bytes = 3400000, .largest = {{"var/log/syslog", 1200000}}};
  return node;
}

NodeStatus Bare(const std::string& name) {
  return {.node = name, .life = {Life::kUnknown, "neither USB nor links can be read"}};
}

TEST(StatusText, HasARowPerNodeAndSumsUp) {
  EXPECT_EQ(
      StatusText({.nodes = {Down("s0"), Up("s1"), Bare("s2")}, .now_ns = kNow}),
      "NODE  LIFE     RUNS    NEXT  AGE  SOURCE  KERNEL   REBOOT   WROTE             EVIDENCE\n"
      "s0    down     -       8     3 h  /       6.1.21+  nothing  nothing           port 1-1.2 "
      "shows the boot ROM\n"
      "s1    up       7 or 8  8     3 h  /       6.1.21+  unknown  12 files, 3.4 MB  link s1 "
      "answers\n"
      "s2    unknown  ?       none  -    -       -        unknown  -                 neither USB "
      "nor links can be read\n"
      "3 nodes: 1 unknown, 1 up, 1 down; next boot: generation 8; no root: s2\n");
}

TEST(StatusText, NamesWhomARebootWouldChange) {
  NodeStatus old = Up("s1");
  old.may_run = {7};
  old.reboot = RebootEffect::kChanges;
  EXPECT_THAT(
      StatusText({.nodes = {Down("s0"), old}, .now_ns = kNow}),
      EndsWith("\n2 nodes: 1 up, 1 down; next boot: generation 8; a reboot may change s1\n"));
  EXPECT_THAT(StatusText({.nodes = {old, old}, .now_ns = kNow}),
              EndsWith("\n2 nodes: 2 up; next boot: generation 8; a reboot may change all\n"));
}

TEST(StatusText, ShowsDriftAndAnInterruptedRunBelowTheTable) {
  EXPECT_THAT(
      StatusText({.nodes = {Down("s0")},
                  .drift = {"change /etc/hosts", "write /etc/exports"},
                  .interrupted = "moving s0 to generation 9: the next update finishes it",
                  .now_ns = kNow}),
      EndsWith(
          "\nmanaged files differ: change /etc/hosts; `zprov plan` shows it\n"
          "managed files differ: write /etc/exports; `zprov plan` shows it\n"
          "an earlier run did not end: moving s0 to generation 9: the next update finishes it\n"
          "1 node: 1 down; next boot: generation 8\n"));
}

TEST(NodeText, SaysWhatIsWrongWithTheFilesOfABootThatFailed) {
  NodeStatus node = Down("s1");
  node.boot_files = {{lint::Finding::Severity::kError, "/x/sboot/1-1.2/kernel.img",
                      "the kernel is cut off", "copy it again"}};
  EXPECT_THAT(NodeText({.nodes = {node}, .now_ns = kNow}),
              HasSubstr("\nits boot files: /x/sboot/1-1.2/kernel.img: the kernel is cut off: "
                        "copy it again\n"));
}

TEST(StatusText, OfAGenerationMadeByHandHasNoAgeAndNoKernel) {
  NodeStatus node = Down("s0");
  node.would_get = 0;
  node.record = generations::Record{0, 0, "/", ""};
  EXPECT_THAT(StatusText({.nodes = {node}, .now_ns = kNow}),
              HasSubstr("\ns0    down  -     0     -    /       -       nothing"));
}

TEST(StatusText, OfFiftyNodesWithLongNamesStaysAligned) {
  ClusterStatus status{.now_ns = kNow};
  for (int i = 0; i < 50; ++i) status.nodes.push_back(Down("rack-b-zero-" + std::to_string(i)));
  const std::string text = StatusText(status);
  const size_t column = text.find("LIFE");
  for (size_t at = text.find('\n') + 1, row = 0; row < 50; ++row, at = text.find('\n', at) + 1) {
    EXPECT_EQ(text.substr(at + column, 4), "down") << row;
  }
  EXPECT_THAT(text, EndsWith("\n50 nodes: 50 down; next boot: generation 8\n"));
}

TEST(NodeText, SaysAllThatIsKnownInWords) {
  EXPECT_EQ(NodeText({.nodes = {Up("s1")}, .now_ns = kNow}),
            "s1\n"
            "  life         up: link s1 answers\n"
            "  runs         generation 7 or 8\n"
            "  next boot    generation 8, made 2023-01-02 03:04:05 UTC (3 h ago) from /, kernel "
            "6.1.21+\n"
            "  a reboot     may bring something else: what it runs is not known\n"
            "  generations  0, 7, 8\n"
            "  wrote        12 files, 3.4 MB\n"
            "               1.2 MB  var/log/syslog\n");
}

TEST(NodeText, OfANodeWithoutARootSaysHowItGetsOne) {
  EXPECT_THAT(NodeText({.nodes = {Bare("s2")}, .now_ns = kNow}),
              AllOf(HasSubstr("  next boot    nothing: it has no root; `zprov apply` makes one\n"),
                    HasSubstr("  runs         not known\n"), HasSubstr("  generations  none\n")));
}

TEST(StatusText, NamesAllThatANodeMayRun) {
  NodeStatus node = Up("s1");
  node.may_run = {1, 7, 8};
  EXPECT_THAT(StatusText({.nodes = {node}, .now_ns = kNow}), HasSubstr("up    1, 7 or 8  8 "));
}

TEST(NodeText, SaysWhatARebootBrings) {
  NodeStatus node = Up("s1");
  node.reboot = RebootEffect::kChanges;
  EXPECT_THAT(NodeText({.nodes = {node}}), HasSubstr("a reboot     may bring another boot set"));
  node.may_run = {7};
  EXPECT_THAT(NodeText({.nodes = {node}}), HasSubstr("a reboot     brings another boot set"));
  node.reboot = RebootEffect::kNothing;
  EXPECT_THAT(NodeText({.nodes = {node}}), HasSubstr("a reboot     brings the same content"));
  EXPECT_THAT(NodeText({.nodes = {Down("s0")}}), HasSubstr("a reboot     is none: it is down"));
  EXPECT_THAT(NodeText({.nodes = {Bare("s2")}}), HasSubstr("a reboot     brings nothing"));
}

TEST(NodeText, OfAGenerationFromTheFutureDoubtsTheClock) {
  EXPECT_THAT(NodeText({.nodes = {Down("s0")}, .now_ns = kMade - 1}),
              HasSubstr("(later than this host's clock: is it right?)"));
}

TEST(NodeText, DoesNotLetANodesFileNamesSteerTheTerminal) {
  NodeStatus node = Up("s0");
  node.wrote.largest = {{"tmp/\x1b[2J\nfake line", 9}};
  EXPECT_THAT(NodeText({.nodes = {node}, .now_ns = kNow}),
              AllOf(HasSubstr("9 B  tmp/\\x1b[2J\\x0afake line\n"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace zprov::cli
