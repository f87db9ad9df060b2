// Hosts on a real disk, below a directory that is a btrfs subvolume. Made with plain system calls
// and libbtrfsutil, not through zprov's adapters. Every function throws on an error.
#pragma once

#include <string>
#include <string_view>

#include "core/spec/cluster_spec.h"

namespace zprov::tests {

// The initramfs of MakeSmallSystem's tree: a ready-made one, since nothing there could make one.
inline constexpr char kSmallInitramfs[] = "/boot/initrd.img-6.1.0-50-rpi";

// The little that apply and update look at of a Raspberry Pi OS, in an otherwise empty tree: with
// firmware, a kernel for the nodes' boards, and an ssh host key.
void MakeSmallSystem(const std::string& root);

// What a Raspberry Pi OS has and Debian's minbase has not: dhcpcd.conf, rc.local, …
void AddRaspberryPiFiles(const std::string& root);

// User pi's files in directory `home`: all that is hard to move (hard links, ACL, xattr, holes,
// socket, FIFO, …).
void FillHome(const std::string& home);

// The store as it is before the procedure: directory /x with the subvolume /x/scratch.
void MakeStore(const std::string& root);

// Everything the procedure's reader types and runs, in its order, with the text of fixtures/seed.
// Needs AddRaspberryPiFiles and MakeStore, and fills the home directories.
void FollowProcedure(const std::string& root);

// The procedure's five nodes, natively with USB ports, on MakeSmallSystem's tree.
spec::ClusterSpec FiveNodes(spec::Mode mode);

// The same nodes where FollowProcedure's boot directories say they are plugged in.
spec::ClusterSpec WithPorts(spec::ClusterSpec spec);

void WriteFile(const std::string& path, std::string_view content);
void MakeSubvolume(const std::string& path);

}  // namespace zprov::tests
