#include "bench/harness/visit.h"

#include <algorithm>
#include <cassert>
#include <deque>
#include <limits>
#include <map>

#include "bench/harness/drift.h"

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
    result.discarded_runs += visit->discarded_runs;
    if (!visit->stop.empty()) result.stop = visit->stop;
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
  struct Parts {
    std::string instead_of;
    std::vector<const Visit*> steady;
    std::vector<const Visit*> drifted;
    std::vector<double> slowdowns;  // of the drifted ones
  };
  const Drift drift = FindDrift(visits);
  std::deque<Visit> changed;  // visits other than they were made
  std::vector<Parts> points;
  std::map<std::string_view, size_t> index;
  const auto add = [&](const Visit& visit, const std::string& instead_of, double slowdown) {
    const auto [it, is_new] = index.try_emplace(visit.id, points.size());
    if (is_new) points.push_back({instead_of, {}, {}, {}});
    Parts& parts = points[it->second];
    if (slowdown == 1.0) {
      parts.steady.push_back(&visit);
      return;
    }
    Visit& corrected = changed.emplace_back(visit);
    for (double& sample_ms : corrected.samples_ms) sample_ms /= slowdown;
    parts.drifted.push_back(&corrected);
    parts.slowdowns.push_back(slowdown);
  };
  for (size_t i = 0; i < visits.size(); ++i) {
    const Visit& visit = visits[i];
    if (visit.is_probe) continue;
    // What went wrong went wrong, drift or not.
    const double slowdown = visit.outcome <= Outcome::kUnstable ? drift.slowdown[i] : 1.0;
    if (visit.instead.empty()) {
      add(visit, "", slowdown);
      continue;
    }
    // An out-of-memory visit without samples, and what they are of.
    Visit& planned = changed.emplace_back(visit);
    planned.samples_ms.clear();
    add(planned, "", 1.0);
    Visit& instead = changed.emplace_back(visit);
    instead.id = visit.instead;
    instead.outcome = Outcome::kOk;
    instead.message.clear();
    add(instead, visit.id, drift.slowdown[i]);
  }
  std::vector<PointResult> results;
  for (Parts& parts : points) {
    const bool is_all_drifted = parts.steady.empty();
    PointResult result = Merge(is_all_drifted ? parts.drifted : parts.steady, unstable_above);
    result.instead_of = std::move(parts.instead_of);
    result.drifted_visits = parts.drifted.size();
    if (is_all_drifted) result.slowdown = Median(parts.slowdowns);
    results.push_back(std::move(result));
  }
  return results;
}

std::optional<double> NoiseFloor(std::span<const PointResult> results) {
  std::vector<double> noises;
  for (const PointResult& result : results) {
    if (result.noise.has_value()) noises.push_back(*result.noise);
  }
  if (noises.empty()) return std::nullopt;
  return Median(noises);
}

}  // namespace latcast::bench
