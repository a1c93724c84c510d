#include "bench/harness/provenance.h"

#include <unistd.h>

namespace latcast::bench {
namespace {

// The CPU's name is read without its padding; a text without one is unknown.
TEST(ProvenanceTest, CpuModel) {
  EXPECT_EQ(CpuModel("processor\t: 0\nmodel\t\t: 17\nmodel name\t: Some  CPU @ 2.0GHz  \nflags: a"),
            "Some CPU @ 2.0GHz");
  EXPECT_EQ(CpuModel("Hardware: board"), "unknown");
}

// Every entry is there and filled, and none gives the machine's name away.
TEST(ProvenanceTest, IsCompleteAndNamesNobody) {
  const auto provenance = SystemProvenance();
  for (const char* key : {"date", "harness_version", "cpu_model", "cores", "kernel", "governor",
                          "turbo", "load_average", "memory_gib"}) {
    ASSERT_TRUE(provenance.contains(key)) << key;
    EXPECT_NE(provenance.at(key), "") << key;
  }
  char host[256] = {};
  ASSERT_EQ(::gethostname(host, sizeof host - 1), 0);
  for (const auto& [key, value] : provenance) EXPECT_NE(value, host) << key;
  EXPECT_GT(AvailableMemoryBytes(), 0);
}

}  // namespace
}  // namespace latcast::bench
