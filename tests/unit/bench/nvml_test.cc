#include "bench/backends/nvml.h"

namespace latcast::bench {
namespace {

// Without a driver, or without that GPU, the reason is told; nothing is loaded for good.
TEST(NvmlTest, SaysWhyThereIsNone) {
  for (int i = 0; i < 2; ++i) {
    const auto nvml = Nvml::Open("GPU-00000000-0000-0000-0000-000000000000");
    ASSERT_FALSE(nvml.ok());
    EXPECT_TRUE(absl::IsUnavailable(nvml.status()));
    EXPECT_THAT(
        std::string(nvml.status().message()),
        ::testing::AnyOf(::testing::HasSubstr("no NVIDIA driver"), ::testing::HasSubstr("NVML")));
  }
}

}  // namespace
}  // namespace latcast::bench
