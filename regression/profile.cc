#include "regression/profile.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
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
  if (model.two_piece) {
    out["two_piece"] = {{"breakpoint_ms", Number(model.two_piece->breakpoint_ms)},
                        {"slope", Number(model.two_piece->slope)},
                        {"offset_ms", Number(model.two_piece->offset_ms)}};
  }
  out["abs_log_ratios"] = Ordered::array();
  for (const double ratio : model.abs_log_ratios) out["abs_log_ratios"].push_back(Number(ratio));
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

absl::Status Read(const json& value, std::string path, LatencyModel& out);

template <typename T>
void ReadInto(ObjectReader& reader, const char* field, T& out) {
  reader.ReadObject(field, [&](const json& value, std::string path) {
    return Read(value, std::move(path), out);
  });
}

template <typename T>
void ReadInto(ObjectReader& reader, const char* field, std::vector<T>& out) {
  reader.ReadArray(field, [&](const json& value, std::string path) {
    return Read(value, std::move(path), out.emplace_back());
  });
}

absl::Status Read(const json& value, std::string path, LatencyModel& out) {
  ObjectReader reader(value, std::move(path));
  reader.Read("family", out.family);
  reader.Read("feature_set", out.feature_set);
  ReadInto(reader, "mode", out.mode);
  reader.Read("intercept_ms", out.intercept_ms);
  ReadInto(reader, "terms", out.terms);
  if (reader.Has("two_piece")) ReadInto(reader, "two_piece", out.two_piece.emplace());
  ReadInto(reader, "abs_log_ratios", out.abs_log_ratios);
  ReadInto(reader, "domain", out.domain);
  reader.Read("domain_per_kernel", out.domain_per_kernel);
  reader.Read("min_latency_ms", out.min_latency_ms);
  reader.Read("max_latency_ms", out.max_latency_ms);
  ReadInto(reader, "in_sample", out.in_sample);
  ReadInto(reader, "cross_validated", out.cross_validated);
  if (reader.Has("leave_group_out")) {
    ReadInto(reader, "leave_group_out", out.leave_group_out.emplace());
  }
  return reader.Finish();
}

}  // namespace

absl::StatusOr<DeviceProfile> ParseProfile(std::string_view text) {
  ASSIGN_OR_RETURN(const json value, ParseJson(text));
  ObjectReader reader(value, "");
  int schema_version = kProfileSchemaVersion;
  reader.Read("schema_version", schema_version);
  if (schema_version != kProfileSchemaVersion) {
    return absl::FailedPreconditionError(absl::StrCat("schema_version: ", schema_version,
                                                      "; this program reads version ",
                                                      kProfileSchemaVersion));
  }
  DeviceProfile profile;
  reader.Read("device", profile.device);
  reader.Read("description", profile.description);
  reader.Read("provenance", profile.provenance);
  ReadInto(reader, "models", profile.models);
  RETURN_IF_ERROR(reader.Finish());
  RETURN_IF_ERROR(Validate(profile));
  return profile;
}

absl::StatusOr<DeviceProfile> ReadProfile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Annotate(ParseProfile(text), path);
}

std::string FormatProfile(const DeviceProfile& profile) {
  Ordered out = {{"schema_version", kProfileSchemaVersion},
                 {"device", profile.device},
                 {"description", profile.description},
                 {"provenance", profile.provenance},
                 {"models", Ordered::array()}};
  for (const LatencyModel& model : profile.models) out["models"].push_back(ToJson(model));
  return out.dump(2, ' ', false, Ordered::error_handler_t::replace) + "\n";
}

std::string ModelHash(const LatencyModel& model) {
  // FNV-1a, 64 bits, of the compact JSON.
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : ToJson(model).dump(-1, ' ', false, Ordered::error_handler_t::replace)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return absl::StrFormat("%016x", hash);
}

}  // namespace latcast::regression
