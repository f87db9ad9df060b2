// The nodes' roots and boot sets of a store on a real disk, looked at past zprov.
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace zprov::tests {

inline constexpr std::array kNodes = {"s0", "s1", "s2", "s3", "s4"};

// Files below the host tree at `host`.
class NodeRoots {
 public:
  explicit NodeRoots(std::string host) : store_(std::move(host) + "/x") {}

  std::string Generation(int number) const;                     // …/x/.zprov/gen/8
  std::string Root(int number, const std::string& node) const;  // …/x/.zprov/gen/8/s0/root
  std::string Boot(int number, const std::string& node) const;  // …/x/.zprov/gen/8/s0/boot
  std::string Current(const std::string& node) const;           // text of its pointer
  std::string Stable(const std::string& node) const;            // …/x/s0
  std::vector<std::string> Generations() const;                 // "1", "2", …
  std::vector<std::string> NodesOf(int number) const;           // that have a root in it

  // A file of every node's root.
  std::map<std::string, std::string> EachHas(int number, const std::string& path) const;

 private:
  std::string store_;
};

}  // namespace zprov::tests
