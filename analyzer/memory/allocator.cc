#include "analyzer/memory/allocator.h"

#include <algorithm>

namespace latcast::memory {
namespace {

constexpr int64_t kMib = int64_t{1} << 20;
constexpr int64_t kGranule = 512;
constexpr int64_t kSmallRequest = kMib;
constexpr int64_t kSmallSegment = 2 * kMib;
constexpr int64_t kMediumRequest = 10 * kMib;
constexpr int64_t kMediumSegment = 20 * kMib;
constexpr int64_t kLargeGranule = 2 * kMib;

int64_t RoundUp(int64_t bytes, int64_t granule) {
  return (bytes + granule - 1) / granule * granule;
}

}  // namespace

int32_t CachingAllocator::Allocate(int64_t bytes) {
  if (bytes <= 0) return kNothing;
  bytes = RoundUp(bytes, kGranule);
  const bool is_small = bytes <= kSmallRequest;
  std::set<Key>& free_blocks = is_small ? small_ : large_;
  const auto fit = free_blocks.lower_bound(Key{bytes, 0, 0, 0});
  int32_t block = kNothing;
  if (fit != free_blocks.end()) {
    block = std::get<3>(*fit);
    free_blocks.erase(fit);
  } else if (is_small) {
    block = NewSegment(kSmallSegment, is_small);
  } else {
    block = NewSegment(bytes < kMediumRequest ? kMediumSegment : RoundUp(bytes, kLargeGranule),
                       is_small);
  }
  blocks_[static_cast<size_t>(block)].is_free = false;
  const int64_t rest = blocks_[static_cast<size_t>(block)].bytes - bytes;
  if (is_small ? rest >= kGranule : rest > kSmallRequest) Split(block, bytes);
  allocated_ += blocks_[static_cast<size_t>(block)].bytes;
  return block;
}

void CachingAllocator::Free(int32_t block) {
  if (block == kNothing) return;
  Block& freed = blocks_[static_cast<size_t>(block)];
  allocated_ -= freed.bytes;
  freed.is_free = true;
  const auto is_free = [this](int32_t neighbour) {
    return neighbour != kNothing && blocks_[static_cast<size_t>(neighbour)].is_free;
  };
  if (is_free(freed.after)) {
    FreeBlocks(freed).erase(KeyOf(freed.after));
    MergeWithNext(block);
  }
  if (is_free(freed.before)) {
    FreeBlocks(freed).erase(KeyOf(freed.before));
    block = freed.before;
    MergeWithNext(block);
  }
  FreeBlocks(blocks_[static_cast<size_t>(block)]).insert(KeyOf(block));
}

CachingAllocator::Key CachingAllocator::KeyOf(int32_t block) const {
  const Block& b = blocks_[static_cast<size_t>(block)];
  return {b.bytes, b.segment, b.offset, block};
}

int32_t CachingAllocator::NewSegment(int64_t bytes, bool is_small) {
  reserved_ += bytes;
  blocks_.push_back({.segment = segments_++, .bytes = bytes, .is_small = is_small});
  return static_cast<int32_t>(blocks_.size()) - 1;
}

void CachingAllocator::Split(int32_t block, int64_t bytes) {
  const auto rest_id = static_cast<int32_t>(blocks_.size());
  Block rest = blocks_[static_cast<size_t>(block)];
  rest.offset += bytes;
  rest.bytes -= bytes;
  rest.is_free = true;
  rest.before = block;
  if (rest.after != kNothing) blocks_[static_cast<size_t>(rest.after)].before = rest_id;
  blocks_.push_back(rest);
  blocks_[static_cast<size_t>(block)].bytes = bytes;
  blocks_[static_cast<size_t>(block)].after = rest_id;
  FreeBlocks(rest).insert(KeyOf(rest_id));
}

// The block after it is gone for good: nobody refers to it any more.
void CachingAllocator::MergeWithNext(int32_t block) {
  Block& merged = blocks_[static_cast<size_t>(block)];
  const Block& next = blocks_[static_cast<size_t>(merged.after)];
  merged.bytes += next.bytes;
  merged.after = next.after;
  if (next.after != kNothing) blocks_[static_cast<size_t>(next.after)].before = block;
}

}  // namespace latcast::memory
