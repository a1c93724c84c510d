#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::ops {
namespace {

using graph::Attributes;
using graph::Shape;
using graph::Value;

constexpr size_t kImageDims = 2;  // batch and channels come before the sizes that are resampled

// How many input elements a mode weighs along one dimension; 1 copies.
struct Mode {
  std::string_view name;
  size_t min_dims = 1;
  size_t max_dims = 3;
  int64_t taps = 1;
};
constexpr Mode kModes[] = {
    {"nearest", 1, 3, 1},  {"nearest-exact", 1, 3, 1}, {"linear", 1, 1, 2},
    {"bilinear", 2, 2, 2}, {"trilinear", 3, 3, 2},     {"bicubic", 2, 2, 4},
};

struct Interpolation {
  Mode mode;
  bool antialias = false;
  Sizes input;
  Sizes output;
};

absl::StatusOr<Mode> GetMode(const Attributes& attributes) {
  ASSIGN_OR_RETURN(const std::string name, graph::GetString(attributes, "mode"));
  for (const Mode& mode : kModes) {
    if (mode.name == name) return mode;
  }
  return Refuse(absl::StrCat("attribute mode: \"", name, "\" is no way of interpolating"));
}

// floor(size x factor), as PyTorch has it.
absl::StatusOr<int64_t> Scaled(int64_t size, double factor) {
  const double scaled = std::floor(static_cast<double>(size) * factor);
  if (std::isfinite(scaled) && scaled >= 1 && scaled < 0x1p63) return static_cast<int64_t>(scaled);
  return Refuse(absl::StrCat("size ", size, " times ", factor, " is no size"));
}

absl::StatusOr<Interpolation> ReadInterpolation(const OpCall& call) {
  const Attributes& attributes = call.op.attributes;
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  Interpolation result;
  ASSIGN_OR_RETURN(result.mode, GetMode(attributes));
  const Mode& mode = result.mode;
  RETURN_IF_ERROR(
      CheckRank(*input, "input", kImageDims + mode.min_dims, kImageDims + mode.max_dims));
  result.input = Sizes::Last(input->shape.size() - kImageDims, input->shape);
  ASSIGN_OR_RETURN(result.antialias, graph::GetBool(attributes, "antialias", false));
  if (result.antialias && mode.min_dims != 2) {
    return Refuse(absl::StrCat("antialias with mode \"", ToAbsl(mode.name),
                               "\", \"bilinear\" or \"bicubic\" expected"));
  }
  const size_t dims = result.input.size();
  const bool sized = attributes.contains(std::string_view("output_size"));
  if (sized == attributes.contains(std::string_view("scale_factors"))) {
    return Refuse("either output_size or scale_factors is needed");
  }
  if (sized) {
    ASSIGN_OR_RETURN(result.output, GetSizes(attributes, "output_size", dims, 1));
  } else {
    ASSIGN_OR_RETURN(const std::vector<double> factors,
                     graph::GetDoubles(attributes, "scale_factors", dims));
    for (size_t i = 0; i < dims; ++i) {
      ASSIGN_OR_RETURN(const int64_t size, Scaled(result.input[i], factors[i]));
      result.output.push_back(size);
    }
  }
  for (const int64_t size : result.input) {
    if (size < 1) return Refuse(absl::StrCat("input ", ToString(input->shape), " is empty"));
  }
  return result;
}

InferResult InferInterpolate(const OpCall& call) {
  ASSIGN_OR_RETURN(const Interpolation interpolation, ReadInterpolation(call));
  const Value& input = *call.inputs[0];
  Shape shape = {input.shape[0], input.shape[1]};
  shape.insert(shape.end(), interpolation.output.begin(), interpolation.output.end());
  return TensorTypes{{input.dtype, std::move(shape)}};
}

// A weighted sum of so many elements; one alone is copied.
Checked WeightedSumFlops(Checked taps) { return taps * 2 - 1; }

// One dimension after the other, the last first, over windows as wide as the shrinking asks for.
absl::StatusOr<Checked> AntialiasFlops(const Interpolation& interpolation, Checked planes) {
  Checked flops;
  Sizes sizes = interpolation.input;
  for (size_t i = sizes.size(); i-- > 0;) {
    const int64_t in = interpolation.input[i];
    const int64_t out = interpolation.output[i];
    ASSIGN_OR_RETURN(const int64_t reach,
                     (Checked(interpolation.mode.taps) * in + (out - 1)).Value("window"));
    const int64_t taps = std::max(interpolation.mode.taps, reach / out);
    sizes[i] = out;
    flops += planes * Elements(sizes) * WeightedSumFlops(taps);
  }
  return flops;
}

absl::StatusOr<OpCost> CostInterpolate(const OpCall& call) {
  ASSIGN_OR_RETURN(const Interpolation interpolation, ReadInterpolation(call));
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  const Shape& in = call.inputs[0]->shape;
  const int64_t taps = interpolation.mode.taps;
  Checked flops;
  if (interpolation.antialias) {
    ASSIGN_OR_RETURN(flops, AntialiasFlops(interpolation, Checked(in[0]) * in[1]));
  } else if (taps > 1) {
    Checked window = 1;
    for (size_t i = 0; i < interpolation.input.size(); ++i) window *= taps;
    flops = Checked(cost.output_elements) * WeightedSumFlops(window);
  }
  ASSIGN_OR_RETURN(cost.flops, flops.Value("FLOPs"));
  return cost;
}

constexpr int64_t kNearest = 1;
constexpr int64_t kBicubic = 2;

absl::StatusOr<int64_t> GridMode(const OpCall& call) {
  ASSIGN_OR_RETURN(const int64_t mode, graph::GetInt(call.op.attributes, "interpolation_mode", 0));
  if (mode < 0 || mode > kBicubic) {
    return Refuse(absl::StrCat("interpolation_mode ", mode,
                               ", 0 (linear), 1 (nearest) or 2 (bicubic) expected"));
  }
  return mode;
}

InferResult InferGridSample(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const Value* grid, call.Input(1));
  RETURN_IF_ERROR(CheckRank(*input, "input", 4, 5));
  const size_t rank = input->shape.size();
  RETURN_IF_ERROR(CheckRank(*grid, "grid", rank, rank));
  RETURN_IF_ERROR(CheckSameType(*input, *grid));
  const auto dims = static_cast<int64_t>(rank - kImageDims);
  if (grid->shape.front() != input->shape.front() || grid->shape.back() != dims) {
    return Refuse(absl::StrCat("grid ", ToString(grid->shape), " for input ",
                               ToString(input->shape), ": batch ", input->shape.front(), " and ",
                               dims, " coordinates expected"));
  }
  for (size_t i = kImageDims; i < rank; ++i) {
    if (input->shape[i] < 1) {
      return Refuse(absl::StrCat("input ", ToString(input->shape), " is empty"));
    }
  }
  ASSIGN_OR_RETURN(const int64_t mode, GridMode(call));
  if (mode == kBicubic && dims != 2) return Refuse("bicubic sampling of images only");
  Shape shape = {input->shape[0], input->shape[1]};
  shape.insert(shape.end(), grid->shape.begin() + 1, grid->shape.end() - 1);
  return TensorTypes{{input->dtype, std::move(shape)}};
}

