// --record DIR, and what a bundle that it made says when it is run again.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "util/result.h"

namespace zprov::cli {

// What a bundle is replayed from, in its directory.
inline constexpr char kBundleFile[] = "record.jsonl";
// The host's journal of that time, for people: its times are those of the bundle's clock.
inline constexpr char kJournalFile[] = "journal.txt";

// Runs the command with everything that it asks of its world written to a new bundle in
// options.record.
Exit RunRecorded(const Context& context, const std::vector<std::string>& args);

struct Replayed {
  enum class Outcome { kSame, kSameSoFar, kDifferent };
  Outcome outcome = Outcome::kSame;
  std::string text;  // for a person, with its end
};

// Runs the command of the bundle in directory `bundle` again, against its answers. Errors name file
// and line, and what to do: kNotFound, kInvalid (it is no bundle), kTooLarge.
Result<Replayed> Replay(const std::string& bundle);

// Copies the bundle to directory `to`, which must not exist. kExists; kIo.
Result<void> KeepBundle(const std::string& bundle, const std::string& to);

}  // namespace zprov::cli
