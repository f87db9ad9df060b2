#include "cli/record.h"

#include <fmt/ostream.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/text.h"
#include "cli/version.h"
#include "engine/run_program.h"
#include "record/journal.h"
#include "record/recording_tape.h"
#include "record/replaying_tape.h"
#include "record/taped_system.h"

namespace zprov::cli {
namespace {

namespace fs = std::filesystem;

class TapedWorld final : public World {
 public:
  // Null `real`: it is a replay.
  TapedWorld(std::unique_ptr<World> real, std::unique_ptr<record::TapedSystem> taped)
      : real_(std::move(real)), taped_(std::move(taped)) {}
  os::System& system() override { return taped_->system(); }

 private:
  std::unique_ptr<World> real_;
  std::unique_ptr<record::TapedSystem> taped_;
};

using Opened = Result<std::unique_ptr<World>>;

Opened OpenTaped(record::Tape& tape, const std::function<Opened()>& open) {
  std::unique_ptr<World> real;
  ZPROV_ASSIGN(auto taped, record::OpenTaped(tape, [&]() -> Result<os::System*> {
                 ZPROV_ASSIGN(real, open());
                 return &real->system();
               }));
  return std::make_unique<TapedWorld>(std::move(real), std::move(taped));
}

// What a command gets of a machine, all of it over the tape.
Wiring Taped(const Wiring& real, record::Tape& tape) {
  Wiring taped = real;
  taped.open_host = [&] { return OpenTaped(tape, real.open_host); };
  taped.open_tree = [&](const std::string& root) {
    return OpenTaped(tape, [&] { return real.open_tree(root); });
  };
  taped.open_sim = [&] { return OpenTaped(tape, real.open_sim); };
  taped.read_file = [&](const std::string& path) {
    return record::ReadTaped(tape, path, [&] { return ReadLocalFile(path); });
  };
  return taped;
}

Exit CannotRecord(const Context& context, const std::string& why) {
  fmt::print(context.streams.err, "zprov: --record {}: {}\n", context.options.record, why);
  return Exit::kUsage;
}

std::string WithUnit(std::chrono::nanoseconds time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return fmt::format("{}.{:03} s", ms / 1000, ms % 1000);
}

// A call may hold a whole file: as much of it as shows where the two part.
std::string Part(const std::string& text, const std::string& other) {
  constexpr size_t kBefore = 60;
  constexpr size_t kMost = 400;
  size_t same = 0;
  while (same < text.size() && same < other.size() && text[same] == other[same]) ++same;
  const size_t name = std::min(text.find(' '), text.size());
  const size_t from = same > name + kBefore ? same - kBefore : 0;
  std::string part = from == 0 ? "" : text.substr(0, name) + " …";
  part += text.substr(from, kMost);
  return Printable(text.size() - from > kMost ? part + "…" : part);
}

std::string Zeros(const record::Verdict& verdict) {
  if (verdict.zeros == 0) return "";
  return fmt::format(
      "  perhaps because of line {}: what was read there was too long for the bundle, "
      "and is zeros now\n",
      verdict.zeros);
}

Result<Replayed> TextOf(const record::Verdict& verdict, const std::string& file) {
  using Kind = record::Verdict::Kind;
  const std::string place = fmt::format("{}:{}", file, verdict.line);
  switch (verdict.kind) {
    case Kind::kSame:
      return Replayed{Replayed::Outcome::kSame, fmt::format("{}: no difference, {} of its time\n",
                                                            file, WithUnit(verdict.at))};
    case Kind::kEndsEarly:
      return Replayed{
          Replayed::Outcome::kSameSoFar,
          fmt::format("{}: no difference up to here, {} of its time; the bundle goes no "
                      "further: {}\n",
                      place, WithUnit(verdict.at), verdict.now)};
    case Kind::kDifferent:
      return Replayed{Replayed::Outcome::kDifferent,
                      fmt::format("{}: the first difference, after {} of its time\n  then: {}\n  "
                                  "now:  {}\n",
                                  place, WithUnit(verdict.at), Part(verdict.then, verdict.now),
                                  Part(verdict.now, verdict.then)) +
                          Zeros(verdict)};
    case Kind::kUnusable:
      return Fail(ErrorKind::kInvalid,
                  fmt::format("{}: {}: undo what was changed in the bundle, or "
                              "record again",
                              place, Printable(verdict.now)));
  }
  return Fail(ErrorKind::kInvalid, place);
}

Result<record::Bundle> ReadBundle(const std::string& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) {
    return Fail(ErrorKind::kNotFound,
                file + ": is no file: name a directory that --record has made");
  }
  if (fs::file_size(file, error) > record::kMostBytes) {
    return Fail(ErrorKind::kTooLarge, file + ": is larger than any bundle");
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || !in.is_open()) return Fail(ErrorKind::kIo, file + ": cannot be read");
  auto bundle = record::ParseBundle(text);
  if (!bundle) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}:{}: undo what was changed in the bundle, or record again", file,
                            Printable(bundle.error().message)));
  }
  return bundle;
}

