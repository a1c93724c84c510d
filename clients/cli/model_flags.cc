#include "clients/cli/model_flags.h"

#include "absl/strings/str_cat.h"
#include "analyzer/import/load_model.h"
#include "analyzer/ops/infer.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "clients/cli/exit_status.h"

namespace latcast::cli {
namespace {

constexpr graph::DType kFloatTypes[] = {graph::DType::kFloat32, graph::DType::kFloat64,
                                        graph::DType::kFloat16, graph::DType::kBFloat16};

}  // namespace

void ModelFlags::Declare(Flags& flags) {
  flags.Repeated("--input", "1x3x224x224", inputs,
                 "shape of the input; repeat it for a model of several");
  flags.Value("--batch", "N", batch, 1, "batch size: the first dimension of every input");
  std::vector<std::string> names;
  for (const graph::DType type : kFloatTypes) names.emplace_back(graph::Name(type));
  flags.Choice("--dtype", names, dtype, "floating-point type of inputs and parameters");
}

absl::StatusOr<graph::DType> ParseFloatType(std::string_view name) {
  std::vector<std::string_view> names;
  for (const graph::DType type : kFloatTypes) {
    if (graph::Name(type) == name) return type;
    names.push_back(graph::Name(type));
  }
  return UsageError(absl::StrCat("--dtype: '", ToAbsl(name),
                                 "' is none of float32, float64, "
                                 "float16, bfloat16",
                                 DidYouMean(name, names)));
}

absl::StatusOr<graph::Graph> LoadModel(std::string_view model, const ModelFlags& flags) {
  ops::Reshape reshape;
  for (const std::string& input : flags.inputs) {
    absl::StatusOr<std::vector<int64_t>> dims = ParseDims(input);
    if (!dims.ok()) return UsageError(absl::StrCat("--input: ", dims.status().message()));
    reshape.inputs.push_back(*std::move(dims));
  }
  reshape.batch = flags.batch;
  for (const graph::DType type : kFloatTypes) {
    if (graph::Name(type) == flags.dtype) reshape.dtype = type;
  }
  return At(import::LoadModel(model, reshape), model);
}

}  // namespace latcast::cli
