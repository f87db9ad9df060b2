#include "core/spec/read_sections.h"

#include <array>
#include <utility>

#include "core/gadget/mtu.h"
#include "core/spec/addressing.h"
#include "core/spec/read_nodes.h"
#include "core/spec/table_reader.h"

namespace zprov::spec {
namespace {

using Reader = void (*)(TableReader&, Draft&);

constexpr std::array kModes = {std::pair{std::string_view("native"), Mode::kNative},
                               std::pair{std::string_view("compatible"), Mode::kCompatible}};
constexpr std::array kBootServers = {std::pair{std::string_view("rpiboot"), BootServer::kRpiboot},
                                     std::pair{std::string_view("zprov"), BootServer::kZprov}};
constexpr std::array kBootArchs = {std::pair{std::string_view("arm"), BootArch::kArm},
                                   std::pair{std::string_view("any"), BootArch::kAny}};
constexpr NumberRange kPruneKeep = {1, 1000};
constexpr NumberRange kBootAtOnce = {1, 1000};  // more than any USB bus has ports (127)

void ReadCluster(TableReader& table, Draft& draft) {
  Set(draft.name, table.Text("name"));
  Set(draft.host, table.Text("host"));
  Set(draft.mode, table.Choice<Mode>("mode", kModes));
}

void ReadBridge(TableReader& table, Draft& draft) {
  Set(draft.bridge_name, table.Text("name"));
  if (table.Has("address")) {
    draft.bridge_address = table.Parsed<InterfaceAddress>(
        "address", "the host's address with its prefix of 1 to 30, \"192.168.7.2/24\"");
  } else {
    table.Any("address");
  }
  if (const auto mtu = table.Integer("mtu", {gadget::kMinMtu, gadget::kMaxMtu})) {
    draft.mtu = {static_cast<uint32_t>(mtu->value), mtu->line};
  }
  draft.bridge_mac = table.Parsed<Mac>("mac", "six hex pairs, \"02:34:33:3c:50:03\"");
  if (const auto isolate = table.Flag("isolate")) draft.bridge_isolate = *isolate;
}

void ReadStorage(TableReader& table, Draft& draft) {
  Set(draft.store, table.Text("store"));
  Set(draft.source, table.Text("source"));
  Set(draft.home, table.Text("home"));
  Set(draft.boot, table.Text("boot"));
  Set(draft.proto, table.Text("proto"));
}

void ReadNfs(TableReader& table, Draft& draft) {
  Set(draft.export_options, table.Text("export_options"));
  Set(draft.home_options, table.Text("home_options"));
  Set(draft.root_options, table.Text("root_options"));
}

void ReadNetwork(TableReader& table, Draft& draft) {
  if (auto deny = table.Texts("deny")) draft.deny = *std::move(deny);
}

void ReadBoot(TableReader& table, Draft& draft) {
  draft.boot_server = table.Choice<BootServer>("server", kBootServers);
  Set(draft.boot_cmdline, table.Text("cmdline"));
  Set(draft.boot_from, table.Text("from"));
  Set(draft.boot_initramfs, table.Text("initramfs"));
  Set(draft.boot_arch, table.Choice<BootArch>("arch", kBootArchs));
  if (const auto at_once = table.Integer("at_once", kBootAtOnce)) {
    draft.boot_at_once = {static_cast<int>(at_once->value), at_once->line};
  }
}

void ReadUpdate(TableReader& table, Draft& draft) {
  if (auto keep = table.Texts("keep")) draft.update_keep = *std::move(keep);
}

void ReadPrune(TableReader& table, Draft& draft) {
  if (const auto keep = table.Integer("keep", kPruneKeep)) {
    draft.prune_keep = {static_cast<int>(keep->value), keep->line};
  }
}

constexpr std::array kSections = {
    std::pair<std::string_view, Reader>{"cluster", ReadCluster},
    std::pair<std::string_view, Reader>{"bridge", ReadBridge},
    std::pair<std::string_view, Reader>{"storage", ReadStorage},
    std::pair<std::string_view, Reader>{"nfs", ReadNfs},
    std::pair<std::string_view, Reader>{"network", ReadNetwork},
    std::pair<std::string_view, Reader>{"boot", ReadBoot},
    std::pair<std::string_view, Reader>{"update", ReadUpdate},
    std::pair<std::string_view, Reader>{"prune", ReadPrune},
};

Draft DraftOfDefaults() {
  const Storage storage;
  const Nfs nfs;
  Draft draft;
  draft.bridge_address = {{{kProcedureHost}, 24}, 1};
  draft.store.value = storage.store;
  draft.source.value = storage.source;
  draft.home.value = storage.home;
  draft.boot.value = storage.boot;
  draft.proto.value = storage.proto;
  draft.export_options.value = nfs.export_options;
  draft.home_options.value = nfs.home_options;
  draft.root_options.value = nfs.root_options;
  return draft;
}

}  // namespace

Draft ReadDraft(const Table& root, Problems& problems) {
  Draft draft = DraftOfDefaults();
  TableReader top("", root, problems);
  for (const auto& [name, read] : kSections) {
    const Value* section = top.Any(name);
    if (section == nullptr) continue;
    const Table* table = std::get_if<Table>(&section->data);
    if (table == nullptr) {
      problems.Error(section->line,
                     fmt::format("{0} is no table: write [{0}] and its keys below it", name));
      continue;
    }
    TableReader reader{std::string(name), *table, problems};
    read(reader, draft);
    reader.ReportUnknown();
  }
  const Value* range = top.Any("nodes");
  const Value* single = top.Any("node");
  top.ReportUnknown();
  ReadNodes(range, single, draft, problems);
  return draft;
}

}  // namespace zprov::spec
