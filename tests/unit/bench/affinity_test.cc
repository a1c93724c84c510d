#include "bench/harness/affinity.h"

#include <thread>

namespace latcast::bench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int Itself(int core) { return core; }
int PairsOf(int core) { return core / 2; }    // 0 and 1 are one core
int HalvesOf8(int core) { return core % 4; }  // 0 and 4 are one core

// The last cores, and one hardware thread of each while there are enough.
TEST(AffinityTest, ChoosesPhysicalCoresFromTheEnd) {
  const std::vector<int> eight = {0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_THAT(ChooseCores(eight, 1, Itself).value(), ElementsAre(7));
  EXPECT_THAT(ChooseCores(eight, 2, PairsOf).value(), ElementsAre(5, 7));
  EXPECT_THAT(ChooseCores(eight, 3, HalvesOf8).value(), ElementsAre(5, 6, 7));
  EXPECT_THAT(ChooseCores(eight, 5, PairsOf).value(), ElementsAre(1, 3, 5, 6, 7));
  EXPECT_THAT(ChooseCores(std::vector<int>{2, 9}, 2, PairsOf).value(), ElementsAre(2, 9));
  EXPECT_THAT(ChooseCores(std::vector<int>{2, 9}, 3, PairsOf),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("threads 3")));
}

// Lists of cores as people write them.
TEST(AffinityTest, ParsesCores) {
  EXPECT_THAT(ParseCores("3,1").value(), ElementsAre(1, 3));
  for (const char* bad : {"", "a", "1,,2", "1,1", "-1", "1000000"}) {
    EXPECT_THAT(ParseCores(bad), StatusIs(absl::StatusCode::kInvalidArgument, ::testing::_)) << bad;
  }
}

// A pinned thread is allowed its core alone; cores that are not there are refused.
TEST(AffinityTest, Pins) {
  std::thread([] {
    const std::vector<int> before = AllowedCores();
    ASSERT_FALSE(before.empty());
    ASSERT_OK(PinTo(std::vector<int>{before.back()}));
    EXPECT_THAT(AllowedCores(), ElementsAre(before.back()));
    EXPECT_THAT(PinTo(std::vector<int>{1023}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1023")));
  }).join();
}

}  // namespace
}  // namespace latcast::bench
