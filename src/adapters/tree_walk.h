// Looks at everything below a directory, on one subvolume of one mount, without following anything.
// Nothing is changed here.
#pragma once

#include <sys/stat.h>

#include <functional>
#include <string>

#include "adapters/fd.h"
#include "util/result.h"

namespace zprov::adapters {

struct WalkedEntry {
  int directory = -1;  // it lies in; valid during the visit
  std::string name;
  std::string path;  // relative to the top: "pi/notes.txt"
  struct statx status = {};
  bool same_mount = false;       // as the top's
  bool same_filesystem = false;  // and the same subvolume; a directory is entered only then
};

enum class Below { kEnter, kLeaveOut };      // what the visitor wants of a directory
enum class WalkOver { kDirectories, kAll };  // which entries are looked at

using WalkVisit = std::function<Result<Below>(const WalkedEntry&)>;

// Visits what is below the readable directory `top`, each directory before what is in it, names in
// bytewise order. An entry that goes away meanwhile is left out. kTooLarge: nested deeper than any
// system makes it.
Result<void> WalkBelow(const Fd& top, WalkOver over, const WalkVisit& visit);

}  // namespace zprov::adapters
