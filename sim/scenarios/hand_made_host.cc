// The procedure followed step by step, in its own order. Its text comes from fixtures/seed/.
#include <array>
#include <stdexcept>

#include "sim/os/trees.h"
#include "sim/programs.h"
#include "sim/scenarios/hosts.h"
#include "sim/scenarios/rc_local.h"
#include "sim/scenarios/seed_files.h"
#include "util/strings.h"

namespace zprov::sim {

namespace {

constexpr std::array<std::string_view, 5> kNodes = {"s0", "s1", "s2", "s3", "s4"};
// Where a B+ with a small hub in its last socket has them.
constexpr std::array<std::string_view, 5> kPorts = {"1-1.2", "1-1.3", "1-1.4", "1-1.5.1",
                                                    "1-1.5.2"};

// As a person types it: deeper in the shell's branches, with blanks that nobody sees at the end.
std::string Indented(std::string_view text) {
  std::string out;
  int line_number = 0;
  for (std::string_view line : LinesWithEndings(text)) {
    const bool branch = line.starts_with("case") || line.starts_with("esac");
    const bool pattern = line.find(")\n") != std::string_view::npos && !branch;
    const std::string_view indent = branch ? "" : pattern ? "  " : "\t";
    out += indent;
    out += line.substr(0, line.find('\n'));
    const bool continued = line.find("\\\n") != std::string_view::npos;
    out += ++line_number % 5 == 0 && !continued ? " \n" : "\n";
  }
  return out;
}

// Attributes of an iface stanza are indented in everybody's interfaces(5).
std::string IndentedStanzas(std::string_view text) {
  std::string out;
  for (std::string_view line : LinesWithEndings(text)) {
    const bool heads = line.starts_with("allow") || line.starts_with("iface");
    if (!heads) out += "    ";
    out += line;
  }
  return out;
}

void Append(Scene& scene, std::string_view path, std::string_view text) {
  scene.Put(path, scene.Content(path) + std::string(text));
}

void MoveHome(World& world) {
  Scene& scene = world.scene();
  scene.MakeSubvolume("/x/snaa");
  auto moved = Trees(View(world.disk())).Copy("/home", "/x/snaa");
  if (!moved.has_value()) throw std::logic_error("hand-made host: " + moved.error().message);
  scene.Remove("/home");
  scene.Symlink("/home", "/x/snaa");
}

void EditFiles(Scene& scene) {
  Append(scene, "/etc/hosts", SeedFile("hosts"));

  std::string rc_local = scene.Content("/etc/rc.local");
  rc_local.insert(rc_local.rfind("exit 0"), Indented(SeedFile("rc.local")));
  scene.Put("/etc/rc.local", rc_local);

  const std::string_view dhcpcd = SeedFile("dhcpcd.conf");
  const size_t first_line = dhcpcd.find('\n') + 1;
  scene.Put("/etc/dhcpcd.conf", std::string(dhcpcd.substr(0, first_line)) +
                                    scene.Content("/etc/dhcpcd.conf") + "\n" +
                                    std::string(dhcpcd.substr(first_line)));

  scene.Put("/etc/udev/rules.d/70-gadget.rules", SeedFile("70-gadget.rules"));
  scene.Put("/etc/network/interfaces.d/zeros", IndentedStanzas(SeedFile("zeros")));
  scene.Put("/etc/exports", SeedFile("exports"));
  scene.MakeSubvolume("/x/sproto");
  scene.Put("/x/sproto/fstab", SeedFile("fstab"));
}

void BootDirectories(Scene& scene, const std::string& initramfs) {
  scene.MakeSubvolume("/x/sboot");
  for (size_t i = 0; i < kPorts.size(); ++i) {
    const std::string directory = "/x/sboot/" + std::string(kPorts[i]);
    scene.MakeSubvolume(directory);
    for (std::string_view file :
         {"bootcode.bin", "start.elf", "fixup.dat", "kernel.img", "bcm2708-rpi-zero.dtb"})
      scene.Put(directory + "/" + std::string(file), std::string(file) + " of the Zeros\n");
    scene.Put(directory + "/initrd.img", initramfs);
    scene.Put(directory + "/config.txt", "initramfs initrd.img followkernel\n");
    scene.Put(directory + "/cmdline.txt",
              "root=/dev/nfs nfsroot=192.168.7.2:/x/" + std::string(kNodes[i]) + ",vers=3\n");
  }
}

// /x/supdate, line by line.
void UpdateRoots(Scene& scene) {
  for (std::string_view node : kNodes) {
    const std::string root = "/x/" + std::string(node);
    scene.Snapshot("/", root);
    scene.Remove(root + "/x/scratch");
    scene.MakeDirectory(root + "/x/scratch");
    scene.Put(root + "/etc/hostname", std::string(node) + "\n");
    scene.Put(root + "/etc/fstab", scene.Content("/x/sproto/fstab"));
    scene.Remove(root + "/etc/exports");
  }
}

// The script as the procedure prints it.
std::string UpdateScript() {
  const std::string_view procedure = SeedFile("procedure.txt");
  const size_t begin = procedure.find("#!/bin/bash");
  const std::string_view end_mark = "\ndone\n";
  return std::string(procedure.substr(begin, procedure.find(end_mark, begin) - begin)) +
         std::string(end_mark);
}

}  // namespace

void HandMadeHost(World& world) {
  BareHost(world);
  Scene& scene = world.scene();
  MoveHome(world);
  EditFiles(scene);
  BootDirectories(scene, Initramfs("6.1.21+", world.system().files));  // boot_files.h
  scene.MakeSubvolume("/x/scratch");
  scene.Put("/x/supdate", UpdateScript(), 0755);
  scene.Put("/usr/bin/rpiboot", "program", 0755);
  scene.Put("/var/log/rpiboot.log", "Waiting for BCM2835/6/7\n");
  UpdateRoots(scene);
  scene.SyncAll();
  world.AtBoot(RunRcLocal);
}

}  // namespace zprov::sim
