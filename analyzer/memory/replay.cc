#include "analyzer/memory/replay.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace latcast::memory {

Replay::Replay(std::vector<Interval> intervals, CachingAllocator& allocator)
    : allocator_(allocator), intervals_(std::move(intervals)) {
  std::ranges::stable_sort(intervals_, {}, &Interval::first);
  by_last_.resize(intervals_.size());
  std::iota(by_last_.begin(), by_last_.end(), 0);
  std::ranges::stable_sort(by_last_, {},
                           [this](int32_t i) { return intervals_[static_cast<size_t>(i)].last; });
  blocks_.assign(intervals_.size(), CachingAllocator::kNothing);
}

void Replay::Begin(size_t step) {
  for (; begun_ < intervals_.size() && intervals_[begun_].first <= step; ++begun_) {
    blocks_[begun_] = allocator_.Allocate(intervals_[begun_].bytes);
    live_ += intervals_[begun_].bytes;
  }
}

void Replay::End(size_t step) {
  for (; ended_ < by_last_.size(); ++ended_) {
    const auto i = static_cast<size_t>(by_last_[ended_]);
    if (intervals_[i].last > step) return;
    allocator_.Free(blocks_[i]);
    live_ -= intervals_[i].bytes;
  }
}

}  // namespace latcast::memory
