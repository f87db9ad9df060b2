// The acceptance suite's page as a browser lays it out: each row can be read, and each boot's
// stages stand one after another on their line, as long as they took. What the page itself holds
// is unit/cli's.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/capability.h"
#include "support/shell.h"

namespace zprov::tests {
namespace {

using nlohmann::json;
using ::testing::DoubleNear;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

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

class HilPage : public ::testing::Test {
 protected:
  void SetUp() override {
    ZPROV_NEEDS(RunShell("command -v chromium >/dev/null").exit_code == 0, "chromium");
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // The simulated rig's run at that level: its document, and the page as it is laid out.
  void Look(const std::string& level) {
    const Ran ran = RunShell(ZPROV_PROGRAM " --rig sim --json --hil --yes --level " + level +
                             " --report " + directory_ + "/rig.html");
    ASSERT_EQ(ran.exit_code, 0);
    told_ = json::parse(ran.out);
    page_ = Read(directory_ + "/rig.html");
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

  std::string directory_ = "/tmp/zprov-page-XXXXXX";
  std::string page_;
  json told_;
  json seen_;
};

// The states of a boot with their beginnings, and its end, in seconds.
std::vector<std::pair<std::string, double>> StagesOf(const json& boot) {
  std::vector<std::pair<std::string, double>> stages;
  for (const json& step : boot["steps"]) {
    if (step["what"] == "state") stages.emplace_back(step["text"], step["after_s"]);
  }
  return stages;
}

TEST_F(HilPage, ShowsEachRowAndEachStageInABrowser) {
  ASSERT_NO_FATAL_FAILURE(Look("cycle"));
  EXPECT_THAT(page_, Not(HasSubstr("<script")));
  EXPECT_THAT(page_, Not(HasSubstr("http")));
  EXPECT_EQ(seen_["title"], "zprov --hil on snail");

  ASSERT_THAT(told_["scenarios"], Not(SizeIs(0)));
  ASSERT_EQ(seen_["rows"].size(), told_["scenarios"].size());
  double bottom = 0;
  for (size_t i = 0; i < told_["scenarios"].size(); ++i) {
    const json& told = told_["scenarios"][i];
    const json& row = seen_["rows"][i];
    EXPECT_EQ(row["name"], told["name"]);
    ASSERT_THAT(row["cells"], SizeIs(3));
    EXPECT_EQ(row["cells"][0], told["outcome"]);
    EXPECT_EQ(row["cells"][1], told["name"]);
    for (const char* said : {"sentence", "summary", "reason"}) {
      EXPECT_THAT(row["cells"][2].get<std::string>(), HasSubstr(told[said].get<std::string>()));
    }
    EXPECT_EQ(row["color"], told["outcome"] == "pass" ? "rgb(23, 107, 44)" : "rgb(102, 102, 102)");
    EXPECT_GE(row["box"][2], bottom) << "it lies over the row before: " << row;
    bottom = row["box"][3];
    EXPECT_GT(bottom, row["box"][2]);
  }
}

TEST_F(HilPage, DrawsEachBootAsLongAsItsStagesTook) {
  ASSERT_NO_FATAL_FAILURE(Look("observe"));
  constexpr double kPixels = 1.5;  // a border, and what the page rounds
  double longest = 0;
  for (const json& node : told_["nodes"]) {
    longest = std::max(longest, node["boot"]["took_s"].get<double>());
  }
  ASSERT_GT(longest, 0);
  ASSERT_EQ(seen_["lines"].size(), told_["nodes"].size());
  for (size_t i = 0; i < told_["nodes"].size(); ++i) {
    const json& boot = told_["nodes"][i]["boot"];
    const json& line = seen_["lines"][i];
    EXPECT_EQ(line["node"], told_["nodes"][i]["node"]);
    const double left = line["box"][0];
    const double per_second = (line["box"][1].get<double>() - left) / longest;
    EXPECT_GT(per_second, 0);
    const auto stages = StagesOf(boot);
    ASSERT_EQ(line["stages"].size(), stages.size());
    for (size_t k = 0; k < stages.size(); ++k) {
      const json& stage = line["stages"][k];
      const double ends =
          k + 1 < stages.size() ? stages[k + 1].second : boot["took_s"].get<double>();
      EXPECT_THAT(stage["text"].get<std::string>(), HasSubstr(stages[k].first));
      EXPECT_THAT(stage["box"][0].get<double>(),
                  DoubleNear(left + stages[k].second * per_second, kPixels));
      EXPECT_THAT(stage["box"][1].get<double>(), DoubleNear(left + ends * per_second, kPixels));
      EXPECT_EQ(stage["box"][2], line["box"][2]);
    }
  }
}

}  // namespace
}  // namespace zprov::tests
