#include "record/replaying_tape.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "util/strings.h"

namespace zprov::record {
namespace {

using nlohmann::json;

// Who looks at the clock at another place gets another moment; what waits for that much longer or
// shorter waits for the same.
constexpr std::chrono::nanoseconds kClockSlack = std::chrono::seconds(1);

std::string KeyOf(const Call& call) { return call.name + TextOf(call.with); }

std::string Asked(const Call& call) { return call.name + " " + TextOf(call.with); }

bool WaitsAsLong(const json& then, const json& now) {
  if (then.size() != 1 || !then[0].is_number_integer()) return false;
  const auto a = then[0].get<int64_t>();
  const auto b = now[0].get<int64_t>();
  return a == b || (a < b ? b - a : a - b) < kClockSlack.count();
}

bool IsSame(const Call& then, const Call& now) {
  if (then.name != now.name) return false;
  return then.with == now.with || (now.name == kNextEvent && WaitsAsLong(then.with, now.with));
}

tl::unexpected<Error> Invalid(size_t line, const std::string& why) {
  return Fail(ErrorKind::kInvalid, fmt::format("{}: {}", line, why));
}

Result<Manifest> ParseManifest(std::string_view text) {
  constexpr char kNone[] = "it is not the first line of a bundle";
  auto first = ParseJson(text);
  if (!first || !first->is_object() || !first->contains("zprov bundle")) return Invalid(1, kNone);
  try {
    const int format = first->at("zprov bundle").get<int>();
    if (format != kFormat) {
      return Invalid(1, fmt::format("its form is {}, and this zprov-sim knows {}: replay it with "
                                    "the zprov-sim of its zprov, or record again",
                                    format, kFormat));
    }
    return Manifest{first->at("zprov").get<std::string>(),
                    first->at("args").get<std::vector<std::string>>(), first->at("pid").get<int>(),
                    first->at("uid").get<uint32_t>()};
  } catch (const json::exception&) {
    return Invalid(1, kNone);
  }
}

// The last line of a whole bundle: {"exit":0}.
std::optional<int> ExitIn(std::string_view text) {
  const auto parsed = ParseJson(text);
  if (!parsed || !parsed->is_object() || parsed->size() != 1 || !parsed->contains("exit"))
    return std::nullopt;
  const json& exit = parsed->at("exit");
  return exit.is_number_integer() ? std::optional(exit.get<int>()) : std::nullopt;
}

}  // namespace

Result<Bundle> ParseBundle(std::string_view text) {
  Bundle bundle;
  size_t number = 0;
  for (const std::string_view line : LinesWithEndings(text)) {
    ++number;
    if (!line.ends_with('\n') && number > 1) break;
    const std::string_view words = line.substr(0, line.find_last_not_of("\r\n") + 1);
    if (bundle.exit) return Invalid(number, "it stands behind the line that says how it ended");
    if (number == 1) {
      ZPROV_ASSIGN(bundle.manifest, ParseManifest(words));
      continue;
    }
    bundle.exit = ExitIn(words);
    if (bundle.exit) continue;
    auto parsed = ParseLine(words);
    if (!parsed) return Invalid(number, parsed.error().message);
    bundle.lines.push_back(*std::move(parsed));
  }
  if (number == 0) return Invalid(1, "there is none: nothing was recorded");
  return bundle;
}

ReplayingTape::ReplayingTape(const Bundle& bundle) : bundle_(bundle) {
  for (size_t i = 0; i < bundle.lines.size(); ++i) {
    const Line& line = bundle.lines[i];
    if (line.call.kind != Kind::kLooks) continue;
    Question& question = questions_[KeyOf(line.call)];
    const bool has_own = line.answer || question.answers.empty();
    question.answers.push_back(has_own ? i : question.answers.back());
    question.lines.push_back(i);
  }
  FindNextAct();
}

void ReplayingTape::FindNextAct() {
  next_act_ = here_;
  while (next_act_ < bundle_.lines.size() && bundle_.lines[next_act_].call.kind == Kind::kLooks)
    ++next_act_;
}

std::optional<json> ReplayingTape::Recall(const Call& call) {
  if (ended_) return Stop(*ended_, call.kind);
  const Call known{call.kind, call.name, WithoutSecrets(call.with)};
  return call.kind == Kind::kLooks ? Look(known) : Act(known);
}

// The next answer that came between the last act and the next one; if it is asked more often than
// then, or elsewhere, what was known last, or else what comes next.
std::optional<json> ReplayingTape::Look(const Call& call) {
  const auto found = questions_.find(KeyOf(call));
  if (found == questions_.end()) {
    const bool is_behind_end = next_act_ == bundle_.lines.size() && !bundle_.exit;
    Verdict verdict =
        Here(is_behind_end ? Verdict::Kind::kEndsEarly : Verdict::Kind::kDifferent, next_act_);
    verdict.now = Asked(call) + ", which was never asked";
    if (is_behind_end) verdict.now = "it ends there";
    return Stop(std::move(verdict), call.kind);
  }
  Question& question = found->second;
  const auto at = [&](size_t line) {
    return static_cast<size_t>(std::ranges::lower_bound(question.lines, line) -
                               question.lines.begin());
  };
  const size_t next = std::max(question.asked, at(here_));
  const size_t end = at(next_act_);
  size_t chosen = next;
  if (next < end) {
    question.asked = next + 1;
  } else if (end > 0) {
    chosen = end - 1;
  } else {
    chosen = 0;
  }
  return AnswerAt(question.answers[chosen], call.kind);
}

std::optional<json> ReplayingTape::Act(const Call& call) {
  if (next_act_ == bundle_.lines.size()) {
    Verdict verdict =
        Here(bundle_.exit ? Verdict::Kind::kDifferent : Verdict::Kind::kEndsEarly, next_act_);
    verdict.now = bundle_.exit ? Asked(call) : "it ends there";
    return Stop(std::move(verdict), call.kind);
  }
  if (!IsSame(bundle_.lines[next_act_].call, call)) {
    Verdict verdict = Here(Verdict::Kind::kDifferent, next_act_);
    verdict.now = Asked(call);
    return Stop(std::move(verdict), call.kind);
  }
  const size_t index = next_act_;
  here_ = next_act_ + 1;
  FindNextAct();
  return AnswerAt(index, call.kind);
}

std::optional<json> ReplayingTape::AnswerAt(size_t index, Kind kind) {
  const auto& answer = bundle_.lines[index].answer;
  last_given_ = index;
  if (!answer) {
    Verdict verdict = Here(Verdict::Kind::kUnusable, index);
    verdict.now = "it has no answer, and none stands before it";
    return Stop(std::move(verdict), kind);
  }
  try {
    auto whole = std::make_optional<json>(WithZeros(*answer));
    if (*whole != *answer && zeros_ == 0) zeros_ = index + 2;
    return whole;
  } catch (const std::invalid_argument& error) {
    Verdict verdict = Here(Verdict::Kind::kUnusable, index);
    verdict.now = error.what();
    return Stop(std::move(verdict), kind);
  }
}

void ReplayingTape::Reject(const Call& call, const std::string& why) {
  Verdict verdict = Here(Verdict::Kind::kUnusable, last_given_);
  verdict.now = "its answer is none: " + why;
  Stop(std::move(verdict), call.kind);
}

std::optional<json> ReplayingTape::Stop(Verdict verdict, Kind kind) {
  ended_ = std::move(verdict);
  if (kind != Kind::kActsQuietly && std::uncaught_exceptions() == 0) throw Verdict(*ended_);
  return std::make_optional<json>(nullptr);
}

Verdict ReplayingTape::Here(Verdict::Kind kind, size_t index) const {
  Verdict verdict{
      .kind = kind, .line = index + 2, .at = {}, .then = {}, .now = {}, .zeros = zeros_};
  if (index < bundle_.lines.size()) {
    verdict.then = Asked(bundle_.lines[index].call);
  } else if (bundle_.exit) {
    verdict.then = fmt::format("the end, with exit code {}", *bundle_.exit);
  }
  const auto found = questions_.find(KeyOf({Kind::kLooks, std::string(kNow), json::array()}));
  if (found == questions_.end()) return verdict;
  const Question& question = found->second;
  const auto moment = [&](size_t which) -> int64_t {
    const auto& answer = bundle_.lines[question.answers[which]].answer;
    return answer && answer->is_number_integer() ? answer->get<int64_t>() : 0;
  };
  const auto behind = std::ranges::upper_bound(question.lines, index) - question.lines.begin();
  if (behind > 0) {
    verdict.at = std::chrono::nanoseconds(moment(static_cast<size_t>(behind) - 1) - moment(0));
  }
  return verdict;
}

Verdict ReplayingTape::End(int exit_code) const {
  if (ended_) return *ended_;
  const std::string ended = fmt::format("the end, with exit code {}", exit_code);
  if (next_act_ < bundle_.lines.size() || (bundle_.exit && *bundle_.exit != exit_code)) {
    Verdict verdict = Here(Verdict::Kind::kDifferent, next_act_);
    verdict.now = ended;
    return verdict;
  }
  Verdict verdict =
      Here(bundle_.exit ? Verdict::Kind::kSame : Verdict::Kind::kEndsEarly, next_act_);
  if (!bundle_.exit) verdict.now = "it ends there";
  return verdict;
}

}  // namespace zprov::record
