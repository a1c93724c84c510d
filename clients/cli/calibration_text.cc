#include "clients/cli/calibration_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/fit_plot.h"
#include "clients/cli/wording.h"

namespace latcast::cli {
namespace {

std::string NetworkTable(const regression::Calibration& calibration, TableStyle style) {
  TextTable table({{"network"},
                   {"measured", Align::kRight},
                   {"forecast", Align::kRight},
                   {"error", Align::kRight},
                   {"90 % interval"},
                   {"classic model", Align::kRight},
                   {"error", Align::kRight}});
  for (const regression::NetworkCheck& network : calibration.networks) {
    std::vector<std::string> row = {network.name, FormatLatency(network.measured_ms),
                                    FormatLatency(network.forecast.latency_ms),
                                    ErrorText(network.forecast.latency_ms, network.measured_ms),
                                    absl::StrCat(FormatLatency(network.forecast.lower_ms), " - ",
                                                 FormatLatency(network.forecast.upper_ms))};
    if (network.classic_ms) {
      row.push_back(FormatLatency(*network.classic_ms));
      row.push_back(ErrorText(*network.classic_ms, network.measured_ms));
    }
    table.AddRow(std::move(row));
  }
  return table.Render(style);
}

std::string AccuracyTable(const regression::Calibration& calibration) {
  TextTable table({{"model"},
                   {"checked on"},
                   {"n", Align::kRight},
                   {"median error", Align::kRight},
                   {"mean error", Align::kRight},
                   {"within 10 %", Align::kRight},
                   {"tau", Align::kRight}});
  const auto add = [&table](const std::string& model, const char* checked,
                            const regression::Accuracy& accuracy) {
    table.AddRow({model, checked, absl::StrCat(accuracy.n), FormatPercent(accuracy.mdre),
                  FormatPercent(accuracy.mape), FormatPercent(accuracy.in10),
                  absl::StrFormat("%.2f", accuracy.tau)});
  };
  const auto add_fit = [&add](const regression::FitSummary& summary) {
    add(summary.family, "the blocks it was fitted on", summary.in_sample);
    add(summary.family, "blocks held out (cross-validation)", summary.cross_validated);
    if (summary.leave_group_out) {
      add(summary.family, "block families held out", *summary.leave_group_out);
    }
  };
  add_fit(calibration.fit.summary);
  if (calibration.held_out) {
    add(calibration.fit.summary.family, "random blocks held out", *calibration.held_out);
  }
  if (const auto networks = regression::NetworkAccuracy(calibration)) {
    add(calibration.fit.summary.family, "whole networks", *networks);
  }
  if (calibration.classic) add_fit(calibration.classic->summary);
  return table.Render(TableStyle::kMarkdown);
}

std::string CoefficientTable(const regression::LatencyModel& model) {
  TextTable table({{"term"}, {"ms per unit", Align::kRight}, {"unit"}, {"what it is"}});
  for (const regression::Term& term : model.terms) {
    const FeatureInfo& info = Info(term.feature);
    table.AddRow({std::string(info.name), absl::StrFormat("%.4g", term.coefficient),
                  std::string(info.unit), std::string(info.description)});
  }
  table.AddRow({"intercept", absl::StrFormat("%.4g", model.intercept_ms), "forecast", "once"});
  return table.Render(TableStyle::kMarkdown);
}

std::string MedianLine(const regression::Calibration& calibration) {
  const auto accuracy = regression::NetworkAccuracy(calibration);
  if (!accuracy) return "";
  return absl::StrCat("median error on ", accuracy->n,
                      " whole networks: ", FormatPercent(accuracy->mdre), "\n");
}

// The classic model for comparison, or why there is none.
std::string ClassicLine(const regression::Calibration& calibration) {
  if (!calibration.classic) {
    return absl::StrCat("no classic model beside it: ", calibration.no_classic, "\n");
  }
  const regression::FitSummary& summary = calibration.classic->summary;
  std::string line = absl::StrCat("the classic model beside it: median error ",
                                  FormatPercent(summary.cross_validated.mdre), " on unseen points");
  if (summary.leave_group_out) {
    absl::StrAppend(&line, ", ", FormatPercent(summary.leave_group_out->mdre),
                    " on unseen families");
  }
  return line + "\n";
}

}  // namespace

std::string CalibrationText(const regression::Calibration& calibration) {
  std::string text = calibration.fit.summary.Report(calibration.fit.model);
  if (calibration.held_out) {
    absl::StrAppend(&text, "\nrandom blocks held out: ", AccuracyText(*calibration.held_out), "\n");
  }
  absl::StrAppend(&text, "\n", ClassicLine(calibration));
  if (!calibration.networks.empty()) {
    absl::StrAppend(&text, "\nwhole networks, which the fit has not seen\n",
                    NetworkTable(calibration, TableStyle::kPlain), MedianLine(calibration));
  }
  return text;
}

std::string CalibrationMarkdown(const regression::Calibration& calibration) {
  const regression::DeviceProfile& profile = calibration.profile;
  std::string text = absl::StrCat("# Calibration of ", profile.device, "\n\n", profile.description,
                                  ". ", calibration.points.size(), " blocks measured.\n");
  absl::StrAppend(&text, "\n![predicted against measured](calibration.svg)\n\n## Accuracy\n\n",
                  AccuracyTable(calibration));
  if (!calibration.networks.empty()) {
    absl::StrAppend(&text, "\n## Whole networks\n\nThe fit has not seen them.\n\n",
                    NetworkTable(calibration, TableStyle::kMarkdown), "\n",
                    MedianLine(calibration));
  }
  absl::StrAppend(&text, "\n## Model\n\n", CoefficientTable(calibration.fit.model));
  const std::vector<std::string>& warnings = calibration.fit.summary.warnings;
  if (!warnings.empty()) text += "\n";
  for (const std::string& warning : warnings) absl::StrAppend(&text, "- ", warning, "\n");
  absl::StrAppend(&text, "\n## Provenance\n\n");
  TextTable table({{"what"}, {"value"}});
  for (const auto& [key, value] : profile.provenance) table.AddRow({key, value});
  return text + table.Render(TableStyle::kMarkdown);
}

absl::StatusOr<std::string> CalibrationPlot(const regression::Calibration& calibration) {
  std::vector<report::ScatterPoint> scatter =
      CrossValidatedPoints(calibration.points, calibration.fit.summary);
  for (const regression::NetworkCheck& network : calibration.networks) {
    scatter.push_back({.label = network.name,
                       .group = "whole networks",
                       .measured_ms = network.measured_ms,
                       .predicted_ms = network.forecast.latency_ms,
                       .highlight = true});
  }
  report::ScatterOptions options;
  options.title = absl::StrCat("Predicted against measured: ", calibration.profile.device);
  options.subtitle =
      absl::StrCat("blocks: ", AccuracyText(calibration.fit.summary.cross_validated));
  if (const auto networks = regression::NetworkAccuracy(calibration)) {
    absl::StrAppend(&options.subtitle, "; networks: MdRE ", FormatPercent(networks->mdre));
  }
  return report::ScatterSvg(scatter, options);
}

}  // namespace latcast::cli
