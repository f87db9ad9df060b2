// Every document of --json against its committed schema, by the validator that is not ours.
#include <gmock/gmock.h>

#include <set>
#include <utility>

#include "core/plan/describe.h"
#include "engine/doctor.h"
#include "sim/scenarios/hosts.h"
#include "unit/cli/console.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Case {
  const char* name;
  const char* schema;
  std::vector<std::string> args;
  int exit;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

class JsonOf : public ::testing::TestWithParam<Case> {};

TEST_P(JsonOf, ACommandIsOneDocumentThatItsSchemaAccepts) {
  std::vector<std::string> args = GetParam().args;
  args.emplace_back("--json");
  const Said said = RunOnRig(args);
  EXPECT_EQ(said.exit, GetParam().exit) << said.err;
  ASSERT_TRUE(json::accept(said.out)) << said.out;
  EXPECT_EQ(json::parse(said.out)["command"], GetParam().args[0]);
  EXPECT_EQ(Faults(GetParam().schema, said.out), "");
}

INSTANTIATE_TEST_SUITE_P(
    Each, JsonOf,
    ::testing::Values(Case{"Init", "init", {"init"}, 0}, Case{"Check", "check", {"check"}, 0},
                      Case{"RenderList", "render", {"render"}, 0},
                      Case{"RenderOne", "render", {"render", "hosts"}, 0},
                      Case{"RenderOnRequest", "render", {"render", "cmdline:s0"}, 0},
                      Case{"Plan", "plan", {"plan"}, 4}, Case{"Apply", "plan", {"apply"}, 0},
                      Case{"Doctor", "doctor", {"doctor"}, 0}, Case{"Demo", "demo", {"demo"}, 0}),
    [](const auto& row) { return row.param.name; });

TEST(Json, OfAPlanThatIsRefusedIsOneDocumentToo) {
  RigHost host;
  host.world.process_table().Add(
      {812, "sshd", "sshd: pi", {{os::TreeUser::Use::kOpenFile, "/home/pi/notes.txt"}}});
  for (const char* command : {"plan", "apply"}) {
    const Said said = host({command, "--json"});
    EXPECT_EQ(said.exit, 3);
    EXPECT_EQ(Faults("plan", said.out), "");
    EXPECT_THAT(json::parse(said.out)["refusals"].dump(), HasSubstr("pid 812 (sshd: pi)"));
  }
}

TEST(Json, OfAHandMadeHostIsValidWithEveryKindOfStepItHas) {
  sim::World world;
  sim::HandMadeHost(world);
  world.Put("/etc/zprov/cluster.toml", SourceFile("fixtures/specs/rig.toml"));
  const Said said = RunOn(world, {"plan", "--json"});
  EXPECT_EQ(said.exit, 4) << said.err;
  EXPECT_EQ(Faults("plan", said.out), "");
  EXPECT_THAT(said.out, HasSubstr("\"adopt-root\""));
}

TEST(Json, OfAnUnsoundSpecHasItsProblems) {
  RigHost host(SourceFile("fixtures/specs/hasty_edit.toml"));
  const Said said = host({"check", "--json"});
  EXPECT_EQ(said.exit, 2);
  EXPECT_EQ(Faults("check", said.out), "");
  const json document = json::parse(said.out);
  EXPECT_EQ(document["valid"], false);
  EXPECT_EQ(document["problems"].size(), 20u);
}

TEST(Json, SurvivesBytesThatAreNoUtf8) {
  RigHost host;
  host.world.Put("/etc/hosts", "127.0.0.1 localhost # caf\xe9\n");
  const Said said = host({"plan", "--json"});
  EXPECT_EQ(said.exit, 4) << said.err;
  EXPECT_EQ(Faults("plan", said.out), "");
}

TEST(Json, NeverMixesWithPeoplesText) {
  RigHost host;
  const Said apply = host({"apply", "--json"});
  EXPECT_EQ(apply.exit, 0) << apply.err;
  EXPECT_TRUE(json::accept(apply.out));
  EXPECT_THAT(apply.err, HasSubstr("[1/"));
  EXPECT_THAT(apply.out, Not(HasSubstr("[1/")));
}

TEST(Json, IsNotPrintedWhenThereIsOnlyAnError) {
  RigHost host("");
  const Said said = host({"plan", "--json"});
  EXPECT_EQ(said.exit, 2);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_THAT(said.err, HasSubstr("cluster.toml:1: "));
}

// Each alteration is one that a careless change of json.cc would make.
TEST(Schemas, RefuseADocumentThatWasAltered) {
  const json plan = json::parse(RunOnRig({"plan", "--json"}).out);
  const std::vector<json> patches = {
      json::parse(R"([{"op": "remove", "path": "/refusals"}])"),
      json::parse(R"([{"op": "add", "path": "/more", "value": 1}])"),
      json::parse(R"([{"op": "add", "path": "/steps/0/more", "value": 1}])"),
      json::parse(R"([{"op": "replace", "path": "/version", "value": 2}])"),
      json::parse(R"([{"op": "replace", "path": "/command", "value": "demo"}])"),
      json::parse(R"([{"op": "replace", "path": "/steps/0/kind", "value": "make-tea"}])"),
      json::parse(R"([{"op": "replace", "path": "/steps/0/risk", "value": "none"}])"),
      json::parse(R"([{"op": "replace", "path": "/steps/0/title", "value": "two\nlines"}])"),
      json::parse(R"([{"op": "replace", "path": "/notes", "value": [7]}])")};
  ASSERT_EQ(Faults("plan", plan.dump()), "");
  for (const json& patch : patches) {
    EXPECT_NE(Faults("plan", plan.patch(patch).dump()), "") << patch;
  }
}

TEST(Schemas, OfEachCommandRefuseTheDocumentsOfTheOthers) {
  const std::vector<std::string> commands = {"init", "check", "render", "plan", "doctor", "demo"};
  for (size_t i = 0; i < commands.size(); ++i) {
    const std::string& other = commands[(i + 1) % commands.size()];
    EXPECT_NE(Faults(commands[i], RunOnRig({other, "--json"}).out), "") << commands[i];
  }
}

template <size_t... I>
std::set<std::string> KindsOf(std::index_sequence<I...>) {
  return {std::string(plan::KindOf(std::variant_alternative_t<I, plan::Action>{}))...};
}

TEST(Schemas, KnowEveryKindOfStepAndNoOther) {
  const auto kinds = KindsOf(std::make_index_sequence<std::variant_size_v<plan::Action>>());
  EXPECT_EQ(
      Schema("plan")["$defs"]["step"]["properties"]["kind"]["enum"].get<std::set<std::string>>(),
      kinds);
}

TEST(Schemas, KnowEveryRiskAndVerdictAndNoOther) {
  using plan::Risk;
  std::set<std::string> risks;
  for (const Risk risk : {Risk::kLiveSafe, Risk::kNextBoot, Risk::kNodeDown}) {
    risks.emplace(plan::Name(risk));
  }
  EXPECT_EQ(
      Schema("plan")["$defs"]["step"]["properties"]["risk"]["enum"].get<std::set<std::string>>(),
      risks);
  using engine::Verdict;
  std::set<std::string> verdicts;
  for (const Verdict verdict :
       {Verdict::kGood, Verdict::kWarning, Verdict::kBad, Verdict::kUnknown}) {
    verdicts.emplace(engine::Name(verdict));
  }
  const json row = Schema("doctor")["properties"]["rows"]["items"];
  EXPECT_EQ(row["properties"]["verdict"]["enum"].get<std::set<std::string>>(), verdicts);
}

}  // namespace
}  // namespace zprov::cli
