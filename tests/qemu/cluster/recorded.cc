#include "qemu/cluster/recorded.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cli/record.h"

namespace zprov::tests {

void ExpectReplays(const std::string& text, const std::string& name) {
  const std::string bundle = ZPROV_BUILD_DIR "/bundles/" + name;
  std::filesystem::create_directories(bundle);
  std::ofstream(bundle + "/" + cli::kBundleFile, std::ios::binary) << text;
  const auto replayed = cli::Replay(bundle);
  ASSERT_TRUE(replayed) << replayed.error().message;
  EXPECT_EQ(replayed->outcome, cli::Replayed::Outcome::kSame) << replayed->text;
}

}  // namespace zprov::tests
