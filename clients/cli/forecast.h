// Forecasts as the command line shows them, whoever made them: a profile file here, or a server.
#ifndef LATCAST_CLIENTS_CLI_FORECAST_H_
#define LATCAST_CLIENTS_CLI_FORECAST_H_

#include <optional>
#include <string>
#include <vector>

#include "regression/predict.h"
#include "regression/terms.h"

namespace latcast::cli {

// A part of a network and what it adds to the forecast.
struct PartForecast {
  std::string path;
  std::string class_name;
  double latency_ms = 0.0;
  double share = 0.0;  // of the sum of the parts
};

struct Forecast {
  std::string name;
  regression::Prediction prediction;
  regression::LatencyTerms terms;        // what the forecast is made of
  std::optional<double> measured_ms;     // where the points file says
  std::vector<PartForecast> parts;       // where they were asked for
  std::vector<std::string> unknown_ops;  // left out: the forecast is a lower bound
};

struct ForecastSource {
  std::string device;
  int version = 0;  // of the profile on the server; 0 for a file
  std::string family;
  std::string metric;
  int threads = 1;
  std::string model_hash;
};

struct ForecastSet {
  ForecastSource source;
  double interval_level = 0.9;
  bool with_parts = false;
  bool with_terms = false;  // columns of the table and of the CSV; JSON always has them
  std::vector<Forecast> forecasts;
};

// A table for people, with the parts and their sum where there are parts.
std::string ForecastTable(const ForecastSet& set);
// One row a forecast, or a part.
std::string ForecastCsv(const ForecastSet& set);
// {schema_version, source{}, interval_level, forecasts[]}.
std::string ForecastJson(const ForecastSet& set);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FORECAST_H_
