// The rules must be able to fail: each is shown a sample that breaks it and one that does not.
#include "tidy/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidy/scanner.h"

namespace zprov::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string Lines(size_t count) {
  std::string lines;
  for (size_t i = 0; i < count; ++i) lines += "  step();\n";
  return lines;
}

TEST(LayerArrows, CoreMustNotSeeTheMachine) {
  EXPECT_THAT(LayerArrows(MakeSource("src/core/plan/x.cc", "#include \"os/files.h\"\n")),
              ElementsAre("src/core/plan/x.cc:1: core must not include os/files.h"));
  EXPECT_THAT(LayerArrows(MakeSource("sim/x.cc", "\n#include \"engine/apply.h\"\n")),
              ElementsAre("sim/x.cc:2: sim must not include engine/apply.h"));
  EXPECT_THAT(LayerArrows(MakeSource("src/cli/x.cc", "#include \"adapters/libnl.h\"\n")),
              SizeIs(1));
  EXPECT_THAT(LayerArrows(MakeSource("src/utils/x.cc", "")), SizeIs(1));
}

TEST(LayerArrows, AllowsTheArrowsDownAndAllOfThemToMain) {
  EXPECT_THAT(LayerArrows(MakeSource("src/engine/x.cc",
                                     "#include \"core/plan/step.h\"\n"
                                     "#include \"engine/observe.h\"\n")),
              IsEmpty());
  EXPECT_THAT(LayerArrows(MakeSource("src/main.cc", "#include \"adapters/libnl.h\"\n")), IsEmpty());
}

TEST(LayerArrows, IgnoreAnIncludeInsideALiteral) {
  EXPECT_THAT(
      LayerArrows(MakeSource("src/core/x.cc", "auto x = R\"(\n#include \"os/files.h\"\n)\";\n")),
      IsEmpty());
}

TEST(LinkArrows, HoldForTheLinkGraphToo) {
  EXPECT_THAT(LinkArrows("zprov_core: fmt::fmt zprov_os"),
              ElementsAre("zprov_core must not link zprov_os"));
  EXPECT_THAT(LinkArrows("zprov_sim: zprov_os zprov_engine"), SizeIs(1));
  EXPECT_THAT(LinkArrows("zprov_engine: zprov_core zprov_os"), IsEmpty());
  EXPECT_THAT(LinkArrows("zprov: zprov_cli zprov_adapters zprov_sim"), IsEmpty());
  EXPECT_THAT(LinkArrows("zprov_extras:"), SizeIs(1));
}

TEST(PureLayers, MayNotReadFiles) {
  EXPECT_THAT(PureLayersIncludeNoMachine(MakeSource("src/core/x.cc", "#include <fstream>\n")),
              SizeIs(1));
  EXPECT_THAT(PureLayersIncludeNoMachine(MakeSource("src/util/x.cc", "#include <unistd.h>\n")),
              SizeIs(1));
  EXPECT_THAT(PureLayersIncludeNoMachine(MakeSource("src/core/x.cc", "#include <vector>\n")),
              IsEmpty());
  EXPECT_THAT(PureLayersIncludeNoMachine(MakeSource("src/adapters/x.cc", "#include <unistd.h>\n")),
              IsEmpty());
}

TEST(Clocks, AreForbiddenBelowTheAdapters) {
  const std::string reads = "auto t = std::chrono::steady_clock::now();\n";
  EXPECT_THAT(NoClockNorEnvironment(MakeSource("src/engine/x.cc", reads)), SizeIs(1));
  EXPECT_THAT(NoClockNorEnvironment(MakeSource("sim/x.cc", "getenv(\"HOME\");")), SizeIs(1));
  EXPECT_THAT(NoClockNorEnvironment(MakeSource("src/engine/x.cc", "// no steady_clock here\n")),
              IsEmpty());
  EXPECT_THAT(NoClockNorEnvironment(MakeSource("src/adapters/x.cc", reads)), IsEmpty());
}

