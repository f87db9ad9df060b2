#include "sim/run/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/scenarios/hosts.h"
#include "util/markup_text.h"

namespace zprov::run {
namespace {

using Who = TraceLine::Who;

constexpr double kWidth = 1100;  // of the time axis, in pixels
constexpr double kLeft = 150;
constexpr int kTop = 28;
constexpr int kBoardRow = 44;
constexpr int kHubRow = 22;
constexpr int kBaseline = 16;  // of a row's words
constexpr int kIndent = 12;    // of what hangs on a hub

std::string_view ColourOf(std::string_view stage) {
  static const std::map<std::string_view, std::string_view> kColours = {
      {"no power", "#bbbbbb"},
      {"boot ROM", "#e9c46a"},
      {"has the first stage", "#f4a261"},
      {"asks for files", "#e76f51"},
      {"starts Linux", "#9d7bd8"},
      {"shows its gadget", "#6a8fd8"},
      {"has mounted its root", "#2a9d8f"},
      {"runs", "#52b788"},
      {"halted", "#888888"},
      {"dead", "#222222"}};
  const auto found = kColours.find(stage);
  return found == kColours.end() ? "#ffffff" : found->second;
}

class Drawing {
 public:
  explicit Drawing(const Story& story)
      : story_(story), seconds_(std::max(1.0, Seconds(story.outcome.took))) {}

  std::string Text() {
    PlaceRows();
    DrawTree();
    for (const auto& [port, row] : rows_) {
      if (row.node >= 0) DrawBoard(row);
    }
    DrawMarks();
    DrawRecoveries();
    return fmt::format(
        "<svg width=\"{}\" height=\"{}\" font-family=\"sans-serif\" font-size=\"11\">{}</svg>",
        kLeft + kWidth + 20, bottom_ + 30, shapes_);
  }

 private:
  static double Seconds(os::Moment moment) { return std::chrono::duration<double>(moment).count(); }

  // Of the tree of hubs and boards: a port, what is there, and where that is drawn.
  struct Row {
    int node = -1;  // a hub
    int top = 0;
    int left = 0;
  };

  // Sorted by port, a hub comes right above what hangs on it.
  void PlaceRows() {
    const auto ports = sim::RigPorts(story_.plan.nodes);
    for (size_t i = 0; i < ports.size(); ++i) {
      rows_[ports[i]].node = static_cast<int>(i);
      for (PortPath hub = ports[i].Hub(); !hub.IsRootHub(); hub = hub.Hub()) rows_.try_emplace(hub);
    }
    for (auto& [port, row] : rows_) {
      row.top = bottom_;
      row.left = 4 + kIndent * static_cast<int>(port.Depth() - 1);
      bottom_ += row.node < 0 ? kHubRow : kBoardRow;
    }
  }

  void DrawTree() {
    for (const auto& [port, row] : rows_) {
      const std::string_view power =
          story_.plan.power == BoardPower::kPerPort ? ", per-port power" : "";
      const std::string what = row.node < 0 ? fmt::format("hub {}{}", port.ToString(), power)
                                            : fmt::format("s{} at {}", row.node, port.ToString());
      shapes_ +=
          fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", row.left, row.top + kBaseline, what);
      const auto hub = rows_.find(port.Hub());
      if (hub == rows_.end()) continue;
      shapes_ += fmt::format("<path d=\"M{} {}V{}H{}\" fill=\"none\" stroke=\"#aaa\"/>",
                             hub->second.left + 4, hub->second.top + kBaseline + 4,
                             row.top + kBaseline - 4, row.left - 2);
    }
  }

  double X(os::Moment at) const { return kLeft + kWidth * std::max(0.0, Seconds(at)) / seconds_; }

