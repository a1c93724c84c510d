#include "server/core/block_cache.h"

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "server/core/limits.h"

namespace latcast::server {
namespace {

absl::StatusOr<FeatureVector> Compute(std::string_view spec, int threads) {
  if (spec.size() > kMaxSpecBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a block spec of ", spec.size(), " bytes; at most ", kMaxSpecBytes));
  }
  ASSIGN_OR_RETURN(const graph::Graph graph, blocks::BuildBlock(spec));
  ASSIGN_OR_RETURN(const features::GraphFeatures result,
                   features::ComputeFeatures(graph, {.threads = threads}));
  return result.total;
}

}  // namespace

absl::StatusOr<FeatureVector> BlockCache::Features(std::string_view spec, int threads) {
  std::string key = absl::StrCat(threads, " ", ToAbsl(spec));
  {
    std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->second;
    }
  }
  ASSIGN_OR_RETURN(const FeatureVector features, Compute(spec, threads));
  std::lock_guard lock(mutex_);
  if (index_.contains(key)) return features;  // another thread was faster
  entries_.emplace_front(std::move(key), features);
  index_[entries_.front().first] = entries_.begin();
  if (entries_.size() > capacity_) {
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }
  return features;
}

size_t BlockCache::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace latcast::server
