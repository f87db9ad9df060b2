// The acceptance suite's page as a browser lays it out: each row can be read, and each boot's
// stages stand one after another on their line, as long as they took. What the page itself holds
// is unit/cli's.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Problems = std::vector<std::string>;

constexpr char kBegin[] = "<pre id=\"seen\">";
constexpr char kEnd[] = "</pre>";

// Stands behind the page, which has no script of its own, and leaves what is to be seen as text.
constexpr char kLook[] = R"(<script>
const box = e => { const r = e.getBoundingClientRect(); return [r.left, r.right, r.top, r.bottom]; };
const rows = [...document.querySelectorAll('tr[data-scenario]')].map(e => ({
  name: e.dataset.scenario, box: box(e), cells: [...e.cells].map(c => c.innerText),
  color: getComputedStyle(e.cells[0]).color }));
const lines = [...document.querySelectorAll('.line[data-node]')].map(e => ({
  node: e.dataset.node, box: box(e),
  stages: [...e.querySelectorAll('.stage')].map(s => ({ text: s.innerText, box: box(s) })) }));
const seen = document.createElement('pre');
seen.id = 'seen';
seen.textContent = encodeURIComponent(JSON.stringify({ title: document.title, rows, lines }));
document.body.replaceChildren(seen);
</script>
)";

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// encodeURIComponent, undone.
std::string Decoded(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_coded = text[i] == '%' && i + 2 < text.size();
    decoded +=
        is_coded ? static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16)) : text[i];
    if (is_coded) i += 2;
  }
  return decoded;
}

// The states of a boot with their beginnings, and its end, in seconds.
std::vector<std::pair<std::string, double>> StagesOf(const json& boot) {
  std::vector<std::pair<std::string, double>> stages;
  for (const json& step : boot["steps"]) {
    if (step["what"] == "state") stages.emplace_back(step["text"], step["after_s"]);
  }
  return stages;
}

// What of a scenario does not stand in its row.
void CheckRow(const json& told, const json& row, Problems& problems) {
  const std::string name = told["name"];
  const auto must = [&](bool is_so, const std::string& what) {
    if (!is_so) problems.push_back(name + ": " + what + ": " + row.dump());
  };
  const json& cells = row["cells"];
  if (cells.size() != 3) return must(false, "not three cells");
  must(cells[0] == told["outcome"], "another outcome");
  must(cells[1] == name, "another name");
  for (const char* said : {"sentence", "summary", "reason"}) {
    const bool is_there = cells[2].get<std::string>().find(told[said]) != std::string::npos;
    must(is_there, std::string("no ") + said);
  }
  const char* color = told["outcome"] == "pass" ? "rgb(23, 107, 44)" : "rgb(102, 102, 102)";
  must(row["color"] == color, "another color");
}

// Each scenario of the document has its row, in their order, and none lies over another.
Problems ProblemsOfRows(const json& told, const json& seen) {
  Problems problems;
  double bottom = 0;
  auto row = seen["rows"].begin();
  for (const json& scenario : told["scenarios"]) {
    const std::string name = scenario["name"];
    if (row == seen["rows"].end() || (*row)["name"] != name) {
      problems.push_back(name + ": has no row where it should be");
      continue;
    }
    CheckRow(scenario, *row, problems);
    const json& box = (*row)["box"];
    if (box[2] < bottom) problems.push_back(name + ": lies over the row before");
    if (box[3] <= box[2]) problems.push_back(name + ": has no height");
    bottom = box[3];
    ++row;
  }
  if (row != seen["rows"].end()) problems.push_back("a row of no scenario: " + row->dump());
  return problems;
}

// Where a line stands, and how much of it is a second.
struct Scale {
  double left;
  double per_second;
  json top;
};

void CheckStages(const json& node, const json& line, const Scale& scale, Problems& problems) {
  constexpr double kPixels = 1.5;  // a border, and what the page rounds
  const std::string name = node["node"];
  const auto stages = StagesOf(node["boot"]);
  if (line["stages"].size() != stages.size()) {
    problems.push_back(name + ": another number of stages");
    return;
  }
  const auto is_at = [&](const json& edge, double second) {
    return std::abs(edge.get<double>() - (scale.left + second * scale.per_second)) <= kPixels;
  };
  for (size_t k = 0; k < stages.size(); ++k) {
    const json& bar = line["stages"][k];
    const double ends =
        k + 1 < stages.size() ? stages[k + 1].second : node["boot"]["took_s"].get<double>();
    const std::string where = fmt::format("{}: \"{}\": ", name, stages[k].first);
    if (bar["text"].get<std::string>().find(stages[k].first) == std::string::npos) {
      problems.push_back(where + "is called otherwise");
    }
    if (!is_at(bar["box"][0], stages[k].second)) problems.push_back(where + "begins elsewhere");
    if (!is_at(bar["box"][1], ends)) problems.push_back(where + "ends elsewhere");
    if (bar["box"][2] != scale.top) problems.push_back(where + "is not on its line");
  }
}