  // Its stages as bars, and below what serve said.
  void DrawBoard(const Row& row) {
    const int top = row.top;
    const std::string prefix = fmt::format("s{}: ", row.node);
    os::Moment since{0};
    std::string stage = "boot ROM";
    for (const TraceLine& line : story_.lines) {
      if (!line.text.starts_with(prefix)) continue;
      const std::string what = line.text.substr(prefix.size());
      if (line.who == Who::kServe) {
        shapes_ += fmt::format(
            "<line x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\" "
            "stroke=\"#555\"><title>{3:.1f} s, "
            "serve: {4}</title></line>",
            X(line.at), top + 22, top + 32, Seconds(line.at), MarkupText(what));
      } else if (line.who == Who::kBoard) {
        DrawBar(top, since, line.at, stage);
        since = line.at;
        stage = what;
      }
    }
    DrawBar(top, since, story_.outcome.took, stage);
  }

  void DrawBar(int top, os::Moment from, os::Moment to, const std::string& stage) {
    shapes_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"20\" fill=\"{}\"><title>{}, {:.1f} "
        "to {:.1f} "
        "s</title></rect>",
        X(from), top, std::max(0.5, X(to) - X(from)), ColourOf(stage), stage, Seconds(from),
        Seconds(to));
  }

  void DrawMarks() {
    for (const TraceLine& line : story_.lines) {
      const bool is_fault = line.who == Who::kFault || line.who == Who::kCheck;
      if (!is_fault && (line.who != Who::kOperator || line.text.starts_with(' '))) continue;
      shapes_ += fmt::format(
          "<line x1=\"{0:.1f}\" y1=\"20\" x2=\"{0:.1f}\" y2=\"{1}\" stroke=\"{2}\" "
          "stroke-dasharray=\"3\"><title>{3:.1f} s, {4}: {5}</title></line>",
          X(line.at), bottom_, is_fault ? "#c1121f" : "#1d3557", Seconds(line.at), Name(line.who),
          MarkupText(line.text));
    }
    for (int tick = 0; tick <= 10; ++tick) {
      const double at = seconds_ * tick / 10;
      shapes_ += fmt::format("<text x=\"{:.1f}\" y=\"14\">{:.0f} s</text>",
                             kLeft + kWidth * tick / 10, at);
    }
  }

  // A dot at the board that recovers; the host's own has its place above all of them.
  void DrawRecoveries() {
    std::map<std::string, int> tops;
    for (const auto& [port, row] : rows_) {
      if (row.node >= 0) tops[fmt::format("s{}", row.node)] = row.top;
    }
    for (const Recovery& one : story_.outcome.recoveries) {
      const auto at = tops.find(one.node);
      shapes_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{}\" r=\"4\" fill=\"#7209b7\"><title>{:.1f} s, "
          "{}{}</title></circle>",
          X(one.at), at == tops.end() ? kTop - 4 : at->second + 27, Seconds(one.at),
          at == tops.end() ? "" : one.node + ": ", one.step);
    }
  }

  const Story& story_;
  double seconds_;
  std::map<PortPath, Row> rows_;
  int bottom_ = kTop;  // of the last row
  std::string shapes_;
};

}  // namespace

std::string PageOf(const Story& story) {
  std::string text;
  for (const TraceLine& line : story.lines) text += MarkupText(TextOf(line)) + "\n";
  std::string broken;
  for (const Breach& breach : story.outcome.breaches) {
    broken += fmt::format("<p><b>broken: {}: {}</b></p>", breach.sentence, MarkupText(breach.how));
  }
  return fmt::format(
      "<!doctype html><meta charset=\"utf-8\"><title>zprov-sim {0}</title>"
      "<h1>zprov-sim, seed {0}</h1><p><code>zprov-sim {1}</code></p>{2}{3}"
      "<p>Bars: what each board is, below the hub that it hangs on. Below them: what serve said. "
      "Red: faults and broken sentences; blue: the operator; purple dots: recoveries. Point at "
      "anything.</p><pre>{4}</pre>\n",
      story.plan.seed, MarkupText(CommandLine(story.plan)), broken, Drawing(story).Text(), text);
}

}  // namespace zprov::run
