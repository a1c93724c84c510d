// The network a request asks about: by name or as a graph, at the input shapes it wants.
#ifndef LATCAST_SERVER_RPC_SUBJECT_H_
#define LATCAST_SERVER_RPC_SUBJECT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "latcast/v1/graph.pb.h"

namespace latcast::server {

struct Subject {
  const std::string* model = nullptr;  // one of the two
  const v1::Graph* graph = nullptr;
  std::vector<std::string> inputs;
  int64_t batch = 0;
};

// Of an AnalyzeRequest or PredictModelRequest, whose fields have the same names.
template <typename Request>
Subject SubjectOf(const Request& request) {
  return {.model = request.has_model() ? &request.model() : nullptr,
          .graph = request.has_graph() ? &request.graph() : nullptr,
          .inputs = {request.inputs().begin(), request.inputs().end()},
          .batch = request.batch()};
}

// INVALID_ARGUMENT when neither is set; else as NamedModel, import::FromProto, ParseDims and
// ops::WithInputs, with the field in front.
absl::StatusOr<graph::Graph> BuildGraph(const Subject& subject);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_RPC_SUBJECT_H_
