// A tape that is being replayed: answers from a bundle, and the first difference between what is
// asked now and what was asked then.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "record/line.h"
#include "record/recording_tape.h"

namespace zprov::record {

// A bundle's text, checked.
struct Bundle {
  Manifest manifest;
  std::vector<Line> lines;  // the first is the second line of the file
  std::optional<int> exit;  // nothing: it ends early
};

// Foreign bytes. A last line without its end is left out. Errors: kInvalid, beginning with the
// number of the line: "12: it is no JSON".
Result<Bundle> ParseBundle(std::string_view text);

// How a replay ended; thrown by the tape when it ends before the program does.
struct Verdict {
  enum class Kind {
    kSame,       // to the end
    kEndsEarly,  // the same up to where the bundle ends
    kDifferent,
    kUnusable,  // a line's answer is none
  };
  Kind kind = Kind::kSame;
  size_t line = 0;  // of the file, from 1
  std::chrono::nanoseconds at{
      0};            // the program's own time there, since its first look at the clock
  std::string then;  // what the bundle has there
  std::string now;   // what is asked instead; or why the bundle goes no further
  size_t zeros = 0;  // the first line whose answer held zeros for what was left out; 0: none
};

class ReplayingTape final : public Tape {
 public:
  // `bundle` must outlive it.
  explicit ReplayingTape(const Bundle& bundle);

  std::optional<nlohmann::json> Recall(const Call& call) override;
  void Keep(const Call&, const nlohmann::json&) override {}
  void Reject(const Call& call, const std::string& why) override;

  // The program has ended by itself.
  Verdict End(int exit_code) const;

 private:
  struct Question {
    std::vector<size_t> lines;    // where it is asked, as indexes into the bundle's
    std::vector<size_t> answers;  // the line that has the answer, of each
    size_t asked = 0;             // how many of them have been given
  };

  std::optional<nlohmann::json> Look(const Call& call);
  std::optional<nlohmann::json> Act(const Call& call);
  std::optional<nlohmann::json> Stop(Verdict verdict, Kind kind);
  std::optional<nlohmann::json> AnswerAt(size_t index, Kind kind);
  void FindNextAct();
  Verdict Here(Verdict::Kind kind, size_t index) const;

  const Bundle& bundle_;
  std::map<std::string, Question> questions_;
  size_t here_ = 0;      // behind the last act
  size_t next_act_ = 0;  // the bundle's number of lines: there is none
  size_t last_given_ = 0;
  size_t zeros_ = 0;
  std::optional<Verdict> ended_;
};

}  // namespace zprov::record
