// What PyTorch's CUDA caching allocator takes from the device for a sequence of tensors.
//
// It hands out blocks of whole 512 bytes, cut from segments it never gives back: 2 MiB segments for
// requests up to 1 MiB, 20 MiB segments for those below 10 MiB, whole 2 MiB for larger ones. The
// smallest free block that fits is taken, at the lowest address, and split where enough remains
// (512 bytes in small segments, more than 1 MiB in large ones); free neighbours merge.
// (c10/cuda/CUDACachingAllocator.cpp; without PYTORCH_CUDA_ALLOC_CONF, streams and out-of-memory
// retries.)
#ifndef LATCAST_ANALYZER_MEMORY_ALLOCATOR_H_
#define LATCAST_ANALYZER_MEMORY_ALLOCATOR_H_

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

namespace latcast::memory {

class CachingAllocator {
 public:
  // A block for a tensor; kNothing for one without bytes. `bytes` up to 2^62.
  int32_t Allocate(int64_t bytes);
  void Free(int32_t block);

  int64_t allocated_bytes() const { return allocated_; }  // in whole 512 bytes
  int64_t reserved_bytes() const { return reserved_; }    // all segments: never shrinks

  static constexpr int32_t kNothing = -1;

 private:
  struct Block {
    int32_t segment = 0;
    int64_t offset = 0;
    int64_t bytes = 0;
    bool is_small = false;
    bool is_free = false;
    int32_t before = kNothing;  // neighbours in the segment
    int32_t after = kNothing;
  };
  using Key = std::tuple<int64_t, int32_t, int64_t, int32_t>;  // bytes, segment, offset, block

  Key KeyOf(int32_t block) const;
  std::set<Key>& FreeBlocks(const Block& block) { return block.is_small ? small_ : large_; }
  int32_t NewSegment(int64_t bytes, bool is_small);
  void Split(int32_t block, int64_t bytes);
  void MergeWithNext(int32_t block);

  std::vector<Block> blocks_;
  std::set<Key> small_;
  std::set<Key> large_;
  int32_t segments_ = 0;
  int64_t allocated_ = 0;
  int64_t reserved_ = 0;
};

}  // namespace latcast::memory

#endif  // LATCAST_ANALYZER_MEMORY_ALLOCATOR_H_
