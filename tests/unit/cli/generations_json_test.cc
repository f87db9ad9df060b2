// The documents of update, rollback, prune and status as values in, JSON out, against the schemas.
#include <gmock/gmock.h>

#include <set>

#include "cli/json.h"
#include "unit/cli/cluster.h"
#include "unit/cli/schemas.h"

namespace zprov::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const engine::Updated kUpdated{.number = 8,
                               .kernel = "6.1.21+",
                               .moved = {{"s0", 7, 8}, {"s1", -1, 8}},
                               .skipped = {"s2 is up (its link usb0 answers)"},
                               .at_next_boot = {"s0"},
                               .pruned = {{"s0", 1}}};

const generations::Pruning kPruning{
    .remove = {{"s0", 1}}, .held = {{{"s3", 1}, "s3 is up and may still run it"}}, .emptied = {2}};

engine::ClusterStatus FullStatus() {
  return {.nodes = {{.node = "s0",
                     .life = {engine::Life::kUp, "link s0 answers"},
                     .would_get = 8,
                     .may_run = {7, 8},
                     .record = generations::Record{8, 1672628645000000000, "/", "6.1.21+"},
                     .generations = {0, 7, 8},
                     .reboot = engine::RebootEffect::kUnknown,
                     .wrote = {.count = 2, .bytes = 9, .largest = {{"var/log/\xff", 9}}}},
                    {.node = "s1"}},
          .drift = {"change /etc/hosts"},
          .interrupted = "update to generation 9",
          .now_ns = 1672628646000000000};
}

TEST(GenerationsJson, OfAnUpdateIsWhatItsSchemaSays) {
  const std::string text = UpdateJson({kUpdated}, {"var/lib/app was not taken over"});
  EXPECT_EQ(Faults("update", text), "");
  const json document = json::parse(text);
  EXPECT_EQ(document["generation"], 8);
  EXPECT_EQ(document["moved"][0], json::parse(R"({"node": "s0", "from": 7, "to": 8})"));
  EXPECT_EQ(document["moved"][1]["from"], nullptr);
  EXPECT_EQ(document["pruned"], json::parse(R"([{"node": "s0", "generation": 1}])"));
  EXPECT_EQ(document["warnings"], json::parse(R"(["var/lib/app was not taken over"])"));
}

TEST(GenerationsJson, OfAnUpdateThatMadeNothingHasNoGeneration) {
  const std::string text = UpdateJson({}, {});
  EXPECT_EQ(Faults("update", text), "");
  EXPECT_EQ(json::parse(text)["generation"], nullptr);
}

TEST(GenerationsJson, OfARollbackIsWhatItsSchemaSays) {
  const std::string text = RollbackJson({.moved = {{"s0", 8, 7}}, .at_next_boot = {"s0"}}, {});
  EXPECT_EQ(Faults("rollback", text), "");
  EXPECT_EQ(json::parse(text)["moved"][0]["to"], 7);
}

TEST(GenerationsJson, OfAPruningIsWhatItsSchemaSays) {
  const std::string text = PruneJson(kPruning, {});
  EXPECT_EQ(Faults("prune", text), "");
  const json document = json::parse(text);
  EXPECT_EQ(document["held"][0]["why"], "s3 is up and may still run it");
  EXPECT_EQ(document["emptied"], json::parse("[2]"));
}

TEST(GenerationsJson, OfAStatusIsWhatItsSchemaSaysWhateverBytesANodeWrote) {
  const std::string text = StatusJson(FullStatus(), {});
  EXPECT_EQ(Faults("status", text), "");
  const json document = json::parse(text);
  EXPECT_EQ(document["now"], "2023-01-02T03:04:06Z");
  EXPECT_EQ(document["nodes"][0]["record"]["made"], "2023-01-02T03:04:05Z");
  EXPECT_EQ(document["nodes"][0]["wrote"]["largest"][0]["path"], "var/log/\xef\xbf\xbd");
  EXPECT_EQ(document["nodes"][1]["next"], nullptr);
  EXPECT_EQ(document["nodes"][1]["record"], nullptr);
}

