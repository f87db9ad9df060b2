#include "vm/cluster/up.h"

#include <fmt/format.h>
#include <poll.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>
#include <vector>

#include "vm/cluster/bplus.h"
#include "vm/cluster/images.h"
#include "vm/cluster/payload.h"

namespace zprov::vm {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::string ImagesLog(const UpOptions& options) { return options.directory + "/images.log"; }

// Who says what is in that log: "images", "operator"; a Zero's lies in its own folder, "zero1".
std::string SpeakerOf(const fs::path& log) {
  const fs::path name = log.stem();
  return (name == "cable" ? log.parent_path().filename() : name).string();
}

// What was added to the cluster's logs since the last look, line by line.
class NewLines {
 public:
  NewLines(std::vector<std::string> logs, std::function<void(const std::string&)> say)
      : say_(std::move(say)) {
    for (const std::string& log : logs) read_[log] = 0;
  }

  void Look() {
    for (auto& [path, at] : read_) {
      std::ifstream log(path, std::ios::binary);
      log.seekg(at);
      std::string line;
      while (std::getline(log, line) && !log.eof()) {
        at = log.tellg();
        say_(SpeakerOf(path) + "  " + line);
      }
    }
  }

 private:
  std::map<std::string, std::streamoff> read_;
  std::function<void(const std::string&)> say_;
};

bool IsDebian(const UpOptions& options) { return options.root == "debian"; }

Result<void> Do(Bplus& bplus, const std::string& command) {
  ZPROV_ASSIGN(const Ran ran, bplus.Run(command, seconds(900)));
  if (ran.exit_code == 0) return {};
  return Fail(ErrorKind::kFailed, fmt::format("`{}` on the B+: {}{}", command, ran.out, ran.err));
}

// A shell at each node's serial line, in the root that they are made of.
constexpr const char* kBusyboxShell = "echo 'ttyAMA0::respawn:-/bin/sh' >>/srv/zero/etc/inittab";
constexpr const char* kDebianShell =
    "d=/srv/zero/etc/systemd/system/serial-getty@ttyAMA0.service.d && mkdir -p $d && printf "
    "'%s\\n' "
    "[Service] ExecStart= 'ExecStart=-/sbin/agetty --autologin root 115200 ttyAMA0 vt220' "
    ">$d/login.conf";

// As the operator of a rig does it.
Result<void> SetUp(Bplus& bplus, const UpOptions& options) {
  ZPROV_TRY(Do(
      bplus, fmt::format("{} && {}", kInstall, IsDebian(options) ? kDebianShell : kBusyboxShell)));
  ZPROV_TRY(Do(bplus, "systemctl daemon-reload && systemctl restart serial-getty@ttyS0"));
  ZPROV_TRY(Do(bplus, "zprov apply && systemctl start zprov"));
  return Do(bplus, "zprov boot");
}

}  // namespace

Result<void> Up(const UpOptions& options, const std::function<void(const std::string&)>& say) {
  std::vector<std::string> logs = {ImagesLog(options), options.directory + "/operator.log"};
  for (int zero = 1; zero <= options.zeros; ++zero) {
    logs.push_back(fmt::format("{}/zero{}/cable.log", options.directory, zero));
  }
  std::thread([lines = NewLines(logs, say)]() mutable {
    for (;;) {
      lines.Look();
      poll(nullptr, 0, 300);
    }
  }).detach();
  say("makes the images; the first time that takes minutes");
  ZPROV_ASSIGN(const std::string image, MakeImages({.root = options.root,
                                                    .scripts = options.images,
                                                    .made = options.made,
                                                    .log = ImagesLog(options)}));
  ZPROV_ASSIGN(const std::string payload, PackPayload({.directory = options.directory,
                                                       .build = options.build,
                                                       .zeros = options.zeros}));
  ZPROV_ASSIGN(Bplus bplus, Bplus::Boot({.images = image,
                                         .cable = options.cable,
                                         .directory = options.directory,
                                         .payload = payload,
                                         .zeros = options.zeros}));
  ZPROV_TRY(SetUp(bplus, options));
  say("all nodes run; `zprov-cluster ssh snail` is a shell on the B+, `zprov-cluster down` ends "
      "it");
  for (;;) poll(nullptr, 0, -1);
}

}  // namespace zprov::vm
