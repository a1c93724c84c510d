// Forecasts against measurements on an HTML page: picture, tables of errors, every point.
#include <algorithm>
#include <cmath>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "analyzer/report/scatter_svg.h"
#include "base/status_macros.h"
#include "base/units.h"
#include "clients/cli/fit_page.h"
#include "clients/cli/wording.h"

namespace latcast::cli {
namespace {

using regression::TestForecast;

constexpr size_t kSizes = 5;  // classes of equal numbers of points

double ErrorOf(const TestForecast& point) {
  return std::abs(point.forecast_ms - point.measured_ms) / point.measured_ms;
}

HtmlCell Percent(double fraction) { return {.text = FormatPercent(fraction), .sort = fraction}; }

HtmlCell Latency(double ms) { return {.text = FormatLatency(ms), .sort = ms}; }

// How the forecasts of some points err.
HtmlRow ErrorRow(const std::string& name, std::span<const TestForecast* const> points) {
  std::vector<double> forecast, measured, log_ratios;
  int inside = 0;
  for (const TestForecast* point : points) {
    forecast.push_back(point->forecast_ms);
    measured.push_back(point->measured_ms);
    log_ratios.push_back(std::log(std::max(point->forecast_ms, 1e-30) / point->measured_ms));
    if (point->lower_ms <= point->measured_ms && point->measured_ms <= point->upper_ms) ++inside;
  }
  std::nth_element(log_ratios.begin(),
                   log_ratios.begin() + static_cast<std::ptrdiff_t>(log_ratios.size() / 2),
                   log_ratios.end());
  const double bias = std::expm1(log_ratios[log_ratios.size() / 2]);
  const regression::Accuracy accuracy = regression::Measure(forecast, measured);
  const double coverage = inside / static_cast<double>(points.size());
  HtmlCell median = Percent(accuracy.mdre);
  median.bar = std::min(accuracy.mdre, 1.0);
  return {
      .cells = {{.text = name},
                {.text = absl::StrCat(points.size()), .sort = static_cast<double>(points.size())},
                median,
                {.text = absl::StrFormat("%+.1f %%", 100.0 * bias), .sort = bias},
                Percent(accuracy.mape),
                Percent(accuracy.in10),
                Percent(coverage)}};
}

HtmlTable ErrorTable(const std::string& what) {
  return {.columns = {{what},
                      {"points", Align::kRight},
                      {"median error", Align::kRight},
                      {"median deviation", Align::kRight},
                      {"mean error", Align::kRight},
                      {"within 10 %", Align::kRight},
                      {"in the 90 % interval", Align::kRight}}};
}

}  // namespace

void AddErrors(std::span<const regression::TestForecast> points, HtmlPage& page) {
  std::map<std::string, std::vector<const TestForecast*>> groups;
  std::vector<const TestForecast*> by_size;
  for (const TestForecast& point : points) {
    groups[point.group].push_back(&point);
    by_size.push_back(&point);
  }
  if (groups.size() > 1) {
    HtmlTable table = ErrorTable("family");
    for (const auto& [name, members] : groups) {
      table.rows.push_back(ErrorRow(name.empty() ? "none" : name, members));
    }
    page.AddTable(table);
  }
  std::stable_sort(
      by_size.begin(), by_size.end(),
      [](const TestForecast* a, const TestForecast* b) { return a->measured_ms < b->measured_ms; });
  HtmlTable table = ErrorTable("measured");
  table.sortable = false;
  const size_t classes = std::min(kSizes, by_size.size());
  for (size_t k = 0; k < classes; ++k) {
    const size_t from = k * by_size.size() / classes;
    const size_t to = (k + 1) * by_size.size() / classes;
    table.rows.push_back(ErrorRow(absl::StrCat(FormatLatency(by_size[from]->measured_ms), " - ",
                                               FormatLatency(by_size[to - 1]->measured_ms)),
                                  std::span(by_size).subspan(from, to - from)));
  }
  page.AddTable(table);
}

void AddPoints(std::span<const regression::TestForecast> points, HtmlPage& page) {
  std::vector<const TestForecast*> worst;
  for (const TestForecast& point : points) worst.push_back(&point);
  std::stable_sort(worst.begin(), worst.end(), [](const TestForecast* a, const TestForecast* b) {
    return ErrorOf(*a) > ErrorOf(*b);
  });
  HtmlTable table = {.columns = {{"point"},
                                 {"family"},
                                 {"measured", Align::kRight},
                                 {"forecast", Align::kRight},
                                 {"error", Align::kRight},
                                 {"90 % interval"}}};
  for (const TestForecast* point : worst) {
    const bool inside =
        point->lower_ms <= point->measured_ms && point->measured_ms <= point->upper_ms;
    table.rows.push_back(
        {.cells = {{.text = point->name},
                   {.text = point->group},
                   Latency(point->measured_ms),
                   Latency(point->forecast_ms),
                   {.text = ErrorText(point->forecast_ms, point->measured_ms),
                    .sort = ErrorOf(*point),
                    .bar = std::min(ErrorOf(*point), 1.0)},
                   {.text = absl::StrCat(FormatLatency(point->lower_ms), " - ",
                                         FormatLatency(point->upper_ms), inside ? "" : ", outside"),
                    .sort = point->upper_ms}}});
  }
  page.AddTable(table);
}

absl::Status AddScatter(std::span<const regression::TestForecast> points,
                        std::span<const regression::NetworkCheck> networks, std::string_view title,
                        HtmlPage& page) {
  std::vector<report::ScatterPoint> scatter;
  std::vector<double> forecast, measured;
  for (const TestForecast& point : points) {
    scatter.push_back({.label = point.name,
                       .group = point.group,
                       .measured_ms = point.measured_ms,
                       .predicted_ms = point.forecast_ms});
    forecast.push_back(point.forecast_ms);
    measured.push_back(point.measured_ms);
  }
  for (const regression::NetworkCheck& network : networks) {
    scatter.push_back({.label = network.name,
                       .group = "whole networks",
                       .measured_ms = network.measured_ms,
                       .predicted_ms = network.forecast.latency_ms,
                       .highlight = true});
  }
  report::ScatterOptions options;
  options.title = std::string(title);
  if (!measured.empty()) options.subtitle = AccuracyText(regression::Measure(forecast, measured));
  ASSIGN_OR_RETURN(const std::string svg, report::ScatterSvg(scatter, options));
  page.AddFigure(svg,
                 "Above, forecasts by models that did not see the point against its measurement; "
                 "the band is 10 %. Below, the relative error against size.");
  return absl::OkStatus();
}

absl::StatusOr<std::string> EvaluationPage(std::span<const regression::Evaluation> evaluations,
                                           std::string_view title,
                                           const std::vector<std::string>& remarks) {
  HtmlPage page(title, "forecasts of points that the fit did not see");
  for (const std::string& remark : remarks) page.AddNotice(Notice::kInfo, remark);
  HtmlTable table = {.columns = {{"family"},
                                 {"features"},
                                 {"fitted on", Align::kRight},
                                 {"forecasts", Align::kRight},
                                 {"median error", Align::kRight},
                                 {"mean error", Align::kRight},
                                 {"within 10 %", Align::kRight},
                                 {"tau", Align::kRight},
                                 {"R2", Align::kRight},
                                 {"in the 90 % interval", Align::kRight},
                                 {"its width", Align::kRight}}};
  for (const regression::Evaluation& row : evaluations) {
    const auto number = [](double value) {
      return HtmlCell{.text = absl::StrFormat("%.3f", value), .sort = value};
    };
    table.rows.push_back({.cells = {{.text = row.family},
                                    {.text = row.feature_set},
                                    {.text = absl::StrCat(row.n_train)},
                                    {.text = absl::StrCat(row.n_test)},
                                    Percent(row.accuracy.mdre),
                                    Percent(row.accuracy.mape),
                                    Percent(row.accuracy.in10),
                                    number(row.accuracy.tau),
                                    number(row.accuracy.r2),
                                    Percent(row.coverage90),
                                    Percent(row.width90)}});
  }
  page.AddTable(table);
  for (const regression::Evaluation& row : evaluations) {
    page.AddHeading(absl::StrCat(row.family, " on the ", row.feature_set, " features"));
    RETURN_IF_ERROR(AddScatter(row.forecasts, {}, row.family, page));
    AddErrors(row.forecasts, page);
    AddPoints(row.forecasts, page);
  }
  return page.Render();
}

}  // namespace latcast::cli