TEST(GenerationsJson, OfWhatWasMadeByHandHasNoTime) {
  engine::ClusterStatus status = FullStatus();
  status.nodes[0].record = generations::Record{0, 0, "/", ""};
  const std::string text = StatusJson(status, {});
  EXPECT_EQ(Faults("status", text), "");
  EXPECT_EQ(json::parse(text)["nodes"][0]["record"]["made"], nullptr);
}

TEST(GenerationsJson, OfEachCommandOnAClusterIsWhatItsSchemaSays) {
  Cluster cluster;
  ASSERT_EQ(cluster({"update"}).exit, 0);
  cluster.Boot("1-1.3", "192.168.7.37");
  cluster.host.world.Put("/x/.zprov/gen/2/s1/root/var/log/caf\xe9", "written");
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"update"}, {"status"}, {"status", "s1"}, {"prune", "--keep", "1"}, {"rollback"}}) {
    std::vector<std::string> with_json = args;
    with_json.emplace_back("--json");
    const Said said = cluster(with_json);
    EXPECT_EQ(said.exit, 0) << said.err;
    EXPECT_EQ(Faults(args[0], said.out), "") << said.out;
    EXPECT_EQ(json::parse(said.out)["command"], args[0]);
  }
}

TEST(GenerationsJson, OfAnUpdateHasTheWarningsThatStderrHad) {
  Cluster cluster;
  cluster.host.world.Put("/x/.zprov/gen/1/s1/root/var/log/big", "written");
  const Said said = cluster({"update", "--json"});
  EXPECT_THAT(json::parse(said.out)["warnings"].dump(), HasSubstr("/var/log/big"));
  EXPECT_THAT(said.err, HasSubstr("\nwarning: s1: "));
}

// Each alteration is one that a careless change of json.cc would make.
TEST(GenerationsSchemas, RefuseDocumentsThatWereAltered) {
  struct Row {
    const char* schema;
    json document;
    const char* patch;
  };
  const json update = json::parse(UpdateJson({kUpdated}, {}));
  const json prune = json::parse(PruneJson(kPruning, {}));
  const json status = json::parse(StatusJson(FullStatus(), {}));
  for (const Row& row : std::vector<Row>{
           {"update", update, R"([{"op": "replace", "path": "/generation", "value": 0}])"},
           {"update", update, R"([{"op": "replace", "path": "/moved/0/from", "value": -1}])"},
           {"update", update, R"([{"op": "add", "path": "/more", "value": 1}])"},
           {"rollback", update, R"([])"},
           {"prune", prune, R"([{"op": "remove", "path": "/held/0/why"}])"},
           {"prune", prune, R"([{"op": "replace", "path": "/version", "value": 2}])"},
           {"status", status, R"([{"op": "replace", "path": "/nodes/0/life", "value": "ill"}])"},
           {"status", status, R"([{"op": "replace", "path": "/now", "value": "yesterday"}])"},
           {"status", status, R"([{"op": "remove", "path": "/nodes/1/record"}])"}}) {
    EXPECT_NE(Faults(row.schema, row.document.patch(json::parse(row.patch)).dump()), "")
        << row.patch;
  }
}

TEST(GenerationsSchemas, KnowEveryLifeAndEffectAndNoOther) {
  using engine::Life;
  using engine::RebootEffect;
  std::set<std::string> lives;
  for (const Life life : {Life::kDown, Life::kBooting, Life::kUp, Life::kHung, Life::kUnknown}) {
    lives.emplace(engine::Name(life));
  }
  std::set<std::string> effects;
  for (const RebootEffect effect :
       {RebootEffect::kNothing, RebootEffect::kChanges, RebootEffect::kUnknown}) {
    effects.emplace(engine::Name(effect));
  }
  const json node = Schema("status")["properties"]["nodes"]["items"]["properties"];
  EXPECT_EQ(node["life"]["enum"].get<std::set<std::string>>(), lives);
  EXPECT_EQ(node["reboot"]["enum"].get<std::set<std::string>>(), effects);
}

}  // namespace
}  // namespace zprov::cli
