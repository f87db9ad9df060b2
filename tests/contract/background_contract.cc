// os::Background: jobs beside the engine's thread, one after another, each with its end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "adapters/event_loop.h"
#include "adapters/host_filesystem.h"
#include "adapters/worker_thread.h"
#include "os/background.h"
#include "sim/world.h"

namespace zprov::tests {
namespace {

using testing::ElementsAre;

class BackgroundWorld {
 public:
  virtual ~BackgroundWorld() = default;
  virtual os::Background& background() = 0;
  virtual os::Events& events() = 0;
  virtual os::Files& files() = 0;
  virtual os::Clock& clock() = 0;
  virtual std::string Directory() = 0;  // one that is there, and empty
  virtual void Close() = 0;             // os::Background goes
};

class SimBackgroundWorld final : public BackgroundWorld {
 public:
  SimBackgroundWorld() { world_.MakeSubvolume("/jobs"); }
  os::Background& background() override { return *background_; }
  os::Events& events() override { return world_.system().events; }
  os::Files& files() override { return world_.system().files; }
  os::Clock& clock() override { return world_.clock(); }
  std::string Directory() override { return "/jobs"; }
  void Close() override { background_.reset(); }

 private:
  sim::World world_;
  std::unique_ptr<os::Background> background_ = std::make_unique<sim::Background>(
      world_.queue(), world_.system().files, world_.system().trees);
};

class RealBackgroundWorld final : public BackgroundWorld {
 public:
  RealBackgroundWorld() {
    std::string name = std::filesystem::temp_directory_path() / "zprov-background-XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~RealBackgroundWorld() override {
    background_.reset();
    std::filesystem::remove_all(directory_);
  }
  os::Background& background() override { return *background_; }
  os::Events& events() override { return *loop_; }
  os::Files& files() override { return *filesystem_.files; }
  os::Clock& clock() override { return *filesystem_.clock; }
  std::string Directory() override { return directory_; }
  void Close() override { background_.reset(); }

 private:
  std::string directory_;
  adapters::HostFilesystem filesystem_ = adapters::OpenHostFilesystem("/").value();
  std::unique_ptr<adapters::EventLoop> loop_ = adapters::MakeEventLoop(*filesystem_.clock);
  std::unique_ptr<os::Background> background_ = adapters::MakeWorkerThread(*loop_, "/").value();
};

struct Row {
  std::string name;
  std::unique_ptr<BackgroundWorld> (*make)();
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.name; }

class BackgroundContract : public testing::TestWithParam<Row> {
 protected:
  std::string Path(const std::string& name) { return world_->Directory() + "/" + name; }

  os::BackgroundId Write(const std::string& name, const std::string& content) {
    return world_->background().Start([path = Path(name), content](os::Files& files, os::Trees&) {
      return files.Write(path, content, 0600);
    });
  }

  os::BackgroundEnded NextEnd() {
    const auto event = world_->events().Next(world_->clock().Now() + std::chrono::minutes(5));
    const auto* ended = event ? std::get_if<os::BackgroundEnded>(&*event) : nullptr;
    if (ended == nullptr) ADD_FAILURE() << "no end of a job came";
    return ended == nullptr ? os::BackgroundEnded{} : *ended;
  }

  std::unique_ptr<BackgroundWorld> world_ = GetParam().make();
};

TEST_P(BackgroundContract, DoesAJobWhileTheEngineWaitsForEventsAndSaysSo) {
  const os::BackgroundId job = Write("a", "one");
  EXPECT_EQ(NextEnd(), (os::BackgroundEnded{job, ""}));
  EXPECT_EQ(world_->files().Read(Path("a"), 100), "one");
}

TEST_P(BackgroundContract, DoesJobsInTheOrderOfTheirStartsAndEndsThemInThatOrder) {
  const std::vector<os::BackgroundId> jobs = {Write("a", "one"), Write("a", "two"),
                                              Write("a", "three")};
  std::vector<os::BackgroundId> ended;
  for (size_t i = 0; i < jobs.size(); ++i) ended.push_back(NextEnd().job);
  EXPECT_EQ(ended, jobs);
  EXPECT_THAT(jobs, testing::Each(testing::Gt(0u)));
  EXPECT_EQ(world_->files().Read(Path("a"), 100), "three");
}

TEST_P(BackgroundContract, TellsWhyAJobFailedAndDoesTheNext) {
  Write("not/there", "one");
  const os::BackgroundId good = Write("b", "two");
  EXPECT_THAT(NextEnd().failure, testing::HasSubstr("not/there"));
  EXPECT_EQ(NextEnd(), (os::BackgroundEnded{good, ""}));
}

TEST_P(BackgroundContract, IsIdleAndGoesOnAfterwards) {
  Write("a", "one");
  NextEnd();
  const os::Moment soon = world_->clock().Now() + std::chrono::milliseconds(50);
  EXPECT_EQ(world_->events().Next(soon), os::Event(os::DeadlinePassed{}));
  Write("a", "two");
  NextEnd();
  EXPECT_EQ(world_->files().Read(Path("a"), 100), "two");
}

TEST_P(BackgroundContract, CanBeWaitedForAndItsEndsStillCome) {
  std::vector<os::BackgroundId> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back(Write("a", std::to_string(i)));
  world_->background().Finish();
  EXPECT_EQ(world_->files().Read(Path("a"), 100), "19");
  for (const os::BackgroundId job : jobs) EXPECT_EQ(NextEnd(), (os::BackgroundEnded{job, ""}));
  world_->background().Finish();  // there is nothing to wait for
}

TEST_P(BackgroundContract, SaysNothingOnceItIsGone) {
  for (int i = 0; i < 20; ++i) Write("a", std::to_string(i));
  world_->Close();
  const os::Moment soon = world_->clock().Now() + std::chrono::milliseconds(50);
  EXPECT_EQ(world_->events().Next(soon), os::Event(os::DeadlinePassed{}));
}

INSTANTIATE_TEST_SUITE_P(, BackgroundContract,
                         testing::Values(Row{"Sim",
                                             []() -> std::unique_ptr<BackgroundWorld> {
                                               return std::make_unique<SimBackgroundWorld>();
                                             }},
                                         Row{"Real",
                                             []() -> std::unique_ptr<BackgroundWorld> {
                                               return std::make_unique<RealBackgroundWorld>();
                                             }}),
                         [](const testing::TestParamInfo<Row>& row) { return row.param.name; });

}  // namespace
}  // namespace zprov::tests
