// Finding, reading and complaining about cluster.toml, and what all descriptions share.
#include <fmt/ostream.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "cli/command.h"
#include "util/path.h"

namespace zprov::cli {
namespace {

constexpr char kOwnSpec[] = "/etc/zprov/cluster.toml";

Result<std::string> ReadOwnSpec(os::System& system, const std::string& label) {
  auto text = system.files.Read(kOwnSpec, kDescriptionLimit);
  if (text || text.error().kind != ErrorKind::kNotFound) return text;
  return Fail(
      ErrorKind::kNotFound,
      label + " does not exist: make it with `zprov init`, or name another with --spec FILE");
}

}  // namespace

Result<std::string> ReadLocalFile(const std::string& path) {
  if (std::error_code error; std::filesystem::is_directory(path, error)) {
    return Fail(ErrorKind::kIsDirectory, path + ": is a directory: name the file in it");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (file && text.size() <= kDescriptionLimit) {
    file.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<size_t>(file.gcount()));
  }
  if (text.size() > kDescriptionLimit) {
    return Fail(ErrorKind::kTooLarge,
                path + ": is too large to describe anything: is the name right?");
  }
  if (!file.is_open() || file.bad()) {
    return Fail(ErrorKind::kNotFound, path + ": cannot be read: is the name right?");
  }
  return text;
}

Result<std::string> ReadNamedFile(const Context& context, const std::string& path) {
  return context.wiring.read_file ? context.wiring.read_file(path) : ReadLocalFile(path);
}

Result<SpecFile> ReadSpec(const Context& context, os::System& system) {
  const Options& options = context.options;
  const bool is_local = !options.spec.empty();
  const std::string own = options.root == "/" ? kOwnSpec : options.root + kOwnSpec;
  const std::string label = is_local ? options.spec : own;
  ZPROV_ASSIGN(const std::string text,
               is_local ? ReadNamedFile(context, options.spec) : ReadOwnSpec(system, label));
  SpecFile file{label, spec::ParseSpec(text)};
  if (file.parsed.spec && system.live != nullptr) {
    ZPROV_ASSIGN(const auto links, system.live->netlink.Links());
    const auto clashes = spec::CheckAgainstLinks(file.parsed, links);
    file.parsed.problems.insert(file.parsed.problems.end(), clashes.begin(), clashes.end());
    if (!clashes.empty()) file.parsed.spec.reset();
  }
  return file;
}

void ShowProblems(const Context& context, const std::string& label,
                  const std::vector<spec::Problem>& problems) {
  for (const spec::Problem& problem : problems) {
    const bool is_warning = problem.severity == spec::Problem::Severity::kWarning;
    if (is_warning && !context.options.verbose) continue;
    fmt::print(context.streams.err, "{}\n", spec::Describe(label, problem));
  }
}

std::optional<spec::ClusterSpec> LoadSpec(const Context& context, os::System& system, Exit& exit) {
  auto file = ReadSpec(context, system);
  if (!file) {
    Report(context, file.error());
    exit = Exit::kUsage;
    return std::nullopt;
  }
  ShowProblems(context, file->label, file->parsed.problems);
  exit = file->parsed.spec ? Exit::kDone : Exit::kUsage;
  return std::move(file->parsed.spec);
}

}  // namespace zprov::cli
