#include "record/recording_tape.h"

#include <fmt/format.h>

#include <functional>
#include <ostream>

#include "record/line.h"

namespace zprov::record {

using nlohmann::json;

RecordingTape::RecordingTape(std::ostream& out, const Manifest& manifest, uint64_t most)
    : out_(out), most_(most) {
  Write(TextOf(json{{"zprov bundle", kFormat},
                    {"zprov", manifest.version},
                    {"args", manifest.args},
                    {"pid", manifest.pid},
                    {"uid", manifest.uid}}));
}

std::optional<json> RecordingTape::Recall(const Call& call) {
  if (call.name == kNextEvent) out_.flush();
  return std::nullopt;
}

void RecordingTape::Keep(const Call& call, const json& answer) {
  if (is_full_) return;
  Line line{{call.kind, call.name, WithoutSecrets(call.with)}, {}};
  const json kept = WithoutSecrets(answer);
  if (call.kind != Kind::kLooks || !IsAsBefore(line.call, TextOf(kept))) {
    line.answer.emplace(kept);
  }
  Write(TextOf(line));
}

bool RecordingTape::IsAsBefore(const Call& call, const std::string& answer) {
  const std::pair now(std::hash<std::string>{}(answer), answer.size());
  auto& before = last_[call.name + TextOf(call.with)];
  return std::exchange(before, now) == now;
}

void RecordingTape::End(int exit_code) {
  Write(TextOf(json{{"exit", exit_code}}));
  out_.flush();
}

std::string RecordingTape::Trouble() const {
  if (!out_.good()) return "it cannot be written on: is the disk full?";
  if (is_full_)
    return fmt::format("it ends early: it has the {} MB that a bundle may have", most_ >> 20);
  return "";
}

void RecordingTape::Write(const std::string& text) {
  if (is_full_ || !out_.good()) return;
  bytes_ += text.size() + 1;
  is_full_ = bytes_ > most_;
  if (!is_full_) out_ << text << '\n';
}

}  // namespace zprov::record
