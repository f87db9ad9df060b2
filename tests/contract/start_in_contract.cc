// os::Processes::StartIn: programs with a directory for their "/". What else they find there (/dev,
// /proc, /tmp) only a kernel can show: kernel/files/own_root_test.cc.
#include "contract/file_world.h"

namespace zprov::tests {
namespace {

class StartInContract : public FileContract {
 protected:
  void PutRoot(std::string_view path) {
    PutSubvolume(path);
    ASSERT_THAT(world_->PutPrograms(path), Succeeds());
  }

  struct Ran {
    std::string out;
    int exit_code = -1;

    bool operator==(const Ran&) const = default;
  };

  Ran Run(std::string_view root, const std::vector<std::string>& argv) {
    const auto process = world_->processes().StartIn(root, argv);
    EXPECT_THAT(process, Succeeds());
    Ran ran;
    while (process.has_value()) {
      const auto event = world_->events().Next(world_->clock().Now() + std::chrono::minutes(5));
      if (!event || std::holds_alternative<os::DeadlinePassed>(*event)) break;
      if (const auto* said = std::get_if<os::ProcessOutput>(&*event)) ran.out += said->text;
      if (const auto* ended = std::get_if<os::ProcessEnded>(&*event)) {
        EXPECT_EQ(ended->process, *process);
        ran.exit_code = ended->exit_code;
        break;
      }
    }
    return ran;
  }
};

TEST_P(StartInContract, TheDirectoryIsTheProgramsRoot) {
  PutRoot("/base");
  EXPECT_EQ(Run("/base", {"note", "/made", "text"}), (Ran{"/made text\n", 0}));
  EXPECT_EQ(Content("/base/made"), "text");
  EXPECT_FALSE(IsThere("/made"));
}

TEST_P(StartInContract, AnAbsoluteSymlinkMeansAPlaceInTheRoot) {
  PutRoot("/base");
  PutDirectory("/base/boot");
  PutDirectory("/boot");
  PutSymlink("/base/to-boot", "/boot");
  EXPECT_EQ(Run("/base", {"/usr/bin/note", "/to-boot/f", "x"}).exit_code, 0);
  EXPECT_EQ(Content("/base/boot/f"), "x");
  EXPECT_FALSE(IsThere("/boot/f"));
}

TEST_P(StartInContract, AProgramThatFailsSaysSoByItsExitCode) {
  PutRoot("/base");
  EXPECT_EQ(Run("/base", {"note", "/missing/f", "x"}).exit_code, 3);
}

TEST_P(StartInContract, TheProgramIsLookedUpInside) {
  PutRoot("/base");
  PutSubvolume("/empty");
  EXPECT_THAT(world_->processes().StartIn("/empty", {"note"}), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(world_->processes().StartIn("/base", {"systemctl"}), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(world_->processes().StartIn("/base", {"/base/usr/bin/note"}),
              FailsWith(ErrorKind::kNotFound));
}

TEST_P(StartInContract, WithoutARootOrAProgramThereIsNothingToStart) {
  PutRoot("/base");
  PutFile("/f", "x");
  EXPECT_THAT(world_->processes().StartIn("/missing", {"note"}), FailsWith(ErrorKind::kNotFound));
  EXPECT_THAT(world_->processes().StartIn("/f", {"note"}), FailsWith(ErrorKind::kNotDirectory));
  EXPECT_THAT(world_->processes().StartIn("/base", {}), FailsWith(ErrorKind::kInvalid));
  EXPECT_THAT(world_->processes().StartIn("/base", {""}), FailsWith(ErrorKind::kInvalid));
}

TEST_P(StartInContract, AFileThatNobodyMayRunIsNotStarted) {
  PutRoot("/base");
  EXPECT_THAT(world_->processes().StartIn("/base", {"plain"}), FailsWith(ErrorKind::kPermission));
}

TEST_P(StartInContract, ProgramsOfAnotherArchitectureAreRefusedAsSuch) {
  world_->MakeProgramsForeign();
  PutRoot("/base");
  EXPECT_THAT(world_->processes().StartIn("/base", {"note", "/f", "x"}),
              FailsWith(ErrorKind::kNotSupported));
  EXPECT_FALSE(IsThere("/base/f"));
}

ZPROV_FILE_CONTRACT(StartInContract);

}  // namespace
}  // namespace zprov::tests
