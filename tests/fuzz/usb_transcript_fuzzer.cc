// A transcript, foreign bytes: read or refused, written again it is the same. What its boards do is
// then done beside a healthy board, whose trace stays the same, and no board gets what is not its.
#include <string>
#include <vector>

#include "adapters/usb_transcript.h"
#include "fuzz/property.h"
#include "transcripts/beside.h"
#include "util/strings.h"

namespace zprov::fuzz {
namespace {

using adapters::ParseTranscript;
using adapters::TranscriptHead;

// Those that are lines of a transcript: most of what libFuzzer makes up has some that are not.
std::vector<adapters::UsbLine> LinesIn(std::string_view text) {
  std::vector<adapters::UsbLine> lines;
  for (const std::string_view each : LinesWithEndings(text)) {
    const std::string alone = TranscriptHead() + std::string(each);
    const auto line = ParseTranscript(alone);
    if (!line || line->empty()) continue;
    ZPROV_HOLDS(line->size() == 1 && TranscriptHead() + Format(line->front()) == alone);
    lines.push_back(line->front());
  }
  return lines;
}

void DoBesideAHealthyBoard(const std::vector<adapters::UsbLine>& lines) {
  static const transcripts::Beside alone = transcripts::RunBeside({});
  auto scripts = test::ScriptsOf(lines);
  if (scripts.size() > transcripts::kMostOthers) scripts.resize(transcripts::kMostOthers);
  const transcripts::Beside beside = transcripts::RunBeside(scripts);
  ZPROV_HOLDS(beside.trace == alone.trace && beside.notices == alone.notices);
  ZPROV_HOLDS(beside.view == alone.view && beside.events < transcripts::kMostEvents);
  for (const transcripts::Other& other : beside.others) {
    ZPROV_HOLDS(other.sent.find(transcripts::kSecret) == std::string::npos);
  }
}

}  // namespace
}  // namespace zprov::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace zprov::fuzz;
  const auto lines = LinesIn(TextOf(data, size));
  if (!lines.empty()) DoBesideAHealthyBoard(lines);
  return 0;
}
