// zprov --hil: the acceptance suite on this rig, or on the simulated one.
#include <fmt/ostream.h>

#include <fstream>

#include "cli/detect.h"
#include "cli/hil_report.h"
#include "cli/hil_text.h"
#include "cli/request.h"
#include "cli/text.h"
#include "engine/apply.h"
#include "engine/serve/boot_nodes.h"
#include "hil/acceptance.h"
#include "hil/host_reboot.h"

namespace zprov::cli {
namespace {

constexpr std::pair<std::string_view, ReportFormat> kFormats[] = {
    {".xml", HilJunit}, {".json", HilJson}, {".html", HilHtml}};

// A simulated rig is new at each command: what an operator has done before is done first.
Result<void> SetUp(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  fmt::print(context.streams.err, "the simulated rig is new: it is set up and booted first\n");
  const std::string holder = HolderOf(context, system);
  ZPROV_TRY(engine::Apply(system, spec, {.wishes = {}, .holder = holder},
                          [](const engine::Progress&) {}));
  return engine::BootNodes(system, spec, {.nodes = {}, .holder = holder},
                           [](const engine::Snapshot&) {})
      .map([](const engine::Booted&) {});
}

Exit ExitOf(hil::Outcome outcome) {
  switch (outcome) {
    case hil::Outcome::kPass:
    case hil::Outcome::kSkip:
    case hil::Outcome::kQuarantined:
      return Exit::kDone;
    case hil::Outcome::kFail:
      return Exit::kFailed;
    case hil::Outcome::kInfra:
      return Exit::kInfra;
  }
  return Exit::kFailed;
}

// Says on stderr what is tried, as long as it is. On a terminal the line is gone when its row
// comes.
class TriedNow {
 public:
  explicit TriedNow(const Streams& streams) : streams_(streams) {}

  void Show(const hil::Scenario& scenario) {
    const std::string text = BegunText(scenario);
    const auto& terminal = streams_.err_terminal;
    streams_.err << (terminal ? Cut(text, terminal->columns - 1) : text + "\n");
    streams_.err.flush();
  }
  // ECMA-48: erase the line that the cursor is in.
  void Clear() {
    if (!streams_.err_terminal) return;
    streams_.err << "\r\x1b[K";
    streams_.err.flush();
  }

 private:
  const Streams& streams_;
};

// Opened before the run: hours later is too late to say that nobody can write there.
class ReportFile {
 public:
  explicit ReportFile(const std::string& name) : name_(name) {
    if (!name.empty()) file_.open(name, std::ios::binary | std::ios::trunc);
  }
  bool IsGood() const { return name_.empty() || file_.good(); }
  // False: it is not written, or not all of it.
  bool Write(const hil::Report& report) {
    if (name_.empty()) return true;
    file_ << (*FormatOf(name_))(report);
    file_.close();
    return file_.good();
  }

 private:
  std::string name_;
  std::ofstream file_;
};

Exit Unwritable(const Context& context) {
  fmt::print(context.streams.err, "zprov: {}: cannot be written: name another file for --report\n",
             context.options.report);
  return Exit::kUsage;
}

// Nothing where no file was named and the world has none.
Result<std::optional<std::string>> ReadRigFile(const Context& context, os::System& system) {
  const std::string& named = context.options.rig_file;
  if (!named.empty())
    return ReadNamedFile(context, named).map([](std::string text) {
      return std::optional(std::move(text));
    });
  auto text = system.files.Read(hil::kOwnRigFile, kDescriptionLimit);
  if (text) return std::optional(*std::move(text));
  if (text.error().kind == ErrorKind::kNotFound) return std::nullopt;
  return tl::make_unexpected(std::move(text).error());
}

// False: it cannot be used, and why is on stderr.
bool Describe(const Context& context, hil::Rig& rig) {
  auto text = ReadRigFile(context, rig.system);
  if (!text) {
    Report(context, text.error());
    return false;
  }
  if (!*text) return true;
  const std::string& named = context.options.rig_file;
  hil::ParsedRig parsed = hil::ParseRig(**text, rig.spec);
  ShowProblems(context, named.empty() ? hil::kOwnRigFile : named, parsed.problems);
  rig.described = std::move(parsed.rig);
  return rig.described.has_value();
}

// Whoever runs it knows what it will do, and wants it.
bool MayDisturb(const Context& context, const hil::Rig& rig) {
  const auto disturbing = hil::Disturbing(rig, context.options.level);
  if (disturbing.empty() && !context.options.reboot_host) return true;
  if (!disturbing.empty()) context.streams.err << DisturbanceText(rig, disturbing);
  if (context.options.reboot_host) context.streams.err << HostRebootText(rig);
  return IsWanted(context, "nothing was done");
}

// The next run sees what became of it: this process ends with the host.
Exit RebootIfWanted(const Context& context, const hil::Rig& rig, Exit exit) {
  if (!context.options.reboot_host) return exit;
  std::ostream& err = context.streams.err;
  if (exit != Exit::kDone) {
    fmt::print(err, "zprov: {} is not rebooted: the run did not pass\n", rig.spec.host);
    return exit;
  }
  if (auto begun = hil::RebootHost(rig); !begun) return Report(context, begun.error());
  fmt::print(err, "{} reboots: afterwards zprov --hil says which nodes run again\n", rig.spec.host);
  return exit;
}

hil::Progress ProgressOf(const Context& context, TriedNow& now) {
  if (context.options.json) return {};
  return {.on_begin = [&now](const hil::Scenario& scenario) { now.Show(scenario); },
          .on_row =
              [&context, &now](const hil::Row& row) {
                now.Clear();
                context.streams.out << RowText(row);
                context.streams.out.flush();
              }};
}

Exit Accept(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  hil::Rig rig{system, spec, {}, HolderOf(context, system)};
  if (!Describe(context, rig)) return Exit::kUsage;
  if (!MayDisturb(context, rig)) return Exit::kRefused;
  ReportFile file(context.options.report);
  if (!file.IsGood()) return Unwritable(context);
  if (context.options.rig == Rig::kSim) {
    if (auto ready = SetUp(context, system, spec); !ready) return Report(context, ready.error());
  }
  TriedNow now(context.streams);
  const hil::Report report = hil::Accept(rig, context.options.level, ProgressOf(context, now));
  context.streams.out << (context.options.json ? HilJson(report) : RunText(report));
  if (!file.Write(report)) return Unwritable(context);
  const Exit exit = report.was_interrupted ? Exit::kFailed : ExitOf(hil::Overall(report.rows));
  return RebootIfWanted(context, rig, exit);
}

Exit Detect(const Context& context, os::System& system, const spec::ClusterSpec& spec) {
  if (context.options.rig == Rig::kSim) {
    if (auto ready = SetUp(context, system, spec); !ready) return Report(context, ready.error());
  }
  return DetectRig(context, {system, spec, {}, HolderOf(context, system)});
}

}  // namespace

std::optional<ReportFormat> FormatOf(const std::string& file) {
  for (const auto& [ending, format] : kFormats) {
    if (file.ends_with(ending)) return format;
  }
  return std::nullopt;
}

Exit RunHil(const Context& context) {
  const std::string& report = context.options.report;
  if (!report.empty() && !FormatOf(report)) {
    fmt::print(context.streams.err,
               "zprov: --report {}: end it in .xml (JUnit), .json or .html: that says what it is\n",
               report);
    return Exit::kUsage;
  }
  return WithSpec(context, context.options.detect ? Detect : Accept);
}

}  // namespace zprov::cli
