#include "clients/cli/wording.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/features.h"
#include "base/units.h"

namespace latcast::cli {

std::string ErrorText(double predicted_ms, double measured_ms) {
  const double percent = 100.0 * (predicted_ms / measured_ms - 1.0);
  return std::abs(percent) < 0.05 ? "0.0 %" : absl::StrFormat("%+.1f %%", percent);
}

std::string AccuracyText(const regression::Accuracy& accuracy) {
  return absl::StrCat("n ", accuracy.n, ", MdRE ", FormatPercent(accuracy.mdre), ", MAPE ",
                      FormatPercent(accuracy.mape), ", within 10 %: ", FormatPercent(accuracy.in10),
                      absl::StrFormat(", tau %.2f", accuracy.tau));
}

std::string ThreadsText(int threads) {
  return absl::StrCat(threads, threads == 1 ? " thread" : " threads");
}

std::vector<std::string> FeatureSetChoices() {
  std::vector<std::string> choices = {"auto"};
  for (const FeatureSet& set : FeatureSets()) choices.emplace_back(set.name);
  return choices;
}

}  // namespace latcast::cli
