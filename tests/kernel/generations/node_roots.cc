#include "kernel/generations/node_roots.h"

#include <algorithm>

#include "kernel/hosts/listing.h"

namespace zprov::tests {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> NamesIn(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string NodeRoots::Generation(int number) const {
  return store_ + "/.zprov/gen/" + std::to_string(number);
}

std::string NodeRoots::Root(int number, const std::string& node) const {
  return Generation(number) + "/" + node + "/root";
}

std::string NodeRoots::Boot(int number, const std::string& node) const {
  return Generation(number) + "/" + node + "/boot";
}

std::string NodeRoots::Current(const std::string& node) const {
  return fs::read_symlink(store_ + "/.zprov/current/" + node);
}

std::string NodeRoots::Stable(const std::string& node) const { return store_ + "/" + node; }

std::vector<std::string> NodeRoots::Generations() const { return NamesIn(store_ + "/.zprov/gen"); }

std::vector<std::string> NodeRoots::NodesOf(int number) const {
  std::vector<std::string> nodes;
  for (const std::string& name : NamesIn(Generation(number))) {
    if (std::find(kNodes.begin(), kNodes.end(), name) != kNodes.end()) nodes.push_back(name);
  }
  return nodes;
}

std::map<std::string, std::string> NodeRoots::EachHas(int number, const std::string& path) const {
  std::map<std::string, std::string> contents;
  for (const char* node : kNodes) contents[node] = ContentOf(Root(number, node) + path);
  return contents;
}

}  // namespace zprov::tests
