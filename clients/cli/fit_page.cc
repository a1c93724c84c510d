#include "clients/cli/fit_page.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"
#include "clients/cli/wording.h"
#include "regression/predict.h"
#include "regression/terms.h"

namespace latcast::cli {
namespace {

using regression::TestForecast;

using regression::LatencyModel;

constexpr double kLevels[] = {0.5, 0.8, 0.9, 0.95};

// Held-out forecasts with the model's interval around each.
std::vector<TestForecast> HeldOut(const FitEvidence& evidence, const LatencyModel& model) {
  std::vector<TestForecast> points;
  for (size_t i = 0; i < evidence.points.size(); ++i) {
    const regression::Point& point = evidence.points[i];
    const regression::Prediction p = regression::Predict(point.features, model);
    const double forecast = evidence.summary.residuals[i].cross_validated_ms;
    const double scale = p.latency_ms > 0.0 ? forecast / p.latency_ms : 0.0;
    points.push_back({.name = point.name,
                      .group = point.group,
                      .measured_ms = point.latency_ms,
                      .forecast_ms = forecast,
                      .lower_ms = scale * p.lower_ms,
                      .upper_ms = scale * p.upper_ms});
  }
  return points;
}

void AddTiles(const FitEvidence& evidence, const LatencyModel& model, HtmlPage& page) {
  const regression::FitSummary& summary = evidence.summary;
  std::vector<HtmlTile> tiles = {
      {"model", summary.family, absl::StrCat("on the ", summary.feature_set, " features")},
      {"points", absl::StrCat(summary.n),
       absl::StrCat(FormatLatency(model.min_latency_ms), " to ",
                    FormatLatency(model.max_latency_ms))},
      {"median error", FormatPercent(summary.cross_validated.mdre), "on unseen points"}};
  if (summary.leave_group_out) {
    tiles.push_back(
        {"median error", FormatPercent(summary.leave_group_out->mdre), "on unseen families"});
  }
  if (!evidence.networks.empty()) {
    std::vector<double> forecast, measured;
    for (const regression::NetworkCheck& network : evidence.networks) {
      forecast.push_back(network.forecast.latency_ms);
      measured.push_back(network.measured_ms);
    }
    tiles.push_back({"median error", FormatPercent(regression::Measure(forecast, measured).mdre),
                     absl::StrCat("on ", measured.size(), " whole networks")});
  }
  tiles.push_back({"rank correlation", absl::StrFormat("%.3f", summary.cross_validated.tau),
                   "Kendall's tau, unseen points"});
  page.AddTiles(tiles);
}

// What each term says about the device, and its part in the points' latencies.
void AddCoefficients(const FitEvidence& evidence, const LatencyModel& model, HtmlPage& page) {
  std::vector<double> shares(model.terms.size() + 1, 0.0);
  for (const regression::Point& point : evidence.points) {
    const double x = regression::FirstPiece(point.features, model);
    if (x <= 0.0) continue;
    const double weight = 1.0 / (x * static_cast<double>(evidence.points.size()));
    for (size_t j = 0; j < model.terms.size(); ++j) {
      shares[j] += weight * model.terms[j].coefficient * point.features[model.terms[j].feature];
    }
    shares.back() += weight * model.intercept_ms;
  }
  const auto share = [](double value) {
    return HtmlCell{
        .text = FormatPercent(value), .sort = value, .bar = std::clamp(value, 0.0, 1.0)};
  };
  HtmlTable table = {.columns = {{"term"},
                                 {"kind"},
                                 {"ms per unit", Align::kRight},
                                 {"unit"},
                                 {"which reads"},
                                 {"mean share", Align::kRight}}};
  for (size_t j = 0; j < model.terms.size(); ++j) {
    const regression::Term& term = model.terms[j];
    const FeatureInfo& info = Info(term.feature);
    LatencyModel one = model;
    one.terms = {term};
    const bool beyond = !regression::BeyondLimits(one, evidence.limits).empty();
    table.rows.push_back(
        {.cells = {{.text = std::string(info.name), .tip = std::string(info.description)},
                   {.text = std::string(regression::Name(regression::KindOf(term.feature)))},
                   {.text = absl::StrFormat("%.5g", term.coefficient), .sort = term.coefficient},
                   {.text = std::string(info.unit)},
                   {.text = regression::ReadingOf(term, model.mode.precision).text +
                            (beyond ? ", beyond the device's peak" : "")},
                   share(shares[j])},
         .emphasis = beyond});
  }
  if (model.intercept_ms != 0.0) {
    table.rows.push_back({.cells = {{.text = "intercept"},
                                    {.text = "other"},
                                    {.text = absl::StrFormat("%.5g", model.intercept_ms),
                                     .sort = model.intercept_ms},
                                    {.text = "forecast"},
                                    {.text = FormatLatency(model.intercept_ms) + " once"},
                                    share(shares.back())}});
  }
  page.AddTable(table);
  if (!evidence.limits.gmacs_per_s && !evidence.limits.gbytes_per_s) {
    page.AddText(
        "The device's peak rates are not known, so the readings are not checked against them; "
        "--peak-gmacs and --peak-gbytes give them.");
  }
  if (model.two_piece) {
    page.AddText(absl::StrFormat("Below %.5g ms: latency = %.5g x %+.5g ms.",
                                 model.two_piece->breakpoint_ms, model.two_piece->slope,
                                 model.two_piece->offset_ms));
  }
  if (model.correction) {
    page.AddText(absl::StrFormat(
        "A learned correction multiplies the sum by a factor between %.3f and %.3f; it fades out "
        "away from the points.",
        std::exp(-model.correction->bound), std::exp(model.correction->bound)));
  }
}

// How wide the intervals are, and how often they held over the held-out forecasts.
void AddIntervals(const FitEvidence& evidence, const LatencyModel& model,
                  std::span<const TestForecast> held_out, HtmlPage& page) {
  if (model.abs_log_ratios.empty()) {
    page.AddText("No interval is known.");
    return;
  }
  HtmlTable table = {.columns = {{"level", Align::kRight},
                                 {"median factor", Align::kRight},
                                 {"held-out points inside", Align::kRight}},
                     .rows = {},
                     .sortable = false};
  for (const double level : kLevels) {
    std::vector<double> factors;
    int inside = 0;
    for (size_t i = 0; i < held_out.size(); ++i) {
      const regression::Prediction p =
          regression::Predict(evidence.points[i].features, model, {.interval_level = level});
      if (p.latency_ms <= 0.0) continue;
      factors.push_back(p.upper_ms / p.latency_ms);
      const double ratio = held_out[i].measured_ms / held_out[i].forecast_ms;
      if (ratio <= factors.back() && ratio >= p.lower_ms / p.latency_ms) ++inside;
    }
    if (factors.empty()) continue;
    const auto middle = factors.begin() + static_cast<std::ptrdiff_t>(factors.size() / 2);
    std::nth_element(factors.begin(), middle, factors.end());
    table.rows.push_back(
        {.cells = {{.text = FormatPercent(level)},
                   {.text = absl::StrFormat("%.3f", *middle)},
                   {.text = FormatPercent(inside / static_cast<double>(held_out.size()))}}});
  }
  page.AddTable(table);
  if (evidence.summary.leave_group_out) {
    page.AddText(
        "The intervals are made to hold for families that were not measured, so over points of "
        "measured families they hold more often than they say.");
  }
}

void AddNetworks(std::span<const regression::NetworkCheck> networks, HtmlPage& page) {
  HtmlTable table = {.columns = {{"network"},
                                 {"measured", Align::kRight},
                                 {"forecast", Align::kRight},
                                 {"error", Align::kRight},
                                 {"90 % interval"},
                                 {"classic model", Align::kRight},
                                 {"error", Align::kRight}}};
  const auto error = [](double forecast, double measured) {
    const double size = std::abs(forecast - measured) / measured;
    return HtmlCell{
        .text = ErrorText(forecast, measured), .sort = size, .bar = std::min(size, 1.0)};
  };
  for (const regression::NetworkCheck& network : networks) {
    const regression::Prediction& p = network.forecast;
    HtmlRow row = {
        .cells = {
            {.text = network.name},
            {.text = FormatLatency(network.measured_ms), .sort = network.measured_ms},
            {.text = FormatLatency(p.latency_ms), .sort = p.latency_ms},
            error(p.latency_ms, network.measured_ms),
            {.text = absl::StrCat(FormatLatency(p.lower_ms), " - ", FormatLatency(p.upper_ms))}}};
    if (network.classic_ms) {
      row.cells.push_back({.text = FormatLatency(*network.classic_ms), .sort = network.classic_ms});
      row.cells.push_back(error(*network.classic_ms, network.measured_ms));
    }
    table.rows.push_back(std::move(row));
  }
  page.AddTable(table);
}

void AddAccuracy(const regression::FitSummary& summary, HtmlPage& page) {
  HtmlTable table = {.columns = {{"accuracy"},
                                 {"points", Align::kRight},
                                 {"median error", Align::kRight},
                                 {"mean error", Align::kRight},
                                 {"within 10 %", Align::kRight},
                                 {"tau", Align::kRight},
                                 {"R2", Align::kRight}},
                     .rows = {},
                     .sortable = false};
  const auto add = [&table](const char* name, const regression::Accuracy& a) {
    table.rows.push_back({.cells = {{.text = name},
                                    {.text = absl::StrCat(a.n)},
                                    {.text = FormatPercent(a.mdre)},
                                    {.text = FormatPercent(a.mape)},
                                    {.text = FormatPercent(a.in10)},
                                    {.text = absl::StrFormat("%.3f", a.tau)},
                                    {.text = absl::StrFormat("%.4f", a.r2)}}});
  };
  add("in sample", summary.in_sample);
  add("unseen points", summary.cross_validated);
  if (summary.leave_group_out) add("unseen families", *summary.leave_group_out);
  page.AddTable(table);
}

// What "auto" compared, from the simplest to the richest.
void AddCandidates(const regression::FitSummary& summary, HtmlPage& page) {
  if (summary.candidates.empty()) return;
  HtmlTable table = {.columns = {{"family"},
                                 {"features"},
                                 {"median log error on what was left out", Align::kRight}},
                     .rows = {},
                     .sortable = false};
  for (const regression::Candidate& candidate : summary.candidates) {
    const bool taken =
        candidate.family == summary.family && candidate.feature_set == summary.feature_set;
    table.rows.push_back(
        {.cells = {{.text = candidate.family + (taken ? ", taken" : "")},
                   {.text = candidate.feature_set},
                   {.text = absl::StrFormat("%.4f", candidate.median_log_error)}}});
  }
  page.AddTable(table);
}

}  // namespace

absl::StatusOr<std::string> FitPage(const FitEvidence& evidence) {
  const regression::DeviceProfile& profile = evidence.profile;
  const LatencyModel& model = profile.models.front();
  const regression::Mode& mode = model.mode;
  HtmlPage page(absl::StrCat("Latency model of ", profile.device),
                absl::StrCat(profile.description.empty() ? "" : profile.description + "; ",
                             mode.metric, " latency, ", mode.precision, ", ", mode.execution, ", ",
                             mode.layout, ", ", ThreadsText(mode.threads)));
  AddTiles(evidence, model, page);
  for (const std::string& remark : evidence.remarks) page.AddNotice(Notice::kInfo, remark);
  // Outliers stand in the table of points.
  for (const std::string& warning : evidence.summary.warnings) {
    const bool outlier = absl::StartsWith(warning, "outlier: ") ||
                         absl::EndsWith(warning, "more outlier") ||
                         absl::EndsWith(warning, "more outliers");
    if (!outlier) page.AddNotice(Notice::kWarning, warning);
  }
  const std::vector<TestForecast> held_out = HeldOut(evidence, model);
  page.AddHeading("Predicted against measured");
  RETURN_IF_ERROR(AddScatter(held_out, evidence.networks, "Predicted against measured", page));
  if (!evidence.networks.empty()) {
    page.AddHeading("Whole networks, which the fit has not seen");
    AddNetworks(evidence.networks, page);
  }
  page.AddHeading("Accuracy");
  AddAccuracy(evidence.summary, page);
  AddCandidates(evidence.summary, page);
  page.AddHeading("Where it errs");
  AddErrors(held_out, page);
  page.AddHeading("Coefficients");
  AddCoefficients(evidence, model, page);
  page.AddHeading("Intervals");
  AddIntervals(evidence, model, held_out, page);
  page.AddHeading("Points, the worst forecast first");
  AddPoints(held_out, page);
  if (!profile.provenance.empty()) {
    page.AddHeading("Provenance");
    page.AddFacts({profile.provenance.begin(), profile.provenance.end()});
  }
  return page.Render();
}

}  // namespace latcast::cli
