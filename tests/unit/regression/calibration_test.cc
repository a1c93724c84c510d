#include "regression/calibration.h"

namespace latcast::regression {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;

Provenance Probe(const std::string& ms) {
  Provenance provenance;
  if (!ms.empty()) provenance.entries["probe_ms"] = ms;
  return provenance;
}

// A device that was slower while one half was measured makes networks look wrong: that is said.
TEST(SpeedDifferenceTest, FromFivePercentOn) {
  EXPECT_EQ(SpeedDifference(Probe("0.8"), Probe("0.8")), std::nullopt);
  EXPECT_EQ(SpeedDifference(Probe("0.8"), Probe("0.839")), std::nullopt);
  EXPECT_EQ(SpeedDifference(Probe("0.839"), Probe("0.8")), std::nullopt);
  EXPECT_THAT(SpeedDifference(Probe("0.8"), Probe("1")),
              Optional(AllOf(HasSubstr("800 us while blocks"), HasSubstr("1.00 ms while networks"),
                             HasSubstr("factor of 1.25"))));
  EXPECT_THAT(SpeedDifference(Probe("1"), Probe("0.8")), Optional(HasSubstr("factor of 0.80")));
  // Without probes nothing is known.
  EXPECT_EQ(SpeedDifference(Probe(""), Probe("1")), std::nullopt);
  EXPECT_EQ(SpeedDifference(Probe("1"), Probe("")), std::nullopt);
  EXPECT_EQ(SpeedDifference(Probe("1"), Probe("none")), std::nullopt);
}

}  // namespace
}  // namespace latcast::regression
