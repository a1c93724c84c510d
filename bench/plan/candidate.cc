#include "bench/plan/candidate.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/import/load_model.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/harness/rough_latency.h"
#include "bench/plan/memory_estimate.h"

namespace latcast::bench {
namespace {

// Filling parameters with random numbers: elements a second, page faults included.
constexpr double kFillRate = 2.5e8;
constexpr double kPrepareOverhead_s = 30e-3;  // copies of small parameters included
// What a visit takes beside preparing and running: settling of the smallest points.
constexpr double kVisitOverhead_s = 0.05;
// Cores of shared machines against those of the guesses.
constexpr double kSlowness = 2.0;

}  // namespace

absl::StatusOr<Candidate> Examine(std::string_view spec, int threads) {
  const std::string where(spec);
  Candidate candidate;
  candidate.item.spec = where;
  candidate.item.group = kNetworkGroup;
  if (absl::StartsWith(ToAbsl(spec), "block:")) {
    ASSIGN_OR_RETURN(const blocks::BlockSpec block, blocks::ParseBlockSpec(spec));
    candidate.item.group = std::string(block.family->name);
  }
  ASSIGN_OR_RETURN(candidate.graph, import::LoadModel(spec));
  ASSIGN_OR_RETURN(
      const features::GraphFeatures features,
      Annotate(features::ComputeFeatures(candidate.graph, {.threads = threads}), where));
  candidate.features = features.total;
  candidate.rough_ms = RoughLatencyMs(features.total);
  candidate.prepare_s = kPrepareOverhead_s + features.total[Feature::kWeights] / kFillRate;
  candidate.peak_bytes = EstimatePeakBytes(candidate.graph);
  return candidate;
}

std::optional<std::string> HalfBatch(std::string_view spec) {
  if (!absl::StartsWith(ToAbsl(spec), "block:")) return std::nullopt;
  absl::StatusOr<blocks::BlockSpec> block = blocks::ParseBlockSpec(spec);
  if (!block.ok()) return std::nullopt;
  const auto batch = block->arguments.find("batch");
  if (batch == block->arguments.end() || batch->second < 2) return std::nullopt;
  batch->second /= 2;
  return block->ToString();
}

double RoughCostSeconds(const Candidate& candidate, int passes, const SamplingSettings& sampling) {
  const double runs = static_cast<double>(2 * sampling.warmup_window + sampling.min_samples);
  return passes *
         (kVisitOverhead_s + candidate.prepare_s + runs * kSlowness * candidate.rough_ms * 1e-3);
}

}  // namespace latcast::bench
