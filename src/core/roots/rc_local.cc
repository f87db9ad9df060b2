// /etc/rc.local of a base: the host's part goes, and what starts zprov-node comes.
#include <set>
#include <vector>

#include "core/render/block.h"
#include "core/render/pieces.h"
#include "core/render/renderers.h"
#include "core/roots/shared_files.h"
#include "util/strings.h"

namespace zprov::roots {
namespace {

using render::Piece;

// What may stand before a program that it starts.
bool IsLauncher(std::string_view word) {
  static const std::set<std::string_view> launchers = {"exec", "nice", "nohup", "setsid", "sudo"};
  return launchers.contains(word);
}

bool Starts(std::string_view program, const Piece& line) {
  if (line.IsBlock()) return false;
  for (const std::string_view word : Words(line.text)) {
    if (word == program || word.ends_with("/" + std::string(program))) return true;
    if (!IsLauncher(word)) return false;
  }
  return false;
}

std::string_view EndingOf(std::string_view line) {
  if (line.ends_with("\r\n")) return "\r\n";
  return line.ends_with('\n') ? "\n" : "";
}

bool GoesOn(const Piece& line) {
  std::string_view text = line.text;
  text.remove_suffix(EndingOf(text).size());
  return text.ends_with('\\');
}

// Each command line that begins with `program`, its further lines included, becomes ":", which a
// shell takes wherever it took the command.
std::vector<Piece> WithoutStarts(std::string_view program, const std::vector<Piece>& pieces) {
  std::vector<Piece> kept;
  for (size_t i = 0; i < pieces.size(); ++i) {
    kept.push_back(pieces[i]);
    if (!Starts(program, pieces[i])) continue;
    while (GoesOn(pieces[i]) && i + 1 < pieces.size() && !pieces[i + 1].IsBlock()) ++i;
    kept.back().text = ": # " + std::string(program) + " is the host's";
    kept.back().text += EndingOf(pieces[i].text);
  }
  return kept;
}

}  // namespace

Result<std::string> WithoutHostPart(std::string_view rc_local, const spec::ClusterSpec& spec) {
  const auto nodes = std::get<render::BlockFile>(render::RcLocalOfNodes(spec).body);
  std::string text(rc_local);
  if (render::HasBlock(text) || render::HasProcedureLines(text, nodes)) {
    ZPROV_ASSIGN(text, render::WithBlocks(text, nodes));
  }
  ZPROV_ASSIGN(const auto pieces, render::TakeApart(text));
  return render::Together(WithoutStarts(nodes.starts_once, pieces));
}

Result<std::string> WithZprovNode(std::string_view rc_local, const spec::ClusterSpec& spec) {
  auto file = std::get<render::BlockFile>(render::RcLocalOfNodes(spec).body);
  if (!render::HasBlock(rc_local)) file.blocks.clear();
  file.blocks.push_back({.id = "zprov-node",
                         .place = render::Block::Place::kBeforeExit,
                         .content = "/usr/lib/zprov/zprov-node &\n"});
  return render::WithBlocks(rc_local.empty() ? file.new_file : rc_local, file);
}

}  // namespace zprov::roots