TEST(Order, ComesFromNoHashAndNoAddress) {
  const auto findings = [](const std::string& code) {
    return NoOrderByHashOrAddress(MakeSource("sim/x.cc", code));
  };
  const std::string hashed = "std::unordered_map<std::string, std::pair<int, int>> seen;\n";
  EXPECT_THAT(findings(hashed + "for (const auto& [name, each] : seen) F(name);"), SizeIs(1));
  EXPECT_THAT(findings(hashed + "std::vector<int> v(seen.begin(), seen.end());"), SizeIs(1));
  EXPECT_THAT(findings(hashed + "for (const auto& name : names) seen.emplace(name, 1);"),
              IsEmpty());
  EXPECT_THAT(findings("std::map<const Node*, int> at;"), SizeIs(1));
  EXPECT_THAT(findings("std::set<Node*> at;"), SizeIs(1));
  EXPECT_THAT(findings("std::map<int, Node*> at;"), IsEmpty());
  EXPECT_THAT(NoOrderByHashOrAddress(MakeSource("src/adapters/x.cc", "std::set<Node*> at;")),
              IsEmpty());
}

TEST(Printing, BelongsToCli) {
  const std::string prints = "void F() { std::cout << 1; }\n";
  EXPECT_THAT(OnlyCliPrints(MakeSource("src/engine/x.cc", prints)), SizeIs(1));
  EXPECT_THAT(OnlyCliPrints(MakeSource("src/cli/x.cc", prints)), IsEmpty());
  EXPECT_THAT(OnlyCliPrints(MakeSource("src/engine/x.cc", "snprintf(a, 1, b); inputs(c);")),
              IsEmpty());
}

TEST(FunctionLength, CountsHeaderAndBody) {
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", "void F() {\n" + Lines(58) + "}\n")),
              IsEmpty());
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", "int a;\nvoid F() {\n" + Lines(59) + "}\n")),
              ElementsAre(HasSubstr("x.cc:2: F has 61 lines")));
}

TEST(FunctionLength, FindsMembersTestsAndConstructorsWithBracedMembers) {
  const std::string body = " {\n" + Lines(70) + "}\n";
  EXPECT_THAT(FunctionsFitAScreen(MakeSource(
                  "x.cc", "namespace a {\nclass B : public C {\n public:\n  int D() const" + body +
                              "};\n}\n")),
              ElementsAre(HasSubstr("x.cc:4: D has")));
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", "TEST(A, B)" + body)), SizeIs(1));
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", "A::A(int b) : b_{b}, c_{1}" + body)),
              SizeIs(1));
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", "bool A::operator()(int b) const" + body)),
              SizeIs(1));
}

TEST(FunctionLength, DoesNotCountTablesAndClasses) {
  EXPECT_THAT(
      FunctionsFitAScreen(MakeSource("x.cc", "constexpr int kTable[] = {\n" + Lines(90) + "};\n")),
      IsEmpty());
  std::string members = "class A {\n";
  for (int i = 0; i < 90; ++i) members += "  int F();\n";
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", members + "};\n")), IsEmpty());
}

TEST(FunctionLength, IsNotFooledByBracesInLiteralsAndComments) {
  const std::string text =
      "void F() {\n  Say(\"}\"); // }\n  Say('}');\n  int n = 1'000;\n  Say(R\"(}})\");\n}\n"
      "void G() {\n" +
      Lines(60) + "}\n";
  EXPECT_THAT(FunctionsFitAScreen(MakeSource("x.cc", text)),
              ElementsAre(HasSubstr("x.cc:7: G has 62")));
}

TEST(FileLength, StopsAtFiveHundred) {
  EXPECT_THAT(FilesStaySmall(MakeSource("x.cc", Lines(500))), IsEmpty());
  EXPECT_THAT(FilesStaySmall(MakeSource("x.cc", Lines(501))), SizeIs(1));
}

