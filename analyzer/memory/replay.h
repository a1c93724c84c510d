// Tensors with a lifetime, allocated and freed step by step.
#ifndef LATCAST_ANALYZER_MEMORY_REPLAY_H_
#define LATCAST_ANALYZER_MEMORY_REPLAY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/memory/allocator.h"

namespace latcast::memory {

// A tensor alive from step `first` to step `last`, both included.
struct Interval {
  size_t first = 0;
  size_t last = 0;
  int64_t bytes = 0;
};

// Memory is taken from `allocator`, which must outlive this.
class Replay {
 public:
  Replay(std::vector<Interval> intervals, CachingAllocator& allocator);

  // Steps in increasing order, each begun and ended.
  void Begin(size_t step);  // what lives from here on is there
  void End(size_t step);    // what lived up to here is gone

  int64_t live_bytes() const { return live_; }

 private:
  CachingAllocator& allocator_;
  std::vector<Interval> intervals_;  // by first step
  std::vector<int32_t> by_last_;     // indices
  std::vector<int32_t> blocks_;
  size_t begun_ = 0;
  size_t ended_ = 0;
  int64_t live_ = 0;
};

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_REPLAY_H_
