#include "analyzer/memory/allocator.h"

#include "analyzer/memory/replay.h"

namespace latcast::memory {
namespace {

constexpr int64_t kKib = 1024;
constexpr int64_t kMib = 1024 * kKib;

// Blocks are whole 512 bytes; small ones share a segment of 2 MiB.
TEST(CachingAllocatorTest, SmallBlocks) {
  CachingAllocator allocator;
  allocator.Allocate(1);
  EXPECT_EQ(allocator.allocated_bytes(), 512);
  EXPECT_EQ(allocator.reserved_bytes(), 2 * kMib);
  allocator.Allocate(513);
  EXPECT_EQ(allocator.allocated_bytes(), 512 + 1024);
  allocator.Allocate(kMib);
  EXPECT_EQ(allocator.reserved_bytes(), 2 * kMib);
  allocator.Allocate(kMib);  // no room: a second segment
  EXPECT_EQ(allocator.reserved_bytes(), 4 * kMib);
}

// Requests below 10 MiB come from segments of 20 MiB, larger ones get whole 2 MiB of their own.
TEST(CachingAllocatorTest, LargeBlocks) {
  CachingAllocator allocator;
  allocator.Allocate(kMib + 1);
  EXPECT_EQ(allocator.reserved_bytes(), 20 * kMib);
  allocator.Allocate(10 * kMib - 512);
  EXPECT_EQ(allocator.reserved_bytes(), 20 * kMib);
  allocator.Allocate(10 * kMib);
  EXPECT_EQ(allocator.reserved_bytes(), 30 * kMib);
  allocator.Allocate(11 * kMib);
  EXPECT_EQ(allocator.reserved_bytes(), 42 * kMib);
  EXPECT_EQ(allocator.allocated_bytes(), kMib + 512 + 10 * kMib - 512 + 10 * kMib + 12 * kMib);
}

// A large block is split only where more than 1 MiB remains; else it is handed out whole.
TEST(CachingAllocatorTest, SmallRestsAreNotSplitOff) {
  CachingAllocator allocator;
  const int32_t block = allocator.Allocate(12 * kMib);
  allocator.Free(block);
  EXPECT_EQ(allocator.allocated_bytes(), 0);
  allocator.Allocate(11 * kMib);
  EXPECT_EQ(allocator.allocated_bytes(), 12 * kMib);
  EXPECT_EQ(allocator.reserved_bytes(), 12 * kMib);
}

// Freed memory is kept and used again, the smallest block that fits first.
TEST(CachingAllocatorTest, BestFit) {
  CachingAllocator allocator;
  const int32_t large = allocator.Allocate(40 * kMib);
  const int32_t middle = allocator.Allocate(30 * kMib);
  allocator.Free(large);
  allocator.Free(middle);
  allocator.Allocate(28 * kMib);  // from the 30
  allocator.Allocate(40 * kMib);  // the 40 is still whole
  EXPECT_EQ(allocator.reserved_bytes(), 70 * kMib);
}

// Free neighbours merge, in whatever order they were freed.
TEST(CachingAllocatorTest, NeighboursMerge) {
  for (const std::vector<size_t>& order :
       {std::vector<size_t>{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}) {
    CachingAllocator allocator;
    std::vector<int32_t> blocks;
    for (int i = 0; i < 3; ++i) blocks.push_back(allocator.Allocate(6 * kMib));
    EXPECT_EQ(allocator.reserved_bytes(), 20 * kMib);
    for (const size_t i : order) allocator.Free(blocks[i]);
    allocator.Allocate(20 * kMib);
    EXPECT_EQ(allocator.reserved_bytes(), 20 * kMib);
    EXPECT_EQ(allocator.allocated_bytes(), 20 * kMib);
  }
}

// Between two blocks in use, what was freed is too short for more: memory is fragmented.
TEST(CachingAllocatorTest, Fragmentation) {
  CachingAllocator allocator;
  std::vector<int32_t> blocks;
  for (int i = 0; i < 4; ++i) blocks.push_back(allocator.Allocate(5 * kMib));
  allocator.Free(blocks[0]);
  allocator.Free(blocks[2]);
  allocator.Allocate(8 * kMib);
  EXPECT_EQ(allocator.reserved_bytes(), 40 * kMib);
}

// A tensor without elements takes nothing.
TEST(CachingAllocatorTest, Nothing) {
  CachingAllocator allocator;
  EXPECT_EQ(allocator.Allocate(0), CachingAllocator::kNothing);
  allocator.Free(CachingAllocator::kNothing);
  EXPECT_EQ(allocator.reserved_bytes(), 0);
}

// Tensors are there from their first step to the end of their last, and their blocks are reused.
TEST(ReplayTest, Steps) {
  CachingAllocator allocator;
  Replay replay({{1, 2, 12 * kMib}, {0, 1, 12 * kMib}, {2, 2, 12 * kMib}}, allocator);
  std::vector<int64_t> alive;
  for (size_t step = 0; step < 4; ++step) {
    replay.Begin(step);
    alive.push_back(replay.live_bytes() / kMib);
    replay.End(step);
  }
  EXPECT_THAT(alive, ::testing::ElementsAre(12, 24, 24, 0));
  EXPECT_EQ(allocator.reserved_bytes(), 24 * kMib);
  EXPECT_EQ(allocator.allocated_bytes(), 0);
}

}  // namespace
}  // namespace latcast::memory