// Each node's last boot has its line, and its stages stand there as long as they took.
Problems ProblemsOfBoots(const json& told, const json& seen) {
  double longest = 0;
  for (const json& node : told["nodes"]) {
    longest = std::max(longest, node["boot"]["took_s"].get<double>());
  }
  if (longest <= 0 || seen["lines"].size() != told["nodes"].size()) {
    return {"not a line for each node's boot"};
  }
  Problems problems;
  for (size_t i = 0; i < told["nodes"].size(); ++i) {
    const json& node = told["nodes"][i];
    const json& line = seen["lines"][i];
    if (line["node"] != node["node"]) problems.push_back("another node's line: " + line.dump());
    const double left = line["box"][0];
    const double per_second = (line["box"][1].get<double>() - left) / longest;
    if (per_second <= 0) problems.push_back("a line without a width: " + line.dump());
    CheckStages(node, line, {left, per_second, line["box"][2]}, problems);
  }
  return problems;
}

class HilPage : public ::testing::Test {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(RunShell("command -v chromium >/dev/null").exit_code == 0, "chromium");
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // The simulated rig's run at that level: its document, and its page.
  void RunSuite(const std::string& level) {
    const Ran ran = RunShell(ZPROV_PROGRAM " --rig sim --json --hil --yes --level " + level +
                             " --report " + directory_ + "/rig.html");
    ASSERT_EQ(ran.exit_code, 0);
    told_ = json::parse(ran.out);
    page_ = Read(directory_ + "/rig.html");
    ASSERT_THAT(told_["scenarios"], Not(SizeIs(0)));
  }

  // The page as it is laid out.
  void Look() {
    std::ofstream(directory_ + "/looked.html") << page_ << kLook;
    const Ran dumped = RunShell(
        "HOME=" + directory_ +
        " chromium --headless --no-sandbox --disable-gpu --window-size=1200,900 --user-data-dir=" +
        directory_ + "/chromium --dump-dom file://" + directory_ + "/looked.html 2>/dev/null");
    ASSERT_EQ(dumped.exit_code, 0);
    const size_t begin = dumped.out.find(kBegin);
    ASSERT_NE(begin, std::string::npos) << dumped.out;
    const size_t from = begin + sizeof(kBegin) - 1;
    seen_ = json::parse(Decoded(dumped.out.substr(from, dumped.out.find(kEnd, from) - from)));
  }

  // Of the page as it was written, from `begin` to the next `end`, is `instead`.
  void Spoil(const std::string& begin, const std::string& end, const std::string& instead) {
    const size_t from = page_.find(begin);
    ASSERT_NE(from, std::string::npos) << begin;
    const size_t to = page_.find(end, from);
    ASSERT_NE(to, std::string::npos) << end;
    page_.replace(from, to + end.size() - from, instead);
  }

  std::string directory_ = "/tmp/zprov-page-XXXXXX";
  std::string page_;
  json told_;
  json seen_;
};

TEST_F(HilPage, ShowsEachRowAndEachStageInABrowser) {
  ASSERT_NO_FATAL_FAILURE(RunSuite("cycle"));
  ASSERT_NO_FATAL_FAILURE(Look());
  EXPECT_THAT(page_, Not(HasSubstr("<script")));
  EXPECT_THAT(page_, Not(HasSubstr("http")));
  EXPECT_EQ(seen_["title"], "zprov --hil on snail");
  EXPECT_THAT(ProblemsOfRows(told_, seen_), IsEmpty());
}

TEST_F(HilPage, DrawsEachBootAsLongAsItsStagesTook) {
  ASSERT_NO_FATAL_FAILURE(RunSuite("observe"));
  ASSERT_NO_FATAL_FAILURE(Look());
  EXPECT_THAT(ProblemsOfBoots(told_, seen_), IsEmpty());
}

// That what is looked at above can be seen to be wrong: a page that lacks one thing.
class SpoiledHilPage : public HilPage {
 protected:
  void SetUp() override {
    HilPage::SetUp();
    if (!IsSkipped()) RunSuite("observe");
  }
};

TEST_F(SpoiledHilPage, LacksARow) {
  ASSERT_NO_FATAL_FAILURE(Spoil("<tr data-scenario=\"mtu\"", "</tr>", ""));
  ASSERT_NO_FATAL_FAILURE(Look());
  EXPECT_THAT(ProblemsOfRows(told_, seen_), ElementsAre("mtu: has no row where it should be"));
}

TEST_F(SpoiledHilPage, HasARowOverAnother) {
  ASSERT_NO_FATAL_FAILURE(Spoil("<tr data-scenario=\"links\"", ">",
                                "<tr data-scenario=\"links\" style=\"position:absolute;top:0\">"));
  ASSERT_NO_FATAL_FAILURE(Look());
  EXPECT_THAT(ProblemsOfRows(told_, seen_), ElementsAre("links: lies over the row before"));
}

TEST_F(SpoiledHilPage, HasAStageElsewhere) {
  const std::string first = StagesOf(told_["nodes"][0]["boot"])[0].first;
  ASSERT_NO_FATAL_FAILURE(Spoil("style=\"left:", "\"", "style=\"left:90%;width:5%\""));
  ASSERT_NO_FATAL_FAILURE(Look());
  EXPECT_THAT(ProblemsOfBoots(told_, seen_), ElementsAre("s0: \"" + first + "\": begins elsewhere",
                                                         "s0: \"" + first + "\": ends elsewhere"));
}

}  // namespace
}  // namespace zprov::tests
