// Whether a node's command line says what the spec says of it. What it means for the gadget:
// gadget_checks.cc.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/lint/checks.h"
#include "util/strings.h"

namespace zprov::lint {
namespace {

using Severity = Finding::Severity;

// The words of the node's side (src/node/): any other stops it.
constexpr std::array<std::string_view, 5> kWords = {"zprov.node", "zprov.gadget", "zprov.mtu",
                                                    "zprov.mac", "zprov.boot"};
constexpr size_t kMostAddressFields = 2;  // of ip=: the client and the server, the rest is its own

class Checking {
 public:
  Checking(const Subject& subject, Findings& findings) : subject_(subject), findings_(findings) {}

  void Run() {
    Lines();
    Root();
    Address();
    Macs();
    Mtu();
    OurWords();
  }

 private:
  void Add(Severity severity, std::string what, std::string cure) {
    findings_.push_back({severity, subject_.boot.cmdline.where, std::move(what), std::move(cure)});
  }

  std::string Correct(const std::string& word) const {
    return fmt::format("say {}, or remove the file and zprov makes the line", word);
  }

  // `said` is what the line says as `word`; `expected` what the spec says.
  void Same(const char* word, const std::string& said, const std::string& expected) {
    if (said == expected) return;
    Add(Severity::kError,
        fmt::format("{}={} disagrees with the spec, which gives {} {}", word, said,
                    subject_.node.name, expected),
        Correct(fmt::format("{}={}", word, expected)));
  }

  void Lines() {
    if (!subject_.words.is_cut()) return;
    Add(Severity::kWarning, "has words on a second line, and the firmware takes only the first",
        "write everything in one line");
  }

  void Root() {
    if (subject_.words.Value("root") != "/dev/nfs") {
      Add(Severity::kError, "does not say root=/dev/nfs, and the node has no other root",
          Correct("root=/dev/nfs"));
    }
    const std::string host = subject_.spec.bridge.address.address.ToString();
    const auto said = subject_.words.Value("nfsroot");
    if (!said) {
      Add(Severity::kError, "names no root: nfsroot= is missing",
          Correct(fmt::format("nfsroot={}:{}", host, subject_.boot.roots.front())));
      return;
    }
    const NfsRoot root = ParseNfsRoot(*said);
    if (!root.host.empty()) Same("the server of nfsroot", root.host, host);
    const auto& roots = subject_.boot.roots;
    if (std::ranges::find(roots, root.path) == roots.end()) {
      Same("the path of nfsroot", root.path, roots.front());
    }
  }

  void Address() {
    const auto said = subject_.words.Value("ip");
    if (!said) {
      Add(Severity::kWarning, "gives the node no address: ip= is missing",
          Correct(fmt::format("ip={}:…", subject_.node.address.ToString())));
      return;
    }
    const auto fields = Split(*said, ':');
    const std::array expected = {subject_.node.address.ToString(),
                                 subject_.spec.bridge.address.address.ToString()};
    const std::array names = {"the address of ip", "the server of ip"};
    for (size_t i = 0; i < std::min(fields.size(), kMostAddressFields); ++i) {
      const bool may_be_empty = i > 0;
      if (fields[i].empty() && may_be_empty) continue;
      Same(names[i], std::string(fields[i]), expected[i]);
    }
  }

  void SameMac(const char* word, const Mac& expected) {
    const auto said = subject_.words.Value(word);
    if (said && Mac::Parse(*said) != expected) Same(word, *said, expected.ToString());
  }

  void Macs() {
    SameMac("zprov.mac", subject_.node.node_mac);
    SameMac("g_ether.dev_addr", subject_.node.node_mac);
    SameMac("g_ether.host_addr", subject_.node.host_mac);
    if (subject_.words.Says("zprov.mac") || subject_.words.Says("g_ether.dev_addr")) return;
    Add(Severity::kWarning, "gives the node no MAC, so each boot may have another",
        Correct("zprov.mac=" + subject_.node.node_mac.ToString()));
  }

  void Mtu() {
    const auto said = subject_.words.Value("zprov.mtu");
    if (said) Same("zprov.mtu", *said, fmt::format("{}", subject_.spec.bridge.mtu));
  }

  void OurWords() {
    const auto node = subject_.words.Value("zprov.node");
    if (node) Same("zprov.node", *node, subject_.node.name);
    const auto gadget = subject_.words.Value("zprov.gadget");
    if (gadget && GadgetOf(subject_.words) != GadgetWay::kEcm &&
        GadgetOf(subject_.words) != GadgetWay::kGeth) {
      Add(Severity::kError, fmt::format("zprov.gadget={} is no gadget that a node can be", *gadget),
          Correct("zprov.gadget=ecm or zprov.gadget=geth"));
    }
    if (subject_.words.Says("zprov.boot")) {
      Add(Severity::kWarning, "has a zprov.boot= of its own, which is another boot's",
          "take it out: each boot gets one when the file is sent");
    }
    for (const std::string& key : subject_.words.Keys("zprov.")) {
      if (std::ranges::find(kWords, key) != kWords.end()) continue;
      Add(Severity::kError,
          fmt::format("{}= is no word that a node knows: it would stop there", key),
          fmt::format("take it out, or correct it: {}",
                      Join(std::vector<std::string>(kWords.begin(), kWords.end()), ", ")));
    }
  }

  const Subject& subject_;
  Findings& findings_;
};

}  // namespace

void CheckCommandLine(const Subject& subject, Findings& findings) {
  Checking(subject, findings).Run();
}

}  // namespace zprov::lint
