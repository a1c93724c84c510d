#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/units.h"
#include "regression/fit.h"
#include "regression/predict.h"
#include "regression/reading.h"

namespace latcast::regression {
namespace {

std::string Title(const FitSummary& summary, const LatencyModel& model) {
  const Mode& mode = model.mode;
  return absl::StrCat(summary.family, " model on the ", summary.feature_set, " features, ",
                      summary.n, " points of ", FormatLatency(model.min_latency_ms), " to ",
                      FormatLatency(model.max_latency_ms), " (", mode.metric, ", ", mode.precision,
                      ", ", mode.execution, ", ", mode.layout, ", ", mode.threads,
                      mode.threads == 1 ? " thread" : " threads", ")\n");
}

std::string CoefficientTable(const LatencyModel& model) {
  TextTable table({{"term"}, {"ms per unit", Align::kRight}, {"unit"}, {"which reads"}});
  for (const Term& term : model.terms) {
    table.AddRow({std::string(Info(term.feature).name), absl::StrFormat("%.5g", term.coefficient),
                  std::string(Info(term.feature).unit),
                  ReadingOf(term, model.mode.precision).text});
  }
  if (model.intercept_ms != 0.0) {
    table.AddRow({"intercept", absl::StrFormat("%.5g", model.intercept_ms), "forecast",
                  FormatLatency(model.intercept_ms) + " once"});
  }
  return table.Render(TableStyle::kPlain);
}

std::string AccuracyTable(const FitSummary& summary) {
  TextTable table({{"accuracy"},
                   {"points", Align::kRight},
                   {"median error", Align::kRight},
                   {"mean error", Align::kRight},
                   {"within 10 %", Align::kRight},
                   {"tau", Align::kRight},
                   {"R2", Align::kRight}});
  const auto add = [&](const char* name, const Accuracy& a) {
    table.AddRow({name, absl::StrCat(a.n), FormatPercent(a.mdre), FormatPercent(a.mape),
                  FormatPercent(a.in10), absl::StrFormat("%.3f", a.tau),
                  absl::StrFormat("%.4f", a.r2)});
  };
  add("in sample", summary.in_sample);
  add("unseen points", summary.cross_validated);
  if (summary.leave_group_out) add("unseen families", *summary.leave_group_out);
  return table.Render(TableStyle::kPlain);
}

// What "auto" compared, the winner marked.
std::string CandidateTable(const FitSummary& summary) {
  TextTable table({{"compared"}, {"features"}, {"median error", Align::kRight}, {""}});
  for (const Candidate& candidate : summary.candidates) {
    const bool won =
        candidate.family == summary.family && candidate.feature_set == summary.feature_set;
    table.AddRow({candidate.family, candidate.feature_set,
                  FormatPercent(std::expm1(candidate.median_log_error)), won ? "chosen" : ""});
  }
  return table.Render(TableStyle::kPlain);
}

}  // namespace

std::string FitSummary::Report(const LatencyModel& model) const {
  std::string text = absl::StrCat(Title(*this, model), "\n", CoefficientTable(model), "\n");
  if (model.two_piece) {
    absl::StrAppendFormat(&text, "below %.5g ms: latency = %.5g x %+.5g ms\n\n",
                          model.two_piece->breakpoint_ms, model.two_piece->slope,
                          model.two_piece->offset_ms);
  }
  if (model.correction) {
    absl::StrAppendFormat(&text, "times a factor of %.3f to %.3f learned at %d points\n\n",
                          std::exp(-model.correction->bound), std::exp(model.correction->bound),
                          model.correction->weights.size());
  }
  if (!candidates.empty()) absl::StrAppend(&text, CandidateTable(*this), "\n");
  absl::StrAppend(&text, AccuracyTable(*this), "\n");
  if (!model.abs_log_ratios.empty()) {
    // The interval of a forecast of one is the interval's factor.
    LatencyModel one;
    one.intercept_ms = 1.0;
    one.abs_log_ratios = model.abs_log_ratios;
    absl::StrAppendFormat(
        &text, "90 %% of forecasts are within a factor of %.3f%s\n", Predict({}, one).upper_ms,
        model.interval_scale ? " at the median size and the best known mix of work" : "");
  }
  absl::StrAppendFormat(&text, "condition number %.3g, %d iterations\n", condition_number,
                        iterations);
  if (!zero_terms.empty()) {
    absl::StrAppend(&text, "exactly zero: ", absl::StrJoin(zero_terms, ", "), "\n");
  }
  for (const std::string& warning : warnings) absl::StrAppend(&text, "note: ", warning, "\n");
  return text;
}

}  // namespace latcast::regression
