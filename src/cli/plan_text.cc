#include "cli/plan_text.h"

#include <fmt/format.h>

#include <iterator>

#include "core/plan/describe.h"
#include "util/strings.h"

namespace zprov::cli {
namespace {

std::string Indented(std::string_view text) {
  std::string indented;
  for (std::string_view line : LinesWithEndings(text)) {
    indented += "      ";
    indented += line;
  }
  return indented;
}

std::string Changes(size_t count) {
  return count == 1 ? "1 change" : fmt::format("{} changes", count);
}

void AddNotes(const plan::Plan& plan, std::string& text) {
  for (const std::string& note : plan.notes) text += fmt::format("note: {}\n", note);
  for (const std::string& refusal : plan.refusals) text += fmt::format("refused: {}\n", refusal);
}

}  // namespace

std::string PlanText(const plan::Plan& plan) {
  std::string text;
  size_t number = 0;
  for (const plan::Step& step : plan.steps) {
    fmt::format_to(std::back_inserter(text), "{:>3}. {}\n     why: {}\n     risk: {}\n", ++number,
                   plan::Title(step.action), step.reason, plan::Name(step.risk));
    text += Indented(plan::Detail(step.action));
  }
  if (!plan.on_host.empty()) text += "on the host itself (not counted here):\n";
  for (const plan::Step& step : plan.on_host) {
    text += fmt::format("     {} ({})\n", plan::Title(step.action), step.reason);
  }
  AddNotes(plan, text);
  if (!plan.refusals.empty()) return text + "apply would refuse, and change nothing\n";
  if (plan.steps.empty()) return text + "nothing to do\n";
  return text + fmt::format("{} to make\n", Changes(plan.steps.size()));
}

std::string AppliedText(const plan::Plan& plan) {
  std::string text;
  AddNotes(plan, text);
  if (!plan.refusals.empty()) return text + "nothing was changed\n";
  if (plan.steps.empty()) return text + "nothing to do\n";
  return text + fmt::format("{} made\n", Changes(plan.steps.size()));
}

}  // namespace zprov::cli
