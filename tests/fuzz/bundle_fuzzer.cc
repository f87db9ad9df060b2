// A bundle, foreign bytes: read or refused, a line written again is the same, and its answer is one
// of the kind that was asked for or ends the replay.
#include <string>

#include "fuzz/property.h"
#include "record/replaying_tape.h"
#include "util/strings.h"

namespace zprov::fuzz {
namespace {

constexpr char kHead[] =
    "{\"args\":[\"boot\"],\"pid\":1,\"uid\":0,\"zprov\":\"1\",\"zprov bundle\":1}\n";

// The same question, its answer taken for an R.
template <typename R>
void Ask(const record::Bundle& bundle) {
  record::ReplayingTape tape(bundle);
  try {
    for (const record::Line& line : bundle.lines) {
      (void)tape.Through<R>(line.call, []() -> R { std::abort(); });
    }
    (void)tape.End(0);
  } catch (const record::Verdict& verdict) {
    ZPROV_HOLDS(verdict.line >= 2 && verdict.line <= bundle.lines.size() + 2);
  }
}

void Replay(const record::Bundle& bundle) {
  Ask<Result<void>>(bundle);
  Ask<Result<os::Event>>(bundle);
  Ask<Result<os::UsbOpened>>(bundle);
  Ask<Result<std::vector<Link>>>(bundle);
  Ask<Result<std::vector<os::LinkAddress>>>(bundle);
  Ask<Result<std::optional<os::FileStatus>>>(bundle);
  Ask<Result<std::string>>(bundle);
  Ask<os::Moment>(bundle);
}

// Most of what libFuzzer makes up has some lines that are none: each by itself.
void ReadAlone(std::string_view text) {
  const auto line = record::ParseLine(text);
  if (!line) return;
  const std::string written = record::TextOf(*line);
  const auto again = record::ParseLine(written);
  ZPROV_HOLDS(again && record::TextOf(*again) == written);
  const auto bundle = record::ParseBundle(kHead + written + "\n");
  ZPROV_HOLDS(bundle && bundle->lines.size() == 1);
  Replay(*bundle);
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov;
  const std::string_view text = fuzz::TextOf(data, size);
  if (const auto bundle = record::ParseBundle(text)) fuzz::Replay(*bundle);
  for (const std::string_view line : LinesWithEndings(text)) fuzz::ReadAlone(Trim(line));
  return 0;
}
