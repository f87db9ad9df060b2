// What a Debian host collects while it runs, and what of its disk a node's root must not be.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace zprov::tests {

// Machine-id, random seed, swap, leases, root's ssh keys, logs; nested subvolumes as systemd and
// the operator make them, /x/scratch with mode 1777, an owner and an ACL; /boot/firmware, the
// firmware's partition, is a file system of its own in this process's mount namespace.
void LiveOn(const std::string& root);

// Stubs of subvolumes (inode 2) at any depth, relative to `root`.
std::vector<std::string> StubsBelow(const std::string& root);

// How the second listing (listing.h) differs from the first, by path.
struct ListingDiff {
  std::set<std::string> gone;
  std::set<std::string> added;
  std::set<std::string> changed;
};

ListingDiff DiffOf(const std::string& first, const std::string& second);

// Of an extended attribute; empty when there is none.
std::string XattrOf(const std::string& path, const char* name);

}  // namespace zprov::tests