absl::StatusOr<OpCost> CostGridSample(const OpCall& call) {
  ASSIGN_OR_RETURN(OpCost cost, MoveCost(call));
  ASSIGN_OR_RETURN(const int64_t mode, GridMode(call));
  if (mode == kNearest) return cost;
  const bool volume = call.inputs[0]->shape.size() == 5;
  const int64_t taps = mode == kBicubic ? 16 : volume ? 8 : 4;
  ASSIGN_OR_RETURN(cost.flops,
                   (Checked(cost.output_elements) * WeightedSumFlops(taps)).Value("FLOPs"));
  return cost;
}

}  // namespace

std::vector<OpDef> ResamplingOps() {
  constexpr std::string_view kFamily = "resampling";
  return {
      {"interpolate",
       kFamily,
       "Another size, output_size or scale_factors, by mode: nearest, nearest-exact, linear, "
       "bilinear, trilinear, bicubic. FLOPs: the weighted sum of 2 elements a dimension (bicubic: "
       "4) for each output, none for the nearest; with antialias one dimension after the other, "
       "over windows that grow as the image shrinks. Weights are not counted.",
       {"input"},
       InferInterpolate,
       CostInterpolate,
       SavesNothing},
      {"grid_sample",
       kFamily,
       "The input at the positions of a grid. FLOPs: for each output the weighted sum of 2 "
       "elements "
       "a dimension (bicubic: 4), none for the nearest. Positions and weights are not counted.",
       {"input", "grid"},
       InferGridSample,
       CostGridSample,
       SavesInputs},
  };
}

}  // namespace latcast::ops
