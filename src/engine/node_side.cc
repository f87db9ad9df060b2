#include "engine/node_side.h"

#include "core/node_files/node_files.h"
#include "core/roots/shared_files.h"
#include "engine/inside_root.h"
#include "engine/observe.h"
#include "util/path.h"

namespace zprov::engine {
namespace {

constexpr char kSystemd[] = "/lib/systemd/systemd";
constexpr char kRcLocal[] = "/etc/rc.local";

Result<void> PutScript(os::InsideRoot& base, const node_files::NodeFile& file) {
  return PutOwn(base,
                {std::string(file.path), std::string(node_files::Script(file.script)), file.mode});
}

// As `systemctl enable` does it, which does not run here.
Result<void> EnableUnit(os::InsideRoot& base) {
  const node_files::NodeFile unit = node_files::Unit();
  const std::string link(node_files::kUnitLink);
  ZPROV_TRY(PutScript(base, unit));
  ZPROV_TRY(MakeDirectoriesIn(base, ParentOf(link)));
  ZPROV_TRY(RemoveFrom(base, link));
  return base.files().ReplaceSymlink(link, unit.path);
}

Result<void> StartFromRcLocal(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  auto before = base.files().Read(kRcLocal, kManagedFileLimit);
  if (!before && before.error().kind != ErrorKind::kNotFound) {
    return While("the source's /etc/rc.local", std::move(before).error());
  }
  auto after = roots::WithZprovNode(before.value_or(""), spec);
  if (!after) return While("the source's /etc/rc.local", std::move(after).error());
  return PutOwn(base, {kRcLocal, std::move(*after), 0755});
}

}  // namespace

Result<void> PutNodeSide(const spec::ClusterSpec& spec, os::InsideRoot& base) {
  for (const node_files::NodeFile& file : node_files::NodeFiles()) {
    ZPROV_TRY(PutScript(base, file));
  }
  ZPROV_TRY(MakeDirectoriesIn(base, std::string(node_files::kStateDirectory)));
  ZPROV_TRY(MakeRoomFor(base, std::string(node_files::kGenerationPath)));
  ZPROV_ASSIGN(const auto systemd, RealPath(base, kSystemd));
  return systemd ? EnableUnit(base) : StartFromRcLocal(spec, base);
}

}  // namespace zprov::engine
