#include "server/core/block_cache.h"

#include <thread>

#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "server/core/limits.h"

namespace latcast::server {
namespace {

using ::testing::HasSubstr;

std::string Spec(int batch) { return "block:BasicBlock7?batch=" + std::to_string(batch); }

FeatureVector Computed(const std::string& spec, int threads) {
  return features::ComputeFeatures(blocks::BuildBlock(spec).value(), {.threads = threads})
      .value()
      .total;
}

// A kept answer is the computed one, and threads are part of the question.
TEST(BlockCacheTest, GivesWhatTheAnalyzerComputes) {
  BlockCache cache;
  for (int round = 0; round < 2; ++round) {
    for (const int threads : {1, 8}) {
      ASSERT_OK_AND_ASSIGN(const FeatureVector features, cache.Features(Spec(3), threads));
      EXPECT_EQ(features, Computed(Spec(3), threads));
    }
  }
  EXPECT_EQ(cache.size(), 2u);
}

// The cache never grows beyond its capacity, and what is asked for stays right while it turns over.
TEST(BlockCacheTest, StaysWithinItsCapacity) {
  BlockCache cache(3);
  for (int round = 0; round < 3; ++round) {
    for (int batch = 1; batch <= 5; ++batch) {
      ASSERT_OK_AND_ASSIGN(const FeatureVector features, cache.Features(Spec(batch), 1));
      EXPECT_EQ(features[Feature::kBatch], batch);
      EXPECT_LE(cache.size(), 3u);
    }
  }
}

// Errors are told each time and not kept.
TEST(BlockCacheTest, KeepsNoErrors) {
  BlockCache cache;
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(cache.Features("block:Nonsense", 1),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("Nonsense")));
    EXPECT_THAT(cache.Features(std::string(kMaxSpecBytes + 1, 'x'), 1),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most 1024")));
  }
  EXPECT_EQ(cache.size(), 0u);
}

// Many threads on few entries see only right answers.
TEST(BlockCacheTest, ServesManyThreads) {
  BlockCache cache(2);
  std::vector<FeatureVector> expected;
  for (int batch = 1; batch <= 4; ++batch) expected.push_back(Computed(Spec(batch), 1));
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < 200; ++i) {
        const size_t which = (i + t) % expected.size();
        const auto features = cache.Features(Spec(static_cast<int>(which) + 1), 1);
        if (!features.ok() || *features != expected[which]) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace latcast::server