TEST(Parameters, FiveAreTooMany) {
  EXPECT_THAT(FewParametersAndNoBool(
                  MakeSource("x.h", "int F(int a, int b,\n      int c, int d, int e);\n")),
              ElementsAre("x.h:1: F has 5 parameters: pass a struct"));
  EXPECT_THAT(FewParametersAndNoBool(MakeSource(
                  "x.h", "int F(std::map<int, int> a, int b, int c, int d = G(1, 2));\n")),
              IsEmpty());
}

TEST(Parameters, BoolIsNoneButMayBeInsideAType) {
  EXPECT_THAT(FewParametersAndNoBool(
                  MakeSource("x.h", "struct A {\n  virtual void F(int a, bool b) = 0;\n};\n")),
              ElementsAre(HasSubstr("x.h:2: F has a bool parameter")));
  EXPECT_THAT(
      FewParametersAndNoBool(MakeSource(
          "x.h", "bool F(const std::function<bool(int)>& f);\nstd::function<void(bool)> g;\n")),
      IsEmpty());
  EXPECT_THAT(
      FewParametersAndNoBool(MakeSource("x.h", "bool operator==(const A&) const = default;\n")),
      IsEmpty());
}

TEST(Names, EndInNoEmptyWord) {
  EXPECT_THAT(NamesSayWhatThingsAre(MakeSource("x.h", "class LinkManager;\n")), SizeIs(1));
  EXPECT_THAT(NamesSayWhatThingsAre(MakeSource("x.h", "enum class LinkInfo { kA };\n")), SizeIs(1));
  EXPECT_THAT(NamesSayWhatThingsAre(MakeSource("x.h", "struct Link;\nclass Manage;\n")), IsEmpty());
}

TEST(Leftovers, AreFoundInComments) {
  EXPECT_THAT(NothingIsLeftForLater(MakeSource("x.h", std::string("// TO") + "DO: more\n")),
              SizeIs(1));
  EXPECT_THAT(NothingIsLeftForLater(MakeSource("x.h", "\"/tmp/zprov.XXXXXX\"\n")), IsEmpty());
}

TEST(FirstLines, AreACommentAndPragmaOnce) {
  EXPECT_THAT(FilesSayWhatTheyAreFor(MakeSource("x.h", "#include <vector>\n")), SizeIs(2));
  EXPECT_THAT(FilesSayWhatTheyAreFor(MakeSource("x.h", "// Links.\n#pragma once\n")), IsEmpty());
  EXPECT_THAT(FilesSayWhatTheyAreFor(MakeSource("x.cc", "// Links.\n")), IsEmpty());
  EXPECT_THAT(FilesSayWhatTheyAreFor(MakeSource("src/a/x.cc", "#include \"a/x.h\"\n")), IsEmpty());
  EXPECT_THAT(FilesSayWhatTheyAreFor(MakeSource("src/a/x.cc", "#include \"a/y.h\"\n")), SizeIs(1));
}

TEST(Constants, AreSaidOnceByEachSideOfTheCable) {
  const std::string use = "constexpr int kVendor = 0x0A5C;\n";
  EXPECT_THAT(ConstantsLiveInOnePlace(MakeSource("src/adapters/x.cc", use)), SizeIs(1));
  EXPECT_THAT(ConstantsLiveInOnePlace(MakeSource("src/core/usbboot/ids.h", use)), IsEmpty());
  EXPECT_THAT(ConstantsLiveInOnePlace(MakeSource("sim/zero/profiles.cc", use)), IsEmpty());
  EXPECT_THAT(ConstantsLiveInOnePlace(MakeSource("src/engine/x.cc", "// such as 0a5c:2763\n")),
              IsEmpty());
}

TEST(Citations, NameDocumentsOfThisTree) {
  const std::string lost = std::string("// see lost") + ".md\n";
  EXPECT_THAT(CitedDocumentsExist(MakeSource("src/util/x.cc", lost)), SizeIs(1));
  EXPECT_THAT(CitedDocumentsExist(MakeSource("src/util/x.cc", "// see src/README.md, README.md\n")),
              IsEmpty());
}

}  // namespace
}  // namespace zprov::tidy
