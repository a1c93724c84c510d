#include "bench/plan/candidate_pool.h"

#include <utility>

#include "analyzer/blocks/block_library.h"
#include "base/status_macros.h"
#include "bench/harness/random.h"
#include "bench/plan/random_block.h"

namespace latcast::bench {
namespace {

// Of a block by guess: the shortest are all overhead, the longest eat the budget.
constexpr double kMinLatency_ms = 0.08;
constexpr double kMaxLatency_ms = 250.0;
constexpr int kTriesPerCandidate = 20;

// What a random draw would not hit: the heaviest convolutions of VGG; the fully connected layers of
// VGG and AlexNet, whose weights come from memory, and those behind a global pooling; a layer of
// ViT-B/16; pooling to more than one element, which is a kernel of its own and so rare that a few
// points are enough.
constexpr const char* kFixed[] = {
    "block:Classifier?batch=1&in=25088&hidden=0&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=9216&hidden=4096&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=4096&hidden=0&hidden_layers=1&out=4096",
    "block:Classifier?batch=1&in=2048&hidden=0&hidden_layers=1&out=1000",
    "block:VggStage?batch=1&cin=128&h=56&w=56&cout=256&convs=2&bn=0",
    "block:TransformerEncoder?batch=1&tokens=197&dim=768&heads=12&hidden=3072",
    "block:GlobalPool?batch=1&cin=512&h=14&w=14&out=7",
    "block:GlobalPool?batch=4&cin=256&h=7&w=7&out=7",
    "block:GlobalPool?batch=2&cin=384&h=28&w=28&out=7",
};

}  // namespace

PoolEntry ToPoolEntry(const Candidate& candidate, const PlanOptions& options) {
  PoolEntry entry;
  entry.item = candidate.item;
  entry.features = candidate.features;
  entry.rough_ms = candidate.rough_ms;
  entry.cost_s = RoughCostSeconds(candidate, options.passes, options.sampling);
  entry.has_single_image = candidate.features[Feature::kBatch] == 1.0;
  for (const graph::Op& op : candidate.graph.ops) entry.op_types.insert(op.type);
  return entry;
}

absl::StatusOr<CandidatePool> DrawPool(const PlanOptions& options, double max_cost_s) {
  CandidatePool pool;
  pool.fixed = std::size(kFixed);
  std::set<std::string> specs;
  const auto admit = [&](PoolEntry entry) {
    if (!specs.insert(entry.item.spec).second) return false;
    pool.entries.push_back(std::move(entry));
    return true;
  };
  for (const char* spec : kFixed) {
    ASSIGN_OR_RETURN(const Candidate candidate, Examine(spec, options.threads));
    PoolEntry entry = ToPoolEntry(candidate, options);
    pool.op_types.insert(entry.op_types.begin(), entry.op_types.end());
    admit(std::move(entry));
  }
  Random random(options.seed);
  for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
    pool.families.emplace_back(family.name);
    size_t left = options.pool_per_family;
    for (size_t tries = left * kTriesPerCandidate; left > 0 && tries > 0; --tries) {
      const blocks::BlockSpec block = {std::string(family.name), &family,
                                       RandomArguments(family, random)};
      const absl::StatusOr<Candidate> candidate = Examine(block.ToString(), options.threads);
      if (!candidate.ok() || candidate->rough_ms < kMinLatency_ms ||
          candidate->rough_ms > kMaxLatency_ms || candidate->peak_bytes > options.memory_bytes) {
        continue;
      }
      PoolEntry entry = ToPoolEntry(*candidate, options);
      pool.op_types.insert(entry.op_types.begin(), entry.op_types.end());
      if (entry.cost_s <= max_cost_s && admit(std::move(entry))) --left;
    }
  }
  return pool;
}

}  // namespace latcast::bench
