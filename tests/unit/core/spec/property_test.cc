// Properties over random specs and random damage. rapidcheck prints the seed of a failure;
// RC_PARAMS="seed=… max_success=…" replays it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/spec/format.h"
#include "core/spec/parse.h"

namespace zprov::spec {
namespace {

struct RangeText {
  int count = 1;
  int stride = 1;
  uint32_t first_address = 0;
  InterfaceAddress host;
  std::optional<Mac> host_mac;
  std::optional<Mac> node_mac;

  std::string Text() const {
    std::string text = "[bridge]\naddress = \"" + host.ToString() +
                       "\"\n[nodes]\ncount = " + std::to_string(count) +
                       "\nstride = " + std::to_string(stride) + "\nfirst_address = \"" +
                       Ipv4{first_address}.ToString() + "\"\n";
    if (host_mac) text += "host_mac = \"" + host_mac->ToString() + "\"\n";
    if (node_mac) text += "node_mac = \"" + node_mac->ToString() + "\"\n";
    return text;
  }
};

std::ostream& operator<<(std::ostream& out, const RangeText& range) { return out << range.Text(); }

// A base near `center`, so that the two sides of a range often meet.
rc::Gen<std::optional<Mac>> NearbyMac(uint64_t center) {
  return rc::gen::map(rc::gen::inRange<int64_t>(-400, 400), [center](int64_t by) {
    if (by < -300) return std::optional<Mac>();
    return Mac::FromNumber(center + static_cast<uint64_t>(by));
  });
}

rc::Gen<RangeText> AnyRange() {
  return rc::gen::exec([] {
    RangeText range;
    range.count = *rc::gen::weightedOneOf<int>(
        {{9, rc::gen::inRange(1, 60)}, {1, rc::gen::inRange(1, 5001)}});
    range.stride = *rc::gen::oneOf(rc::gen::inRange(1, 9), rc::gen::inRange(1, 300));
    const int prefix = *rc::gen::inRange(8, 31);
    const uint32_t room = (uint32_t{1} << (32 - prefix)) - 2;
    const uint32_t network = 10u << 24;
    range.host = {{network + 1 + *rc::gen::inRange<uint32_t>(0, room)}, prefix};
    range.first_address = network + *rc::gen::inRange<uint32_t>(0, std::min(room, 300u) + 2);
    const uint64_t center =
        *rc::gen::element<uint64_t>(0x020000000200, 0x0234333c5022, 0xfefffffffff0);
    range.host_mac = *NearbyMac(center);
    range.node_mac = *NearbyMac(center);
    return range;
  });
}

// Nothing when all that must differ does, also from the bridge's.
std::string Collision(const ClusterSpec& spec) {
  std::set<std::string> names;
  std::set<Ipv4> addresses{spec.bridge.address.address};
  std::set<Mac> macs{spec.bridge.mac};
  for (const Node& node : spec.nodes) {
    if (!names.insert(node.name).second) return "name " + node.name;
    if (!addresses.insert(node.address).second) return "address of " + node.name;
    if (!macs.insert(node.host_mac).second) return "host_mac of " + node.name;
    if (!macs.insert(node.node_mac).second) return "node_mac of " + node.name;
    if (!spec.bridge.address.Contains(node.address)) return node.name + " is outside";
    if (node.host_mac.IsMulticast() || node.node_mac.IsMulticast()) return node.name + " multicast";
  }
  return "";
}

int CountOfErrors(const ParsedSpec& parsed) {
  return static_cast<int>(std::ranges::count_if(parsed.problems, [](const Problem& problem) {
    return problem.severity == Problem::Severity::kError && !problem.message.empty();
  }));
}

// What the text's arithmetic gives, worked out apart from the parser's.
bool RangeCollides(const RangeText& range) {
  const auto network = range.host;
  const uint64_t rule =
      0x0234333c5000 + range.first_address - (network.address.number & ~0xffu) + 1;
  const uint64_t host_base = range.host_mac ? range.host_mac->Number() : rule;
  const uint64_t node_base = range.node_mac ? range.node_mac->Number() : host_base - 1;
  const uint64_t bridge = 0x0234333c5000 + (network.address.number & 0xff) + 1;
  std::set<uint64_t> macs{bridge};
  std::set<uint64_t> addresses{network.address.number, network.NetworkAddress().number,
                               network.Broadcast().number};
  for (uint64_t i = 0; i < static_cast<uint64_t>(range.count); ++i) {
    const uint64_t by = i * static_cast<uint64_t>(range.stride);
    for (uint64_t mac : {host_base + by, node_base + by}) {
      if (mac == 0 || mac >= uint64_t{1} << 48 || (mac >> 40 & 1) != 0) return true;
      if (!macs.insert(mac).second) return true;
    }
    const uint64_t address = range.first_address + by;
    if (address > network.Broadcast().number || !addresses.insert(address).second) return true;
  }
  return false;
}

RC_GTEST_PROP(SpecProperty, ARangeIsRefusedExactlyWhenItCollidesAndThenInFewLines, ()) {
  const RangeText range = *AnyRange();
  const ParsedSpec parsed = ParseSpec(range.Text());
  RC_CLASSIFY(parsed.spec.has_value(), "accepted");
  RC_ASSERT(parsed.spec.has_value() == !RangeCollides(range));
  if (parsed.spec) {
    RC_ASSERT(parsed.spec->nodes.size() == static_cast<size_t>(range.count));
    RC_ASSERT(Collision(*parsed.spec) == "");
    RC_ASSERT(CountOfErrors(parsed) == 0);
  } else {
    RC_ASSERT(CountOfErrors(parsed) >= 1);
    RC_ASSERT(CountOfErrors(parsed) <= 12);
  }
}

TEST(SpecProperty, FiveThousandNodesHoldWithAnyStrideOrAreRefused) {
  for (int stride : {1, 2, 4, 46, 47, 300}) {
    RangeText range;
    range.count = 5000;
    range.stride = stride;
    range.host = *InterfaceAddress::Parse("10.0.0.1/8");
    range.first_address = range.host.address.number + 1;
    range.host_mac = Mac::FromNumber(0x020000001000);
    range.node_mac = Mac::FromNumber(0x020000001000 + 46);  // met by strides 1, 2 and 46
    const ParsedSpec parsed = ParseSpec(range.Text());
    EXPECT_EQ(parsed.spec.has_value(), !RangeCollides(range)) << stride;
    EXPECT_EQ(parsed.spec ? Collision(*parsed.spec) : "", "") << stride;
  }
}

rc::Gen<std::string> Word(std::string_view first, std::string_view rest) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::elementOf(std::string(first)),
                    rc::gen::container<std::string>(rc::gen::elementOf(std::string(rest)))),
      [](const std::pair<char, std::string>& parts) {
        return parts.first + parts.second.substr(0, 10);
      });
}

