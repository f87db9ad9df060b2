#include "core/generations/layout.h"

#include <fmt/format.h>

#include <limits>

#include "util/path.h"
#include "util/strings.h"

namespace zprov::generations {

std::string StateDirectory(const spec::ClusterSpec& spec) {
  return JoinPath(spec.storage.store, ".zprov");
}

std::string GenerationsDirectory(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "gen");
}

std::string Directory(const spec::ClusterSpec& spec, int number) {
  return JoinPath(GenerationsDirectory(spec), fmt::format("{}", number));
}

std::string BasePath(const spec::ClusterSpec& spec, int number) {
  return JoinPath(Directory(spec, number), "base");
}

std::string BootPath(const spec::ClusterSpec& spec, int number) {
  return JoinPath(Directory(spec, number), "boot");
}

std::string RecordPath(const spec::ClusterSpec& spec, int number) {
  return JoinPath(Directory(spec, number), "record.json");
}

std::string NodePath(const spec::ClusterSpec& spec, int number, const std::string& node) {
  return NodePathIn(StateDirectory(spec), number, node);
}

std::string RootOf(const spec::ClusterSpec& spec, int number, const std::string& node) {
  return JoinPath(NodePath(spec, number, node), "root");
}

std::string BootOf(const spec::ClusterSpec& spec, int number, const std::string& node) {
  return JoinPath(NodePath(spec, number, node), "boot");
}

std::string CurrentDirectory(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "current");
}

std::string CurrentPath(const spec::ClusterSpec& spec, const std::string& node) {
  return CurrentPathIn(StateDirectory(spec), node);
}

std::string IdentityPath(const spec::ClusterSpec& spec, const std::string& node) {
  return JoinPath(StateDirectory(spec), "identity/" + node);
}

std::string BootsPath(const spec::ClusterSpec& spec, const std::string& node) {
  return JoinPath(StateDirectory(spec), "boots/" + node);
}

std::string RunPath(const spec::ClusterSpec& spec) {
  return JoinPath(StateDirectory(spec), "run.json");
}

std::string StablePath(const spec::ClusterSpec& spec, const std::string& node) {
  return JoinPath(spec.storage.store, node);
}

std::string NodePathIn(std::string_view state, int number, const std::string& node) {
  return JoinPath(state, fmt::format("gen/{}/{}", number, node));
}

std::string CurrentPathIn(std::string_view state, const std::string& node) {
  return JoinPath(state, "current/" + node);
}

std::optional<int> NumberOf(const std::string& name) {
  // One less than the largest: a number after it still fits.
  const auto number = ParseNumber(name, std::numeric_limits<int>::max() - 1);
  if (!number || fmt::format("{}", *number) != name) return std::nullopt;
  return static_cast<int>(*number);
}

std::string PointerText(int number, const std::string& node) {
  return fmt::format("../gen/{}/{}", number, node);
}

std::optional<int> NumberInPointer(const std::string& text, const std::string& node) {
  const auto parts = Split(text, '/');
  if (parts.size() != 4) return std::nullopt;
  const auto number = NumberOf(std::string(parts[2]));
  if (!number || text != PointerText(*number, node)) return std::nullopt;
  return number;
}

}  // namespace zprov::generations
