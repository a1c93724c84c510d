#include "bench/harness/visit.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <map>

namespace latcast::bench {
namespace {

constexpr std::string_view kOutcomeNames[] = {"ok", "unstable", "oom", "failed"};

}  // namespace

std::string_view Name(Outcome outcome) { return kOutcomeNames[static_cast<size_t>(outcome)]; }

std::optional<Outcome> FindOutcome(std::string_view name) {
  for (size_t i = 0; i < std::size(kOutcomeNames); ++i) {
    if (kOutcomeNames[i] == name) return static_cast<Outcome>(i);
  }
  return std::nullopt;
}

std::optional<double> PassNoise(std::vector<double> pass_medians) {
  if (pass_medians.size() < 2) return std::nullopt;
  std::sort(pass_medians.begin(), pass_medians.end());
  const size_t majority = pass_medians.size() / 2 + 1;
  double noise = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i + majority <= pass_medians.size(); ++i) {
    const double low = pass_medians[i];
    const double high = pass_medians[i + majority - 1];
    noise = std::min(noise, (high - low) / ((high + low) / 2.0));
  }
  return noise;
}

PointResult Merge(std::span<const Visit* const> visits, double unstable_above) {
  assert(!visits.empty());
  PointResult result;
  result.id = visits.front()->id;
  std::vector<double> samples;
  std::vector<double> medians;
  for (const Visit* visit : visits) {
    ++result.passes;
    result.runs += visit->runs;
    result.disturbed_runs += visit->disturbed_runs;
    samples.insert(samples.end(), visit->samples_ms.begin(), visit->samples_ms.end());
    if (!visit->samples_ms.empty()) medians.push_back(Median(visit->samples_ms));
    if (visit->outcome > result.outcome) {
      result.outcome = visit->outcome;
      result.message = visit->message;
    }
  }
  result.statistics = Summarize(samples);
  result.noise = PassNoise(std::move(medians));
  if (result.outcome == Outcome::kOk && result.noise.value_or(0.0) > unstable_above) {
    result.outcome = Outcome::kUnstable;
    result.message = "the passes disagree";
  }
  return result;
}

std::vector<PointResult> MergeAll(std::span<const Visit> visits, double unstable_above) {
  // What was measured instead of a point is a visit of its own.
  std::vector<Visit> parts;
  std::vector<std::string> instead_of;
  for (const Visit& visit : visits) {
    parts.push_back(visit);
    instead_of.emplace_back();
    if (visit.instead.empty()) continue;
    parts.back().samples_ms.clear();
    parts.push_back(visit);
    parts.back().id = visit.instead;
    parts.back().outcome = Outcome::kOk;
    parts.back().message.clear();
    instead_of.push_back(visit.id);
  }
  std::vector<std::vector<const Visit*>> points;
  std::vector<std::string> origins;
  std::map<std::string_view, size_t> index;
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto [it, is_new] = index.try_emplace(parts[i].id, points.size());
    if (is_new) {
      points.emplace_back();
      origins.push_back(instead_of[i]);
    }
    points[it->second].push_back(&parts[i]);
  }
  std::vector<PointResult> results;
  for (size_t i = 0; i < points.size(); ++i) {
    results.push_back(Merge(points[i], unstable_above));
    results.back().instead_of = std::move(origins[i]);
  }
  return results;
}

}  // namespace latcast::bench
