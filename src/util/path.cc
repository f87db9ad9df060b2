#include "util/path.h"

namespace zprov {

bool IsNormalPath(std::string_view path) {
  if (path == "/") return true;
  if (path.empty() || path.front() != '/' || path.find('\0') != std::string_view::npos)
    return false;
  while (!path.empty()) {  // no list of its parts is made: each look at a simulated file asks this
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(part.size());
  }
  return true;
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  std::string joined(directory);
  if (joined.empty() || joined.back() != '/') joined += '/';
  while (!name.empty() && name.front() == '/') name.remove_prefix(1);
  return joined.append(name);
}

std::string ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return "/";
  return std::string(path.substr(0, slash));
}

std::string NameOf(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

bool IsBelow(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string RelativeTarget(std::string_view link, std::string_view target) {
  std::string up;
  std::string at = ParentOf(link);
  while (!IsBelow(target, at)) {
    up += "../";
    at = ParentOf(at);
  }
  std::string_view rest = target.substr(at == "/" ? 1 : at.size());
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  std::string relative = up + std::string(rest);
  if (relative.empty()) return ".";
  if (relative.back() == '/') relative.pop_back();
  return relative;
}

}  // namespace zprov
