#include "analyzer/import/lcg.h"

#include <google/protobuf/stubs/logging.h>

#include "absl/strings/str_cat.h"
#include "analyzer/import/gzip.h"
#include "analyzer/import/message_count.h"
#include "base/status_macros.h"
#include "latcast/v1/graph.pb.h"

namespace latcast::import {

absl::StatusOr<graph::Graph> ParseLcg(std::string_view bytes, const LcgLimits& limits) {
  if (bytes.empty()) return absl::InvalidArgumentError("not a captured graph: it is empty");
  std::string unpacked;
  if (IsGzip(bytes)) {
    ASSIGN_OR_RETURN(unpacked, Gunzip(bytes, limits.max_bytes));
    bytes = unpacked;
  } else if (static_cast<int64_t>(bytes.size()) > limits.max_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat(bytes.size(), " bytes, at most ", limits.max_bytes, " are accepted"));
  }
  if (const int64_t count = CountMessages(bytes); count > limits.max_messages) {
    return absl::ResourceExhaustedError(
        absl::StrCat(count, " values, operators, module calls and attributes, at most ",
                     limits.max_messages, " are accepted"));
  }
  const google::protobuf::LogSilencer no_output;  // what is wrong is returned, not printed
  v1::Graph proto;
  if (!proto.ParseFromString(std::string(bytes))) {
    return absl::InvalidArgumentError("not a captured graph, or a truncated one");
  }
  return FromProto(proto);
}

absl::StatusOr<std::string> SerializeLcg(const graph::Graph& graph) {
  return Gzip(ToProto(graph).SerializeAsString());
}

}  // namespace latcast::import
