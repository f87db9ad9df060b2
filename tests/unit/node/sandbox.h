// A Zero for the shell scripts of src/node: a directory that stands for its "/", stubs for the
// commands that would reach a machine, and each POSIX shell that the scripts must run under.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <string>
#include <vector>

#include "support/shell.h"

namespace zprov::tests {

inline constexpr char kNonce[] = "0123456789abcdef0123456789abcdef";  // of the boot under way

// A shell that the scripts must run under.
struct Shell {
  std::string name;  // of its rows
  std::string command;
};
std::vector<Shell> Shells();
void PrintTo(const Shell& shell, std::ostream* out);

// Files and symlinks below `directory`, one a line: "idVendor: 0x0525", "configs/c.1/ecm.usb0 ->
// …"; paths that begin with `root` are shown without it.
std::string Listing(const std::string& directory, const std::string& root);

class Sandbox : public ::testing::TestWithParam<Shell> {
 protected:
  void SetUp() override;
  void TearDown() override;

  void Put(const std::string& path, const std::string& content);
  bool Has(const std::string& path) const;
  std::string Content(const std::string& path) const;

  // A script of src/node, read by the shell after the stubs, with these variables; `then`, commands
  // after it.
  Ran Run(const std::string& script, const std::map<std::string, std::string>& variables = {},
          const std::string& then = "");

  // The commands that reached the stubs, one a line.
  std::string Calls() const { return Content("/calls"); }

  std::string root_;
};

// One row per shell.
#define ZPROV_UNDER_EACH_SHELL(Suite)                                                  \
  INSTANTIATE_TEST_SUITE_P(Node, Suite, ::testing::ValuesIn(::zprov::tests::Shells()), \
                           [](const auto& each) { return each.param.name; })

}  // namespace zprov::tests