PortPath AnyPort(size_t index) {
  const auto byte = [](size_t value) { return static_cast<uint8_t>(value % 200 + 1); };
  return {byte(index / 40000), {byte(index / 200), byte(index)}};
}

void SetExtras(Node& node, size_t index) {
  if (*rc::gen::arbitrary<bool>()) node.usb = AnyPort(index);
  if (*rc::gen::inRange(0, 4) != 0) return;
  node.board = *rc::gen::element<std::string>("zero", "zero-w");
  if (*rc::gen::arbitrary<bool>()) node.serial = std::to_string(index);
  node.power = *rc::gen::element(Power::kGanged, Power::kPerPort, Power::kCommand);
  if (node.power == Power::kCommand) {
    node.power_command = "/ä " + *Word("abc", "\"\\ 'x#[]{}=");
  }
}

void SetSections(ClusterSpec& spec) {
  spec.name = "c" + *Word("abc", "abcxyz");
  spec.host = "h" + *Word("abc", "abcxyz");
  spec.bridge.name = "b" + *Word("abc", "abcxyz");
  spec.bridge.isolate = *rc::gen::arbitrary<bool>();
  spec.bridge.mtu = *rc::gen::element(68u, 1500u, 7418u, 15412u);
  spec.boot_cmdline = *rc::gen::element<std::string>("", "quiet", "a=\"b c\" d=\\x");
  spec.storage.home = "/homes/" + *Word("abc", "abc._-+@~x") + "e";
  spec.nfs.home_options = *rc::gen::element<std::string>("vers=3", "vers=4,tcp", "defaults");
  if (spec.mode == Mode::kCompatible) {
    spec.boot_server = *rc::gen::element(BootServer::kRpiboot, BootServer::kZprov);
  }
  spec.boot_from = *rc::gen::element<std::string>("", "/boot", "/ä \"b\\c");
  spec.boot_initramfs = *rc::gen::element<std::string>("", "/boot/initrd.img");
  spec.boot_arch = *rc::gen::element(BootArch::kArm, BootArch::kAny);
  spec.boot_at_once = *rc::gen::inRange(1, 1001);
  const auto kept = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 100));
  for (int number : kept) spec.update_keep.push_back("/var/lib/ä " + std::to_string(number));
  spec.prune_keep = *rc::gen::inRange(1, 1001);
  spec.deny.clear();
  const auto links = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 100));
  for (int link : links) spec.deny.push_back("usb" + std::to_string(link));
}

