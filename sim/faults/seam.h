// One counter that every call from the engine to the world goes through: tests cut the power, kill
// the process, or fail the call at exactly one place, and read what was called before. Works over
// any os::System, the real adapters too: it sees only os.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.h"

namespace zprov::faults {

// Thrown instead of the call: the process ends here. Only tests catch it; nothing in the product
// does.
struct Cut {
  uint64_t call = 0;  // from 1
  std::string what;   // as in the log
};

// What a call can do to the world, worst first: decides which injected errors make sense for it.
enum class Touch { kTakesSpace, kChanges, kReads };

enum class Repeat { kOnce, kFromThenOn };

class Seam {
 public:
  // Call number `call` (from 1) does not happen; Cut is thrown in its place.
  void CutAt(uint64_t call) { cut_at_ = call; }

  // From call number `call` on, the next call that can fail this way does (kNoSpace: what takes
  // space; kReadOnly: what changes anything; other kinds: every call), once or from then on.
  void FailAt(uint64_t call, ErrorKind kind, Repeat repeat = Repeat::kOnce) {
    fault_ = {call, kind, repeat};
  }

  // Told the number of each call and what it can do, before it happens and before any cut or fault.
  void BeforeEach(std::function<void(uint64_t, Touch)> watcher) { watcher_ = std::move(watcher); }

  // No more cuts and faults; counting goes on.
  void Heal();
  void KeepLog() { keeps_log_ = true; }

  uint64_t calls() const { return calls_; }
  // The numbers of the calls that could change the world. A cut before any other call leaves the
  // same world as a cut before the next of these.
  const std::vector<uint64_t>& changes() const { return changes_; }
  uint64_t failed() const { return failed_; }  // calls that got an injected error
  // One line per call, "12 write /etc/hosts", when KeepLog was called before.
  const std::vector<std::string>& log() const { return log_; }

  // For the decorators, before the call: throws Cut, or gives the error to return instead. After a
  // cut nothing takes effect any more: whoever calls while the stack unwinds gets kGone.
  std::optional<Error> Before(Touch touch, std::initializer_list<std::string_view> words);

 private:
  struct Fault {
    uint64_t from = 0;
    ErrorKind kind = ErrorKind::kIo;
    Repeat repeat = Repeat::kOnce;
  };

  uint64_t calls_ = 0;
  uint64_t failed_ = 0;
  std::vector<uint64_t> changes_;
  std::optional<uint64_t> cut_at_;
  std::optional<Fault> fault_;
  bool is_cut_ = false;
  bool keeps_log_ = false;
  std::function<void(uint64_t, Touch)> watcher_;
  std::vector<std::string> log_;
};

}  // namespace zprov::faults
