#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/json_reader.h"
#include "regression/profile.h"

namespace latcast::regression {
namespace {

constexpr std::array<const char*, 3> kFields = {"a", "b", "c"};
constexpr std::array<Feature, 3> kFeatures = {Feature::kActs, Feature::kInp, Feature::kFlops};

}  // namespace

absl::StatusOr<LatencyModel> ParseClassicPredictor(std::string_view text) {
  ASSIGN_OR_RETURN(const nlohmann::json value, ParseJson(text));
  LatencyModel model;
  model.family = "classic";
  model.feature_set = "classic";
  ObjectReader reader(value, "");
  for (size_t i = 0; i < kFields.size(); ++i) {
    Term& term = model.terms.emplace_back();
    term.feature = kFeatures[i];
    reader.Read(kFields[i], term.coefficient);
  }
  TwoPiece two_piece;
  reader.Read("d", model.intercept_ms);
  reader.Read("breakpoint", two_piece.breakpoint_ms);
  reader.Read("slope", two_piece.slope);
  reader.Read("offset", two_piece.offset_ms);
  RETURN_IF_ERROR(reader.Finish());
  if (two_piece.breakpoint_ms != 0.0) model.two_piece = two_piece;
  RETURN_IF_ERROR(Validate(model));
  return model;
}

absl::StatusOr<std::string> FormatClassicPredictor(const LatencyModel& model) {
  nlohmann::ordered_json out = {{"a", 0.0}, {"b", 0.0}, {"c", 0.0}};
  if (model.feature_set != "classic") {
    return absl::FailedPreconditionError(
        absl::StrCat("predictor.json holds the classic features acts, inp, flops; this model is "
                     "of the set '",
                     model.feature_set, "'"));
  }
  for (const Term& term : model.terms) {
    const auto it = std::find(kFeatures.begin(), kFeatures.end(), term.feature);
    if (it == kFeatures.end()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "predictor.json has no place for the feature '", ToAbsl(Info(term.feature).name), "'"));
    }
    out[kFields[static_cast<size_t>(it - kFeatures.begin())]] = term.coefficient;
  }
  const TwoPiece two_piece = model.two_piece.value_or(TwoPiece{});
  out["d"] = model.intercept_ms;
  out["breakpoint"] = two_piece.breakpoint_ms;
  out["slope"] = two_piece.slope;
  out["offset"] = two_piece.offset_ms;
  return out.dump(2) + "\n";
}

}  // namespace latcast::regression
