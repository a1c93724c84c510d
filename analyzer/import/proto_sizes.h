// latcast.v1.Sizes <-> graph::Sizes. Private to this room.
#ifndef LATCAST_ANALYZER_IMPORT_PROTO_SIZES_H_
#define LATCAST_ANALYZER_IMPORT_PROTO_SIZES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "latcast/v1/graph.pb.h"

namespace latcast::import {

// INVALID_ARGUMENT names the expression or condition whose operator is unknown, or a change of
// storages that does not pair them with values. All else is for graph::Verify().
absl::StatusOr<graph::Sizes> SizesFromProto(const v1::Sizes& proto);
v1::Sizes SizesToProto(const graph::Sizes& sizes);

std::vector<graph::SizeEntry> SizesFromProto(const v1::Op& proto);
void SizesToProto(const graph::Op& op, v1::Op& proto);

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_PROTO_SIZES_H_
