#include "server/rpc/subject.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "analyzer/import/lcg.h"
#include "analyzer/ops/infer.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "server/core/model_source.h"

namespace latcast::server {
namespace {

absl::StatusOr<graph::Graph> Load(const Subject& subject) {
  if (subject.model != nullptr) return Annotate(NamedModel(*subject.model), "model");
  if (subject.graph != nullptr) return Annotate(import::FromProto(*subject.graph), "graph");
  return absl::InvalidArgumentError("subject: set model or graph");
}

}  // namespace

absl::StatusOr<graph::Graph> BuildGraph(const Subject& subject) {
  ops::Reshape reshape;
  for (size_t i = 0; i < subject.inputs.size(); ++i) {
    ASSIGN_OR_RETURN(graph::Shape shape,
                     Annotate(ParseDims(subject.inputs[i]), absl::StrCat("inputs[", i, "]")));
    reshape.inputs.push_back(std::move(shape));
  }
  if (subject.batch < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch: must not be negative, is ", subject.batch));
  }
  if (subject.batch > 0) reshape.batch = subject.batch;
  ASSIGN_OR_RETURN(graph::Graph graph, Load(subject));
  if (reshape.inputs.empty() && !reshape.batch) return graph;
  return Annotate(ops::WithInputs(std::move(graph), reshape),
                  subject.inputs.empty() ? "batch" : "inputs");
}

}  // namespace latcast::server
