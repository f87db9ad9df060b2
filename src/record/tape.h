// What was asked of a world and what it answered, call by call. A tape is either being written, and
// the world behind it is asked; or it is being replayed, there is no world, and it gives the
// answers that it has. The form of its lines: src/record/README.md.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "os/files.h"
#include "record/codec.h"

namespace zprov::record {

// kLooks changes nothing, and a later program may look more, less or elsewhere; what is asked with
// kActs must be asked again in the same order; kActsQuietly likewise, but destructors do it, so it
// throws nothing: what is wrong is thrown at the next call.
enum class Kind { kLooks, kActs, kActsQuietly };

// os::Events::Next, whose one argument, a moment, need not be quite the same again.
inline constexpr std::string_view kNextEvent = "events.next";
inline constexpr std::string_view kNow = "clock.now";

struct Call {
  Kind kind = Kind::kLooks;
  std::string name;     // "usb.open"
  nlohmann::json with;  // an array: its arguments
};

// Mapped files are not written down. What the engine sends of them is told by where it lies.
class Mappings {
 public:
  void Add(const os::FileBytes& file);
  // {"from":4096,"bytes":16384,"of":5242880} within a mapped file, else the bytes themselves.
  nlohmann::json TextOf(std::string_view bytes) const;

 private:
  struct Mapping {
    std::string_view bytes;
    std::weak_ptr<const void> keeper;  // gone: something else may lie there
  };
  std::vector<Mapping> mappings_;
};

class Tape {
 public:
  virtual ~Tape() = default;

  // Replaying: the answer; null once nothing can be given any more and an exception is under way
  // already. Writing: nothing. Throws what ends a replay (replaying_tape.h).
  virtual std::optional<nlohmann::json> Recall(const Call& call) = 0;
  virtual void Keep(const Call& call, const nlohmann::json& answer) = 0;
  // What Recall gave for this call is none of its answers.
  virtual void Reject(const Call& call, const std::string& why) = 0;

  // A verb that gives nothing.
  void Tell(const Call& call) {
    if (!Recall(call)) Keep(call, "ok");
  }

  Mappings& mappings() { return mappings_; }

  // `real` asks the world behind; it is not called in a replay.
  template <typename R, typename Real>
  R Through(const Call& call, Real&& real) {
    const auto recalled = Recall(call);
    if (!recalled) {
      R answer = real();
      Keep(call, Answer<R>::ToJson(answer));
      return answer;
    }
    if (recalled->is_null()) return Answer<R>::Lost();
    try {
      return Answer<R>::FromJson(*recalled);
    } catch (const std::exception& exception) {
      Reject(call, exception.what());
      return Answer<R>::Lost();
    }
  }

 private:
  Mappings mappings_;
};

template <typename... Values>
Call Look(std::string name, Values&&... with) {
  return {Kind::kLooks, std::move(name), nlohmann::json::array({std::forward<Values>(with)...})};
}
template <typename... Values>
Call Act(std::string name, Values&&... with) {
  return {Kind::kActs, std::move(name), nlohmann::json::array({std::forward<Values>(with)...})};
}
template <typename... Values>
Call ActQuietly(std::string name, Values&&... with) {
  return {Kind::kActsQuietly, std::move(name),
          nlohmann::json::array({std::forward<Values>(with)...})};
}

}  // namespace zprov::record
