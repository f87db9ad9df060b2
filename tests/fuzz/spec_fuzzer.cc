// cluster.toml, as somebody wrote it: it is a sound spec, or every problem has its place; and a
// sound one is read back as it was written, and renders to files that can be taken out again.
#include <algorithm>

#include "core/render/block.h"
#include "core/render/managed_files.h"
#include "core/spec/format.h"
#include "core/spec/parse.h"
#include "fuzz/property.h"

namespace zprov::fuzz {
namespace {

constexpr size_t kMostRendered = 20;  // nodes; rendering thousands only costs time

bool IsError(const spec::Problem& problem) {
  return problem.severity == spec::Problem::Severity::kError;
}

void CheckProblems(const spec::ParsedSpec& parsed, std::string_view text) {
  ZPROV_HOLDS(parsed.spec.has_value() == std::ranges::none_of(parsed.problems, IsError));
  const auto lines = std::ranges::count(text, '\n') + 1;
  for (const spec::Problem& problem : parsed.problems) {
    ZPROV_HOLDS(problem.line >= 1 && problem.line <= lines);
    ZPROV_HOLDS(!problem.message.empty());
  }
}

void CheckReadBack(const spec::ClusterSpec& spec) {
  const std::string text = spec::FormatSpec(spec);
  const spec::ParsedSpec again = spec::ParseSpec(text);
  ZPROV_HOLDS(again.spec == spec);
  ZPROV_HOLDS(spec::FormatSpec(*again.spec) == text);
}

void CheckBlocks(const render::BlockFile& file) {
  const std::string_view existing = "a line of others, without its end";
  const auto with = render::WithBlocks(existing, file);
  ZPROV_HOLDS(with.has_value());
  ZPROV_HOLDS(render::WithBlocks(*with, file).value() == *with);
  ZPROV_HOLDS(render::WithoutBlocks(*with).value() == existing);
}

void CheckRendering(const spec::ClusterSpec& spec) {
  if (spec.nodes.size() > kMostRendered) return;
  for (const auto& file : render::ManagedFiles(spec, render::HostFacts::Everything())) {
    ZPROV_HOLDS(!file.name.empty());
    const std::string content = render::PlainContent(file);
    ZPROV_HOLDS(content.empty() || content.ends_with('\n'));
    ZPROV_HOLDS(content.find('\0') == std::string::npos);
    if (const auto* blocks = std::get_if<render::BlockFile>(&file.body)) CheckBlocks(*blocks);
  }
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  const std::string_view text = fuzz::TextOf(data, size);
  const spec::ParsedSpec parsed = spec::ParseSpec(text);
  fuzz::CheckProblems(parsed, text);
  if (!parsed.spec) return 0;
  ZPROV_HOLDS(parsed.node_lines.size() == parsed.spec->nodes.size());
  fuzz::CheckReadBack(*parsed.spec);
  fuzz::CheckRendering(*parsed.spec);
  return 0;
}
