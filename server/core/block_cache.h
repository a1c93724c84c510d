// Features of blocks by their spec. A search asks for the same blocks again and again, and building
// a block's graph takes far longer than its forecast.
#ifndef LATCAST_SERVER_CORE_BLOCK_CACHE_H_
#define LATCAST_SERVER_CORE_BLOCK_CACHE_H_

#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/status/statusor.h"
#include "base/features.h"

namespace latcast::server {

// Thread-safe. Keeps the `capacity` specs asked for last; an entry takes about half a KiB.
class BlockCache {
 public:
  explicit BlockCache(size_t capacity = 16'384) : capacity_(capacity) {}

  // Features of one block where the model's mode has so many threads. Fails as ParseBlockSpec,
  // BuildBlock and ComputeFeatures do, and with INVALID_ARGUMENT for a spec that is too long;
  // failures are not kept.
  absl::StatusOr<FeatureVector> Features(std::string_view spec, int threads);

  size_t size() const;

 private:
  using Entry = std::pair<std::string, FeatureVector>;

  const size_t capacity_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the one asked for last in front
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // keys lie in entries_
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_BLOCK_CACHE_H_
