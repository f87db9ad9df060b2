#include "adapters/worker_thread.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "adapters/errno.h"
#include "adapters/fd.h"
#include "adapters/host_filesystem.h"

namespace zprov::adapters {
namespace {

struct Job {
  os::BackgroundId id = 0;
  os::BackgroundJob work;
};

class WorkerThread final : public os::Background {
 public:
  WorkerThread(EventLoop& loop, HostFilesystem filesystem, Fd ended)
      : filesystem_(std::move(filesystem)), ended_(std::move(ended)) {
    watch_ = loop.WhenReadable(ended_.number(), [this, &loop] {
      for (os::BackgroundEnded& end : TakeEnds()) loop.Post(std::move(end));
      return EventLoop::Watching::kGoOn;
    });
  }

  ~WorkerThread() override {
    watch_.reset();
    {
      const std::lock_guard lock(mutex_);
      is_closing_ = true;
    }
    changed_.notify_all();  // and the thread is joined once it has done what it is at
  }

  os::BackgroundId Start(os::BackgroundJob work) override {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({++last_, std::move(work)});
    if (!thread_.joinable()) thread_ = std::jthread([this] { Work(); });
    changed_.notify_all();
    return last_;
  }

  void Finish() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return done_ == last_; });
  }

 private:
  void Work() {
    while (auto job = NextJob()) {
      const auto done = job->work(*filesystem_.files, *filesystem_.trees);
      const std::lock_guard lock(mutex_);
      done_ = job->id;
      ends_.push_back({job->id, done ? "" : done.error().message});
      ::eventfd_write(ended_.number(), 1);
      changed_.notify_all();
    }
  }

  // Nothing: it is to end.
  std::optional<Job> NextJob() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
    if (is_closing_) return std::nullopt;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  std::vector<os::BackgroundEnded> TakeEnds() {
    const std::lock_guard lock(mutex_);
    eventfd_t count = 0;
    ::eventfd_read(ended_.number(), &count);
    return std::exchange(ends_, {});
  }

  HostFilesystem filesystem_;  // the thread's
  Fd ended_;                   // readable while ends_ holds something
  std::unique_ptr<Watch> watch_;
  std::mutex mutex_;  // of the fields from here on
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::vector<os::BackgroundEnded> ends_;
  os::BackgroundId last_ = 0;  // that was started
  os::BackgroundId done_ = 0;  // likewise, and is over
  bool is_closing_ = false;
  std::jthread thread_;  // the last field: it is joined before the others go
};

}  // namespace

Result<std::unique_ptr<os::Background>> MakeWorkerThread(EventLoop& loop, const std::string& root) {
  ZPROV_ASSIGN(HostFilesystem filesystem, OpenHostFilesystem(root));
  Fd ended(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ended.valid()) return FailErrno("make the worker's eventfd", errno);
  return std::make_unique<WorkerThread>(loop, std::move(filesystem), std::move(ended));
}

}  // namespace zprov::adapters
