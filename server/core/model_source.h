// The networks a client may name: those the server has inside. Unlike the command line's MODEL, a
// name never reaches the server's files.
#ifndef LATCAST_SERVER_CORE_MODEL_SOURCE_H_
#define LATCAST_SERVER_CORE_MODEL_SOURCE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"

namespace latcast::server {

// A zoo network ("resnet18") or a block spec ("block:BasicBlock7", the prefix optional). NOT_FOUND
// with the nearest name for anything else; INVALID_ARGUMENT for a name that is too long or a block
// that cannot be built.
absl::StatusOr<graph::Graph> NamedModel(std::string_view name);

}  // namespace latcast::server

#endif  // LATCAST_SERVER_CORE_MODEL_SOURCE_H_
