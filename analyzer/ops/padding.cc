#include <algorithm>

#include "absl/strings/str_cat.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/ops/families.h"
#include "analyzer/ops/rule.h"
#include "analyzer/ops/saved.h"
#include "base/status_macros.h"

namespace latcast::ops {
namespace {

using graph::Shape;
using graph::Value;

enum class Mode { kConstant, kReflect, kReplicate, kCircular };

absl::StatusOr<Mode> ReadMode(const OpCall& call) {
  const auto it = call.op.attributes.find(std::string_view("mode"));
  if (it == call.op.attributes.end()) return Mode::kConstant;
  constexpr std::pair<const char*, Mode> kModes[] = {{"constant", Mode::kConstant},
                                                     {"reflect", Mode::kReflect},
                                                     {"replicate", Mode::kReplicate},
                                                     {"circular", Mode::kCircular}};
  for (const auto& [name, mode] : kModes) {
    if (it->second == graph::Attribute(name)) return mode;
  }
  return Refuse(absl::StrCat("attribute mode: ", graph::ToString(it->second),
                             ", constant, reflect, replicate or circular expected"));
}

// What is put around comes from the input: it must have images of `dims` dimensions with elements.
absl::Status CheckImages(const Shape& shape, size_t dims, Mode mode) {
  const bool fits =
      dims >= 1 && dims <= 3 && (shape.size() == dims + 2 || shape.size() == dims + 1);
  const size_t batch = shape.size() == dims + 2 ? 1 : 0;
  if (fits &&
      (mode == Mode::kCircular || std::find(shape.begin() + static_cast<std::ptrdiff_t>(batch),
                                            shape.end(), 0) == shape.end())) {
    return absl::OkStatus();
  }
  return Refuse(
      absl::StrCat("input ", ToString(shape), " holds no images to pad ", dims, " dimensions of"));
}

// How far a side may reach: a reflection leaves out the edge, a circle goes round once.
absl::Status CheckSide(int64_t side, int64_t size, Mode mode) {
  const bool fits = mode == Mode::kReflect    ? side < size
                    : mode == Mode::kCircular ? side <= size
                                              : true;
  if (fits) return absl::OkStatus();
  return Refuse(absl::StrCat("padding by ", side, " reaches beyond the ", size, " elements there"));
}

// Pairs of (before, after), from the last dimension on; negative ones crop.
InferResult InferPad(const OpCall& call) {
  ASSIGN_OR_RETURN(const Value* input, call.Input(0));
  ASSIGN_OR_RETURN(const std::vector<int64_t> pad, GetList(call.op.attributes, "pad"));
  ASSIGN_OR_RETURN(const Mode mode, ReadMode(call));
  Shape shape = input->shape;
  if (pad.size() % 2 != 0 || pad.size() / 2 > shape.size()) {
    return Refuse(
        absl::StrCat(pad.size(), " paddings for input ", ToString(shape), ", two a dimension"));
  }
  if (mode != Mode::kConstant) RETURN_IF_ERROR(CheckImages(shape, pad.size() / 2, mode));
  for (size_t i = 0; i < pad.size(); i += 2) {
    int64_t& dim = shape[shape.size() - 1 - i / 2];
    RETURN_IF_ERROR(CheckSide(pad[i], dim, mode));
    RETURN_IF_ERROR(CheckSide(pad[i + 1], dim, mode));
    ASSIGN_OR_RETURN(const int64_t padded,
                     (Checked(dim) + pad[i] + pad[i + 1]).Value("the padded dimension"));
    const int64_t least = mode == Mode::kConstant || mode == Mode::kCircular ? 0 : 1;
    const Checked kept =
        Checked(dim) + std::min<int64_t>(pad[i], 0) + std::min<int64_t>(pad[i + 1], 0);
    ASSIGN_OR_RETURN(const int64_t cropped, kept.Value("the cropped dimension"));
    if (padded < least || (mode == Mode::kConstant && cropped < 0)) {
      return Refuse(
          absl::StrCat("padding ", dim, " by ", pad[i], " and ", pad[i + 1], " leaves ", padded));
    }
    dim = padded;
  }
  return TensorTypes{{input->dtype, std::move(shape)}};
}

// Reflections and replications add up gradients by the input's geometry, and keep it for that.
absl::StatusOr<Saved> SavedByPad(const OpCall& call) {
  ASSIGN_OR_RETURN(const Mode mode, ReadMode(call));
  return mode == Mode::kReflect || mode == Mode::kReplicate ? SavesInput(call) : Saved{};
}

}  // namespace

std::vector<OpDef> PaddingOps() {
  return {{"pad",
           "padding",
           "The input with a border: a constant value, its reflection, its edge repeated or its "
           "other side. A copy; no FLOPs.",
           {"input"},
           InferPad,
           MoveCost,
           SavedByPad}};
}

}  // namespace latcast::ops