RC_GTEST_PROP(SpecProperty, ASpecIsReadBackAsItWasWritten, ()) {
  const int count = *rc::gen::inRange(1, 70);
  const Mode mode = *rc::gen::element(Mode::kNative, Mode::kCompatible);
  ClusterSpec spec = *ProcedureSpec(count, mode);
  SetSections(spec);
  if (*rc::gen::arbitrary<bool>()) spec.nodes[0].name = "n" + *Word("0123", "0123");
  if (*rc::gen::arbitrary<bool>()) std::swap(spec.nodes.front(), spec.nodes.back());
  for (size_t i = 0; i < spec.nodes.size(); ++i) SetExtras(spec.nodes[i], i);
  const std::string text = FormatSpec(spec);
  const ParsedSpec parsed = ParseSpec(text);
  RC_LOG() << text;
  for (const Problem& problem : parsed.problems) RC_LOG() << Describe("spec", problem) << "\n";
  RC_ASSERT(parsed.spec.has_value());
  RC_ASSERT(*parsed.spec == spec);
  RC_ASSERT(FormatSpec(*parsed.spec) == text);
}

// Takes pieces out of `text`, doubles them, or puts bytes in.
std::string Damaged(std::string text) {
  const int wounds = *rc::gen::inRange(1, 6);
  for (int i = 0; i < wounds && !text.empty(); ++i) {
    const size_t at = *rc::gen::inRange<size_t>(0, text.size());
    const size_t length = *rc::gen::inRange<size_t>(0, 20);
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, text.substr(text.size() - at - 1, length));
        break;
      case 2:
        text[at] = *rc::gen::arbitrary<char>();
        break;
      default:
        text.insert(
            at, *rc::gen::element<std::string>("[", "]", "[[", "\"", "=", "'''", "{", "}", ",",
                                               "\n", "-", "9223372036854775807", "\\u0000", "\xff",
                                               "1e999", "1979-05-27", "node.", "#"));
    }
  }
  return text;
}

RC_GTEST_PROP(SpecProperty, ADamagedSpecIsASpecOrSaysWhyNot, ()) {
  const std::string text =
      Damaged(FormatSpec(*ProcedureSpec(*rc::gen::inRange(1, 4), Mode::kNative)) +
              "[[node]]\nname = \"x\"\naddress = \"192.168.7.9\"\n");
  const ParsedSpec parsed = ParseSpec(text);
  RC_ASSERT(parsed.spec.has_value() == (CountOfErrors(parsed) == 0));
  const auto lines = static_cast<int>(std::ranges::count(text, '\n')) + 1;
  for (const Problem& problem : parsed.problems) {
    RC_ASSERT(problem.line >= 1);
    RC_ASSERT(problem.line <= lines);
  }
  if (parsed.spec) {
    RC_ASSERT(parsed.node_lines.size() == parsed.spec->nodes.size());
    RC_ASSERT(Collision(*parsed.spec) == "");
    RC_ASSERT(ParseSpec(FormatSpec(*parsed.spec)).spec == parsed.spec);
  }
}

TEST(SpecProperty, DeepNestingIsRefusedOrReadButNeverACrash) {
  for (const auto& [open, close] :
       {std::pair{"[", "]"}, std::pair{"{a=", "}"}, std::pair{"a.", ""}}) {
    std::string text = open == std::string("a.") ? "" : "a = ";
    for (int i = 0; i < 20000; ++i) text += open;
    text += open == std::string("a.") ? "b = 1" : "1";
    for (int i = 0; i < 20000; ++i) text += close;
    EXPECT_FALSE(ParseSpec(text).spec) << open;
  }
}

}  // namespace
}  // namespace zprov::spec
