// zprov render: the managed files, without touching the host: one on stdout, a list, or all of them
// below a directory.
#include <fmt/ostream.h>

#include <filesystem>

#include "cli/command.h"
#include "cli/json.h"
#include "core/render/block.h"
#include "core/render/managed_files.h"
#include "engine/make_directories.h"
#include "util/path.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

// What the file looks like on a host that has `existing` there.
struct Merge {
  const std::optional<std::string>& existing;

  Result<std::string> operator()(const render::WholeFile& file) const { return file.content; }
  Result<std::string> operator()(const render::SeedFile& file) const {
    return existing.value_or(file.content);
  }
  Result<std::string> operator()(const render::BlockFile& file) const {
    return render::WithBlocks(existing.value_or(file.new_file), file);
  }
};

uint32_t ModeOf(const render::ManagedFile& file) {
  return std::visit([](const auto& body) { return body.mode; }, file.body);
}

Result<void> WriteOne(os::System& system, const render::ManagedFile& file) {
  constexpr uint64_t kLimit = 1 << 20;  // bytes; more is not a file zprov edits
  std::optional<std::string> existing;
  ZPROV_ASSIGN(const auto status, system.files.Status(file.path));
  if (status) {
    ZPROV_ASSIGN(existing, system.files.Read(file.path, kLimit));
  }
  auto content = std::visit(Merge{existing}, file.body);
  if (!content) return While(file.path, content.error());
  ZPROV_TRY(engine::MakeDirectories(system, ParentOf(file.path), 0755));
  return system.files.Write(file.path, *content, ModeOf(file));
}

Exit WriteAll(const Context& context, const std::vector<render::ManagedFile>& files) {
  std::error_code error;
  std::filesystem::create_directories(context.options.out, error);
  auto world = context.wiring.open_tree(context.options.out);
  if (!world) return Report(context, world.error());
  for (const render::ManagedFile& file : files) {
    if (file.path.empty()) continue;
    const auto written = WriteOne((*world)->system(), file);
    if (!written) return Report(context, written.error());
    if (!context.options.json) {
      fmt::print(context.streams.out, "{}{}\n", context.options.out, file.path);
    }
  }
  if (context.options.json) context.streams.out << FilesJson(files);
  return Exit::kDone;
}

Exit PrintOne(const Context& context, const std::vector<render::ManagedFile>& files) {
  std::vector<std::string> names;
  for (const render::ManagedFile& file : files) {
    if (file.name == context.options.name) {
      context.streams.out << (context.options.json ? FileJson(file) : render::PlainContent(file));
      return Exit::kDone;
    }
    names.push_back(file.name);
  }
  const auto nearest = Nearest(context.options.name, names);
  fmt::print(context.streams.err,
             "zprov: no managed file is called {}{}; `zprov render` lists them\n",
             context.options.name, nearest ? fmt::format(" (did you mean {}?)", *nearest) : "");
  return Exit::kUsage;
}

Exit List(const Context& context, const std::vector<render::ManagedFile>& files) {
  if (context.options.json) {
    context.streams.out << FilesJson(files);
    return Exit::kDone;
  }
  for (const render::ManagedFile& file : files) {
    fmt::print(context.streams.out, "{:<16} {}\n", file.name,
               file.path.empty() ? "(made on request)" : file.path);
  }
  return Exit::kDone;
}

}  // namespace

Exit RunRender(const Context& context) {
  Exit exit = Exit::kDone;
  const auto world = OpenWorld(context, exit);
  if (!world) return exit;
  const auto spec = LoadSpec(context, world->system(), exit);
  if (!spec) return exit;
  const auto files = render::ManagedFiles(*spec, render::HostFacts::Everything());
  if (!context.options.out.empty()) return WriteAll(context, files);
  if (!context.options.name.empty()) return PrintOne(context, files);
  return List(context, files);
}

}  // namespace zprov::cli
