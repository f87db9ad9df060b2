#include "adapters/event_loop.h"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <deque>
#include <utility>

#include "adapters/event_loop_asio.h"

namespace zprov::adapters {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Handlers that Asio still holds when the watch is gone find `alive` empty and do nothing.
class DescriptorWatch final : public Watch {
 public:
  DescriptorWatch(asio::io_context& context, int fd, std::function<EventLoop::Watching()> ready)
      : descriptor_(context, fd), ready_(std::move(ready)) {
    Wait();
  }
  ~DescriptorWatch() override { descriptor_.release(); }  // the descriptor is the caller's

 private:
  void Wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [this, alive = std::weak_ptr(alive_)](const error_code& failed) {
                             if (failed || alive.expired()) return;
                             if (ready_() == EventLoop::Watching::kGoOn) Wait();
                           });
  }

  asio::posix::stream_descriptor descriptor_;
  std::function<EventLoop::Watching()> ready_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

class TimerWatch final : public Watch {
 public:
  TimerWatch(asio::io_context& context, std::chrono::nanoseconds delay,
             std::function<void()> expired)
      : timer_(context, delay) {
    timer_.async_wait(
        [expired = std::move(expired), alive = std::weak_ptr(alive_)](const error_code& failed) {
          if (!failed && !alive.expired()) expired();
        });
  }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

class Loop final : public AsioLoop {
 public:
  explicit Loop(const os::Clock& clock)
      : clock_(clock), signals_(context_, SIGINT, SIGTERM, SIGHUP) {
    WaitForSignal();
  }

  asio::io_context& Context() override { return context_; }

  void Post(os::Event event) override {
    const bool said = std::holds_alternative<os::LinkChanged>(event) &&
                      std::find(waiting_.begin(), waiting_.end(), event) != waiting_.end();
    if (!said) waiting_.push_back(std::move(event));
  }

  void Drop(const std::function<bool(const os::Event&)>& which) override {
    std::erase_if(waiting_, which);
  }

  std::unique_ptr<Watch> WhenReadable(int fd, std::function<Watching()> ready) override {
    return std::make_unique<DescriptorWatch>(context_, fd, std::move(ready));
  }

  std::unique_ptr<Watch> After(std::chrono::nanoseconds delay,
                               std::function<void()> expired) override {
    return std::make_unique<TimerWatch>(context_, delay, std::move(expired));
  }

  Result<os::Event> Next(os::Moment deadline) override {
    context_.restart();
    context_.poll();
    while (waiting_.empty()) {
      const os::Moment now = clock_.Now();
      if (now >= deadline) return os::DeadlinePassed{};
      context_.restart();
      context_.run_one_for(std::min<std::chrono::nanoseconds>(deadline - now, kLongestWait));
    }
    os::Event event = std::move(waiting_.front());
    waiting_.pop_front();
    return event;
  }

 private:
  // Far deadlines (Moment::max()) would overflow Asio's clock.
  static constexpr std::chrono::nanoseconds kLongestWait = std::chrono::hours(24);

  void WaitForSignal() {
    signals_.async_wait([this](const error_code& failed, int number) {
      if (failed) return;
      Post(os::SignalCame{number});
      WaitForSignal();
    });
  }

  const os::Clock& clock_;
  asio::io_context context_{1};  // one thread
  asio::signal_set signals_;
  std::deque<os::Event> waiting_;
};

}  // namespace

std::unique_ptr<EventLoop> MakeEventLoop(const os::Clock& clock) {
  return std::make_unique<Loop>(clock);
}

}  // namespace zprov::adapters
