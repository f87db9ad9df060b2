#include "contract/file_world.h"

namespace zprov::tests {

const std::string kSomeAcl(
    "\2\0\0\0"
    "\1\0\6\0\xff\xff\xff\xff"
    "\2\0\7\0\xe8\3\0\0"
    "\4\0\4\0\xff\xff\xff\xff"
    "\20\0\7\0\xff\xff\xff\xff"
    "\40\0\4\0\xff\xff\xff\xff",
    44);

std::vector<FileWorldKind> FileWorldKinds() {
  return {{"Sim", MakeSimFileWorld}, {"Kernel", MakeKernelFileWorld}};
}

void FileContract::SetUp() {
  auto made = GetParam().make();
  if (!made && made.error().kind == ErrorKind::kNotSupported) {
    ZPROV_NEEDS(false, made.error().message);
  }
  ASSERT_TRUE(made.has_value()) << made.error().message;
  world_ = std::move(*made);
}

void FileContract::Put(std::string_view path, const Entry& entry) {
  ASSERT_THAT(world_->Put(path, entry), Succeeds()) << path;
}

void FileContract::PutFile(std::string_view path, std::string_view content) {
  Put(path, {.content = std::string(content)});
}

void FileContract::PutDirectory(std::string_view path) {
  Put(path, {.type = os::FileType::kDirectory, .mode = 0755});
}

void FileContract::PutSymlink(std::string_view path, std::string_view target) {
  Put(path, {.type = os::FileType::kSymlink, .mode = 0777, .content = std::string(target)});
}

void FileContract::PutSubvolume(std::string_view path) {
  ASSERT_THAT(btrfs().Create(path, 0755), Succeeds()) << path;
}

void FileContract::Mount(std::string_view path, const MountOptions& options) {
  ASSERT_THAT(world_->Mount(path, options), Succeeds()) << path;
}

std::string FileContract::Content(std::string_view path) {
  const auto content = files().Read(path, 1 << 20);
  return content ? *content : "(" + content.error().message + ")";
}

std::vector<std::string> FileContract::Names(std::string_view path) {
  auto names = trees().List(path);
  EXPECT_THAT(names, Succeeds());
  return names ? *names : std::vector<std::string>();
}

bool FileContract::IsThere(std::string_view path) {
  const auto status = files().Status(path);
  EXPECT_THAT(status, Succeeds());
  return status.has_value() && status->has_value();
}

}  // namespace zprov::tests
