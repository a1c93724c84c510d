// Forecasts as tables and CSV.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/forecast.h"
#include "clients/cli/wording.h"

namespace latcast::cli {
namespace {

bool AnyMeasured(const ForecastSet& set) {
  for (const Forecast& forecast : set.forecasts) {
    if (forecast.measured_ms) return true;
  }
  return false;
}

std::string Interval(const regression::Prediction& prediction) {
  if (prediction.lower_ms == prediction.upper_ms) return "unknown";
  return absl::StrCat(FormatLatency(prediction.lower_ms), " - ",
                      FormatLatency(prediction.upper_ms));
}

std::string Remarks(const Forecast& forecast) {
  std::vector<std::string> remarks;
  if (forecast.prediction.out_of_domain) remarks.push_back("outside the calibrated range");
  if (!forecast.unknown_ops.empty()) {
    remarks.push_back(
        absl::StrCat("lower bound: nobody knows ", absl::StrJoin(forecast.unknown_ops, ", ")));
  }
  return absl::StrJoin(remarks, "; ");
}

// "1.2 ms, 34 %", and nothing for nothing.
std::string TermText(double ms, double whole_ms) {
  if (ms == 0.0) return "-";
  return absl::StrCat(FormatLatency(ms), ", ", FormatPercent(ms / whole_ms));
}

std::string WholeTable(const ForecastSet& set) {
  const bool measured = AnyMeasured(set);
  std::vector<TableColumn> columns = {
      {"model"},
      {"forecast", Align::kRight},
      {absl::StrCat(FormatExact(100 * set.interval_level), " % interval")}};
  if (measured) {
    columns.push_back({"measured", Align::kRight});
    columns.push_back({"error", Align::kRight});
  }
  if (set.with_terms) {
    for (const char* term : {"memory", "compute", "launch", "other"}) {
      columns.push_back({term, Align::kRight});
    }
  }
  columns.push_back({"remarks"});
  TextTable table(columns);
  for (const Forecast& forecast : set.forecasts) {
    std::vector<std::string> row = {forecast.name, FormatLatency(forecast.prediction.latency_ms),
                                    Interval(forecast.prediction)};
    if (measured && forecast.measured_ms) {
      row.push_back(FormatLatency(*forecast.measured_ms));
      row.push_back(ErrorText(forecast.prediction.latency_ms, *forecast.measured_ms));
    } else if (measured) {
      row.insert(row.end(), 2, "");
    }
    if (set.with_terms) {
      const regression::LatencyTerms& terms = forecast.terms;
      for (const double ms : {terms.memory_ms, terms.compute_ms, terms.launch_ms, terms.other_ms}) {
        row.push_back(TermText(ms, forecast.prediction.latency_ms));
      }
    }
    row.push_back(Remarks(forecast));
    table.AddRow(std::move(row));
  }
  return table.Render(TableStyle::kPlain);
}

std::string PartsTable(const Forecast& forecast) {
  TextTable table({{"part"}, {"class"}, {"latency", Align::kRight}, {"share", Align::kRight}});
  double sum = 0.0;
  for (const PartForecast& part : forecast.parts) {
    sum += part.latency_ms;
    table.AddRow({part.path.empty() ? "-" : part.path, part.class_name,
                  FormatLatency(part.latency_ms), FormatPercent(part.share)});
  }
  table.AddRule();
  table.AddRow({"sum of the parts", "", FormatLatency(sum), FormatPercent(sum > 0 ? 1 : 0)});
  const double rest = forecast.prediction.latency_ms - sum;
  if (FormatLatency(sum) != FormatLatency(forecast.prediction.latency_ms)) {
    table.AddRow({"constant part", "", FormatLatency(rest)});
  }
  return absl::StrCat(forecast.name, "\n", table.Render(TableStyle::kPlain), "\n");
}

std::string SourceLine(const ForecastSource& source) {
  std::string line =
      absl::StrCat("\nby the ", source.family, " model of ", source.device,
                   source.version > 0 ? absl::StrCat(" version ", source.version) : "", ": ",
                   source.metric, " latency, ", ThreadsText(source.threads));
  return line + "\n";
}

}  // namespace

std::string ForecastTable(const ForecastSet& set) {
  std::string text;
  for (const Forecast& forecast : set.forecasts) {
    if (set.with_parts) absl::StrAppend(&text, PartsTable(forecast));
  }
  return absl::StrCat(text, WholeTable(set), SourceLine(set.source));
}

std::string ForecastCsv(const ForecastSet& set) {
  if (set.with_parts) {
    TextTable table({{"model"}, {"path"}, {"class"}, {"latency_ms"}, {"share"}});
    for (const Forecast& forecast : set.forecasts) {
      for (const PartForecast& part : forecast.parts) {
        table.AddRow({forecast.name, part.path, part.class_name, FormatExact(part.latency_ms),
                      FormatExact(part.share)});
      }
    }
    return table.Render(TableStyle::kCsv);
  }
  std::vector<TableColumn> columns = {{"model"},      {"latency_ms"},    {"lower_ms"},
                                      {"upper_ms"},   {"out_of_domain"}, {"complete"},
                                      {"measured_ms"}};
  if (set.with_terms) {
    for (const char* term : {"memory_ms", "compute_ms", "launch_ms", "other_ms"}) {
      columns.push_back({term});
    }
  }
  TextTable table(columns);
  for (const Forecast& forecast : set.forecasts) {
    const regression::Prediction& prediction = forecast.prediction;
    std::vector<std::string> row = {forecast.name,
                                    FormatExact(prediction.latency_ms),
                                    FormatExact(prediction.lower_ms),
                                    FormatExact(prediction.upper_ms),
                                    prediction.out_of_domain ? "true" : "false",
                                    forecast.unknown_ops.empty() ? "true" : "false",
                                    forecast.measured_ms ? FormatExact(*forecast.measured_ms) : ""};
    if (set.with_terms) {
      const regression::LatencyTerms& terms = forecast.terms;
      for (const double ms : {terms.memory_ms, terms.compute_ms, terms.launch_ms, terms.other_ms}) {
        row.push_back(FormatExact(ms));
      }
    }
    table.AddRow(std::move(row));
  }
  return table.Render(TableStyle::kCsv);
}

}  // namespace latcast::cli
