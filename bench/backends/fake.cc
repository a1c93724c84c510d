#include "bench/backends/fake.h"

#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "analyzer/features/graph_features.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "bench/harness/random.h"
#include "bench/harness/rough_latency.h"

namespace latcast::bench {
namespace {

// The run in which a graph hangs, crashes or loses the device: in the midst of warming up.
constexpr int kFatalRun = 3;
// Runs of a graph that is throttled, and their part of the usual clock.
constexpr int kThrottledRuns[] = {6, 8};
constexpr double kThrottledClock = 1.0 / 3.0;
constexpr double kClock_mhz = 1500.0;

enum class Fate : uint8_t { kNone, kHang, kCrash, kVanish, kThrottle };

class FakeRunnable final : public Runnable {
 public:
  FakeRunnable(double latency_ms, std::vector<double> part_ms, double noise, Fate fate,
               Random random, Clock& clock)
      : latency_ms_(latency_ms),
        part_ms_(std::move(part_ms)),
        noise_(noise),
        fate_(fate),
        random_(std::move(random)),
        clock_(clock) {}

  absl::StatusOr<Measurement> MeasureOnce() override {
    ++runs_;
    if (fate_ == Fate::kThrottle) return Run(IsThrottled() ? kThrottledClock : 1.0);
    if (runs_ == kFatalRun && fate_ != Fate::kNone) return MeetFate();
    return Run(1.0);
  }

  absl::StatusOr<std::vector<double>> MeasureParts() override {
    std::vector<double> parts;
    for (const double part : part_ms_) parts.push_back(part * (1.0 + noise_ * random_.Uniform()));
    return parts;
  }

 private:
  bool IsThrottled() const { return runs_ >= kThrottledRuns[0] && runs_ <= kThrottledRuns[1]; }

  Measurement Run(double speed) {
    Measurement run;
    run.ms = latency_ms_ * (1.0 + noise_ * random_.Uniform()) / speed;
    run.clock_mhz = kClock_mhz * speed;
    if (run.ms > 0.0) clock_.SleepNs(static_cast<int64_t>(run.ms * 1e6));
    return run;
  }

  absl::Status MeetFate() const {
    while (fate_ == Fate::kHang) std::this_thread::sleep_for(std::chrono::hours(1));
    if (fate_ == Fate::kCrash) std::abort();
    return absl::UnavailableError("told to lose the device");
  }

  double latency_ms_;
  std::vector<double> part_ms_;
  double noise_;
  Fate fate_;
  int runs_ = 0;
  Random random_;
  Clock& clock_;
};

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(const FakeOptions& options) : options_(options) {
    if (options.realtime) {
      clock_ = std::make_unique<SteadyClock>();
    } else {
      clock_ = std::make_unique<ManualClock>();
    }
  }

  std::string device() const override { return "fake"; }

  MeasuringMode mode() const override {
    MeasuringMode mode;
    mode.threads = options_.threads;
    return mode;
  }

  std::map<std::string, std::string> settings() const override {
    return {{"noise", FormatExact(options_.noise)}, {"scale", FormatExact(options_.scale)}};
  }

  std::map<std::string, std::string> provenance() const override { return {}; }

  Clock& clock() override { return *clock_; }

  int64_t FreeMemoryBytes() const override { return 0; }

  absl::StatusOr<std::unique_ptr<Runnable>> Prepare(const graph::Graph& graph,
                                                    Weights /*weights*/) override {
    const auto is_named = [&graph](const std::string& part) {
      return !part.empty() && absl::StrContains(graph.name, part);
    };
    if (is_named(options_.fail)) return absl::InternalError("told to fail");
    ASSIGN_OR_RETURN(const features::GraphFeatures features,
                     features::ComputeFeatures(graph, {.threads = options_.threads}));
    // Every visit has noise of its own.
    Random random(options_.seed * 1000003 + ++prepared_);
    const double count = static_cast<double>(prepared_);
    double slowness = options_.scale;
    if (count >= options_.drift_from && count <= options_.drift_to) slowness *= options_.drift;
    if (is_named(options_.unsteady)) slowness *= ++unsteady_visits_;
    const double latency_ms = slowness * RoughLatencyMs(features.total);
    if (latency_ms > options_.oom_above_ms) {
      return absl::ResourceExhaustedError(
          absl::StrCat("told to have no memory above ", options_.oom_above_ms, " ms"));
    }
    std::vector<double> part_ms;
    for (const FeatureVector& op : features.ops) {
      part_ms.push_back(slowness * RoughLatencyMs(op));
    }
    const double told_ms = is_named(options_.nan)    ? std::numeric_limits<double>::quiet_NaN()
                           : is_named(options_.zero) ? 0.0
                                                     : latency_ms;
    const Fate fate = is_named(options_.hang)       ? Fate::kHang
                      : is_named(options_.crash)    ? Fate::kCrash
                      : is_named(options_.vanish)   ? Fate::kVanish
                      : is_named(options_.throttle) ? Fate::kThrottle
                                                    : Fate::kNone;
    return std::make_unique<FakeRunnable>(told_ms, std::move(part_ms), options_.noise, fate,
                                          std::move(random), *clock_);
  }

 private:
  FakeOptions options_;
  std::unique_ptr<Clock> clock_;
  uint64_t prepared_ = 0;
  int unsteady_visits_ = 0;
};

absl::StatusOr<double> NotNegative(std::string_view value) {
  ASSIGN_OR_RETURN(const double number, ParseDouble(value));
  if (!(number >= 0.0)) {
    return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(value), "' is negative"));
  }
  return number;
}

absl::Status SetOption(std::string_view key, std::string_view value, FakeOptions& options) {
  const std::map<std::string_view, double*> numbers = {
      {"scale", &options.scale},
      {"noise", &options.noise},
      {"oom_above_ms", &options.oom_above_ms},
      {"drift", &options.drift},
      {"drift_from", &options.drift_from},
      {"drift_to", &options.drift_to},
  };
  const std::map<std::string_view, std::string*> names = {
      {"fail", &options.fail},         {"nan", &options.nan},           {"zero", &options.zero},
      {"hang", &options.hang},         {"crash", &options.crash},       {"vanish", &options.vanish},
      {"throttle", &options.throttle}, {"unsteady", &options.unsteady},
  };
  if (const auto number = numbers.find(key); number != numbers.end()) {
    ASSIGN_OR_RETURN(*number->second, NotNegative(value));
  } else if (const auto name = names.find(key); name != names.end()) {
    *name->second = value;
  } else if (key == "realtime") {
    options.realtime = value != "0";
  } else {
    std::vector<std::string_view> known = {"realtime"};
    for (const auto& [known_key, unused] : numbers) known.push_back(known_key);
    for (const auto& [known_key, unused] : names) known.push_back(known_key);
    return absl::InvalidArgumentError(absl::StrCat("unknown option", DidYouMean(key, known)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FakeOptions> ParseFakeOptions(std::string_view text) {
  FakeOptions options;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(text), ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    RETURN_IF_ERROR(Annotate(SetOption(ToStd(pair.first), ToStd(pair.second), options),
                             absl::StrCat("fake device: ", pair.first)));
  }
  return options;
}

std::unique_ptr<Backend> MakeFakeBackend(const FakeOptions& options) {
  return std::make_unique<FakeBackend>(options);
}

}  // namespace latcast::bench
