// A latency model from a profile file, and the features of a graph that it needs.
#ifndef LATCAST_CLIENTS_CLI_LATENCY_PROFILE_H_
#define LATCAST_CLIENTS_CLI_LATENCY_PROFILE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "analyzer/features/graph_features.h"
#include "analyzer/graph/graph.h"
#include "regression/predict.h"
#include "regression/profile.h"

namespace latcast::cli {

// Which of the measured modes is meant; empty and zero do not restrict.
struct ModeChoice {
  std::string metric;
  std::string precision;
  int threads = 0;
};

struct LatencyProfile {
  std::string device;
  std::string description;
  std::map<std::string, std::string> provenance;
  regression::LatencyModel model;
};

// The first model of the profile in that mode; a classic predictor.json is a profile of one model.
// FAILED_PRECONDITION, with the modes there are, when none fits.
absl::StatusOr<LatencyProfile> ReadLatencyProfile(const std::string& path,
                                                  const ModeChoice& choice);

// The features of a graph as the model's mode runs it. FAILED_PRECONDITION when the graph's inputs
// are of another precision, else as CheckFeatures.
absl::StatusOr<features::GraphFeatures> FeaturesFor(const graph::Graph& graph,
                                                    const regression::LatencyModel& model,
                                                    const cost::Rules* rules = nullptr);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_LATENCY_PROFILE_H_
