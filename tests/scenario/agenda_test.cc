// Who is due when, and who is first.
#include "engine/agenda.h"

#include <gmock/gmock.h>

namespace zprov::engine {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AnAgenda, HasNobodyWaitingAtFirst) {
  const Agenda agenda(2);
  EXPECT_EQ(agenda.First(), Agenda::kNever);
  EXPECT_THAT(agenda.Due(Agenda::kNever), IsEmpty());
}

TEST(AnAgenda, KnowsTheFirstOfAll) {
  Agenda agenda(3);
  agenda.Set(0, seconds(7));
  agenda.Set(2, seconds(5));
  EXPECT_EQ(agenda.First(), seconds(5));
  agenda.Set(2, seconds(9));
  EXPECT_EQ(agenda.First(), seconds(7));
}

TEST(AnAgenda, NamesWhoIsDueByPlaceAndKeepsThemUntilTheyAreSetAnew) {
  Agenda agenda(4);
  agenda.Set(3, seconds(1));
  agenda.Set(1, seconds(2));
  agenda.Set(0, seconds(3));
  EXPECT_THAT(agenda.Due(seconds(2)), ElementsAre(1, 3));
  EXPECT_THAT(agenda.Due(seconds(2)), ElementsAre(1, 3));
  agenda.Set(3, Agenda::kNever);
  EXPECT_THAT(agenda.Due(seconds(2)), ElementsAre(1));
}

TEST(AnAgenda, ForgetsWhoWantsToBeCalledNoMore) {
  Agenda agenda(1);
  agenda.Set(0, seconds(1));
  agenda.Set(0, Agenda::kNever);
  EXPECT_EQ(agenda.First(), Agenda::kNever);
}

TEST(AnAgenda, HoldsTwoWhoWantTheSameMoment) {
  Agenda agenda(2);
  agenda.Set(0, seconds(1));
  agenda.Set(1, seconds(1));
  agenda.Set(0, Agenda::kNever);
  EXPECT_THAT(agenda.Due(seconds(1)), ElementsAre(1));
}

}  // namespace
}  // namespace zprov::engine
