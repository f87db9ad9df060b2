// Paths as text. A path in zprov is absolute ("/x/s0") and means a place below the world's root:
// "/" itself on a host, DIR with --root DIR. Nothing here touches a disk or follows a symlink.
#pragma once

#include <string>
#include <string_view>

namespace zprov {

// Absolute, no empty, "." or ".." component, no trailing slash (but "/" itself).
bool IsNormalPath(std::string_view path);

std::string JoinPath(std::string_view directory, std::string_view name);  // "/" + "x" → "/x"
std::string ParentOf(std::string_view path);  // "/x/s0" → "/x", "/" → "/"
std::string NameOf(std::string_view path);    // "/x/s0" → "s0"

// True for `path` itself and everything under it: IsBelow("/x/s0", "/x").
bool IsBelow(std::string_view path, std::string_view directory);

// The relative symlink text that, placed at `link`, means `target`:
// RelativeTarget("/home", "/x/snaa") → "x/snaa"; RelativeTarget("/x/s0", "/x/y") → "y".
std::string RelativeTarget(std::string_view link, std::string_view target);

}  // namespace zprov
