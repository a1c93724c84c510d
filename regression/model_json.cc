#include "regression/model_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/json_reader.h"

namespace latcast::regression {
namespace {

using nlohmann::json;
using Ordered = nlohmann::ordered_json;

// A negative zero equals zero, so it is written as zero.
double Number(double value) { return value == 0.0 ? 0.0 : value; }

Ordered ToJson(const Accuracy& a) {
  return {{"n", a.n},
          {"mdre", Number(a.mdre)},
          {"mape", Number(a.mape)},
          {"in10", Number(a.in10)},
          {"tau", Number(a.tau)},
          {"r2", Number(a.r2)}};
}

Ordered ToJson(const Mode& mode) {
  return {{"metric", mode.metric},
          {"precision", mode.precision},
          {"execution", mode.execution},
          {"layout", mode.layout},
          {"threads", mode.threads}};
}

Ordered ToJson(const std::vector<double>& values) {
  Ordered out = Ordered::array();
  for (const double value : values) out.push_back(Number(value));
  return out;
}

Ordered ToJson(const TwoPiece& piece) {
  return {{"breakpoint_ms", Number(piece.breakpoint_ms)},
          {"slope", Number(piece.slope)},
          {"offset_ms", Number(piece.offset_ms)}};
}

Ordered ToJson(const Correction& correction) {
  Ordered out = {{"size_length", Number(correction.size_length)}, {"inputs", Ordered::array()}};
  for (const CorrectionInput& input : correction.inputs) {
    out["inputs"].push_back({{"feature", Info(input.feature).name},
                             {"offset", Number(input.offset)},
                             {"length", Number(input.length)}});
  }
  out["bound"] = Number(correction.bound);
  out["weights"] = ToJson(correction.weights);
  out["at"] = ToJson(correction.at);
  return out;
}

Ordered ToJson(const IntervalScale& scale) {
  return {{"reference_ms", Number(scale.reference_ms)},
          {"size_exponent", Number(scale.size_exponent)},
          {"leverage_gain", Number(scale.leverage_gain)},
          {"distance_gain", Number(scale.distance_gain)}};
}

Ordered ToJson(const Leverage& leverage) {
  return {{"factor", ToJson(leverage.factor.numbers())}, {"limit", Number(leverage.limit)}};
}

}  // namespace

Ordered ToJson(const LatencyModel& model) {
  Ordered out = {{"family", model.family},
                 {"feature_set", model.feature_set},
                 {"mode", ToJson(model.mode)},
                 {"intercept_ms", Number(model.intercept_ms)},
                 {"terms", Ordered::array()}};
  for (const Term& term : model.terms) {
    out["terms"].push_back(
        {{"feature", Info(term.feature).name}, {"coefficient", Number(term.coefficient)}});
  }
  if (model.two_piece) out["two_piece"] = ToJson(*model.two_piece);
  if (model.correction) out["correction"] = ToJson(*model.correction);
  out["abs_log_ratios"] = ToJson(model.abs_log_ratios);
  if (model.interval_scale) out["interval_scale"] = ToJson(*model.interval_scale);
  if (model.leverage) out["leverage"] = ToJson(*model.leverage);
  out["domain"] = Ordered::array();
  for (const FeatureRange& range : model.domain) {
    out["domain"].push_back({{"feature", Info(range.feature).name},
                             {"min", Number(range.min)},
                             {"max", Number(range.max)}});
  }
  out["domain_per_kernel"] = model.domain_per_kernel;
  out["min_latency_ms"] = Number(model.min_latency_ms);
  out["max_latency_ms"] = Number(model.max_latency_ms);
  out["in_sample"] = ToJson(model.in_sample);
  out["cross_validated"] = ToJson(model.cross_validated);
  if (model.leave_group_out) out["leave_group_out"] = ToJson(*model.leave_group_out);
  return out;
}

namespace {

absl::Status Read(const json& value, std::string path, Accuracy& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("n", out.n);
  reader.Read("mdre", out.mdre);
  reader.Read("mape", out.mape);
  reader.Read("in10", out.in10);
  reader.Read("tau", out.tau);
  reader.Read("r2", out.r2);
  return reader.Finish();
}

absl::Status Read(const json& value, std::string path, Mode& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("metric", out.metric);
  reader.Read("precision", out.precision);
  reader.Read("execution", out.execution);
  reader.Read("layout", out.layout);
  reader.Read("threads", out.threads);
  return reader.Finish();
}

absl::Status Read(const json& value, std::string path, TwoPiece& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("breakpoint_ms", out.breakpoint_ms);
  reader.Read("slope", out.slope);
  reader.Read("offset_ms", out.offset_ms);
  return reader.Finish();
}

absl::Status ResolveFeature(const std::string& name, const std::string& path, Feature& out) {
  const std::optional<Feature> feature = FindFeature(name);
  if (!feature) {
    return absl::InvalidArgumentError(absl::StrCat(path, ".feature: unknown feature '", name, "'",
                                                   DidYouMean(name, FeatureNames())));
  }
  out = *feature;
  return absl::OkStatus();
}

absl::Status Read(const json& value, const std::string& path, Term& out) {
  ObjectReader reader(value, path);
  std::string feature;
  reader.Read("feature", feature);
  reader.Read("coefficient", out.coefficient);
  RETURN_IF_ERROR(reader.Finish());
  return ResolveFeature(feature, path, out.feature);
}

absl::Status Read(const json& value, const std::string& path, FeatureRange& out) {
  ObjectReader reader(value, path);
  std::string feature;
  reader.Read("feature", feature);
  reader.Read("min", out.min);
  reader.Read("max", out.max);
  RETURN_IF_ERROR(reader.Finish());
  return ResolveFeature(feature, path, out.feature);
}

absl::Status Read(const json& value, const std::string& path, double& out) {
  ASSIGN_OR_RETURN(out, ReadNumber(value, path));
  return absl::OkStatus();
}

absl::Status Read(const json& value, const std::string& path, CorrectionInput& out);
absl::Status Read(const json& value, std::string path, Correction& out);
absl::Status Read(const json& value, std::string path, IntervalScale& out);
absl::Status Read(const json& value, std::string path, Leverage& out);

template <typename T>
void ReadInto(ObjectReader& reader, const char* field, T& out) {
  reader.ReadObject(field, [&](const json& value, std::string path) {
    return Read(value, std::move(path), out);
  });
}

template <typename T>
void ReadInto(ObjectReader& reader, const char* field, std::optional<T>& out) {
  if (reader.Has(field)) ReadInto(reader, field, out.emplace());
}

template <typename T>
void ReadInto(ObjectReader& reader, const char* field, std::vector<T>& out) {
  reader.ReadArray(field, [&](const json& value, std::string path) {
    return Read(value, std::move(path), out.emplace_back());
  });
}

absl::Status Read(const json& value, const std::string& path, CorrectionInput& out) {
  ObjectReader reader(value, path);
  std::string feature;
  reader.Read("feature", feature);
  reader.Read("offset", out.offset);
  reader.Read("length", out.length);
  RETURN_IF_ERROR(reader.Finish());
  return ResolveFeature(feature, path, out.feature);
}

absl::Status Read(const json& value, std::string path, Correction& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("size_length", out.size_length);
  ReadInto(reader, "inputs", out.inputs);
  reader.Read("bound", out.bound);
  ReadInto(reader, "weights", out.weights);
  ReadInto(reader, "at", out.at);
  return reader.Finish();
}

absl::Status Read(const json& value, std::string path, IntervalScale& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("reference_ms", out.reference_ms);
  reader.Read("size_exponent", out.size_exponent);
  reader.Read("leverage_gain", out.leverage_gain);
  reader.Read("distance_gain", out.distance_gain);
  return reader.Finish();
}

absl::Status Read(const json& value, std::string path, Leverage& out) {
  ObjectReader reader(value, std::move(path));
  std::vector<double> factor;
  ReadInto(reader, "factor", factor);
  out.factor = Triangle(std::move(factor));
  reader.Read("limit", out.limit);
  return reader.Finish();
}

}  // namespace

absl::Status ReadModel(const json& value, std::string path, LatencyModel& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("family", out.family);
  reader.Read("feature_set", out.feature_set);
  ReadInto(reader, "mode", out.mode);
  reader.Read("intercept_ms", out.intercept_ms);
  ReadInto(reader, "terms", out.terms);
  ReadInto(reader, "two_piece", out.two_piece);
  ReadInto(reader, "correction", out.correction);
  ReadInto(reader, "abs_log_ratios", out.abs_log_ratios);
  ReadInto(reader, "interval_scale", out.interval_scale);
  ReadInto(reader, "leverage", out.leverage);
  ReadInto(reader, "domain", out.domain);
  reader.Read("domain_per_kernel", out.domain_per_kernel);
  reader.Read("min_latency_ms", out.min_latency_ms);
  reader.Read("max_latency_ms", out.max_latency_ms);
  ReadInto(reader, "in_sample", out.in_sample);
  ReadInto(reader, "cross_validated", out.cross_validated);
  ReadInto(reader, "leave_group_out", out.leave_group_out);
  return reader.Finish();
}

}  // namespace latcast::regression