// Seconds of CLOCK_MONOTONIC in front of each line ("[ 123.456789] snail kernel: …").
Result<std::string> ReadJournal(const Context& context) {
  constexpr std::chrono::seconds kDeadline{120};  // assumed: what a B+ needs for so many lines
  ZPROV_ASSIGN(const auto world, context.wiring.open_host());
  const engine::Program journalctl{.argv = {"journalctl", "--boot", "--lines=100000", "--no-pager",
                                            "--quiet", "--output=short-monotonic"},
                                   .deadline = kDeadline};
  return engine::OutputOf(world->system(), journalctl, [](const engine::Notice&) {});
}

// Of the host alone: what a simulated rig or a tree does stands in nobody's journal.
void KeepJournal(const Context& context, const fs::path& directory,
                 std::chrono::nanoseconds since) {
  const Options& options = context.options;
  if (options.rig != Rig::kHost || options.root != "/") return;
  const auto say = [&](const std::string& why) {
    fmt::print(context.streams.err, "zprov: --record {}: without the host's journal: {}\n",
               options.record, why);
  };
  const auto journal = ReadJournal(context);
  if (!journal) return say(journal.error().message);
  const fs::path file = directory / kJournalFile;
  std::ofstream out(file, std::ios::binary);
  std::error_code error;
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
  out << record::JournalFrom(*journal, since) << std::flush;
  if (!out.good() || error) say(file.string() + " cannot be written");
}

}  // namespace

Exit RunRecorded(const Context& context, const std::vector<std::string>& args) {
  std::error_code error;
  const fs::path directory = context.options.record;
  const bool is_new = fs::create_directory(directory, error);
  if (is_new) fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return CannotRecord(context, "cannot be made: " + error.message());
  const fs::path file = directory / kBundleFile;
  if (fs::exists(file, error)) {
    return CannotRecord(context, "holds a bundle already: name another directory");
  }
  std::ofstream out(file, std::ios::binary);
  if (!out.good()) return CannotRecord(context, file.string() + " cannot be written");
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
  if (error) return CannotRecord(context, error.message());
  const auto begin = std::chrono::steady_clock::now().time_since_epoch();
  const Wiring& wiring = context.wiring;
  record::RecordingTape tape(out, {kVersion, args, wiring.pid, wiring.uid});
  const Wiring taped = Taped(wiring, tape);
  const Exit exit = RunCommand({context.options, taped, context.streams});
  tape.End(static_cast<int>(exit));
  if (const std::string trouble = tape.Trouble(); !trouble.empty()) {
    fmt::print(context.streams.err, "zprov: --record {}: {}\n", context.options.record, trouble);
  }
  KeepJournal(context, directory, begin);
  return exit;
}

Result<Replayed> Replay(const std::string& bundle) {
  const std::string file = (fs::path(bundle) / kBundleFile).string();
  ZPROV_ASSIGN(const record::Bundle recorded, ReadBundle(file));
  Parsed parsed = ParseArguments(recorded.manifest.args);
  if (!parsed.options) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{}:1: its command line is none: {}", file, parsed.text));
  }
  parsed.options->report.clear();
  parsed.options->yes = true;  // it was asked then
  record::ReplayingTape tape(recorded);
  Wiring none;
  none.pid = recorded.manifest.pid;
  none.uid = recorded.manifest.uid;
  const Wiring wiring = Taped(none, tape);
  std::ostringstream out;
  std::ostringstream err;
  const Streams streams{out, err};
  try {
    const Exit exit = RunCommand({*parsed.options, wiring, streams});
    return TextOf(tape.End(static_cast<int>(exit)), file);
  } catch (const record::Verdict& verdict) {
    return TextOf(verdict, file);
  }
}

Result<void> KeepBundle(const std::string& bundle, const std::string& to) {
  std::error_code error;
  if (fs::exists(to, error)) return Fail(ErrorKind::kExists, to + " exists: take another name");
  fs::create_directories(to, error);
  if (!error) fs::copy_file(fs::path(bundle) / kBundleFile, fs::path(to) / kBundleFile, error);
  if (error) return Fail(ErrorKind::kIo, to + ": " + error.message());
  return {};
}

}  // namespace zprov::cli
