// The flags that re-shape a MODEL, wherever one is asked for.
#ifndef LATCAST_CLIENTS_CLI_MODEL_FLAGS_H_
#define LATCAST_CLIENTS_CLI_MODEL_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/graph/graph.h"
#include "clients/cli/flags.h"

namespace latcast::cli {

inline constexpr std::string_view kModelHelp =
    "FILE.lcg, a network of 'latcast zoo', or block:NAME?key=value&... of 'latcast blocks'";

struct ModelFlags {
  std::vector<std::string> inputs;  // "1x3x224x224"
  std::optional<int64_t> batch;
  std::string dtype;

  void Declare(Flags& flags);
};

// "float16": a usage error for a type that networks are not computed in.
absl::StatusOr<graph::DType> ParseFloatType(std::string_view name);

// The graph of the model with the shapes asked for. Errors name the model.
absl::StatusOr<graph::Graph> LoadModel(std::string_view model, const ModelFlags& flags);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_MODEL_FLAGS_H_
