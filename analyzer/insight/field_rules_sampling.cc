// Operators that read other positions than those of their results: resampling, padding, windows
// laid out as channels.
#include <cmath>
#include <numeric>
#include <string>

#include "analyzer/graph/attributes.h"
#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;
using Ints = std::vector<int64_t>;

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Where position o of a resampled axis lies in the input: (numerator * o + constant) / denominator.
struct Place {
  int64_t numerator = 1;
  int64_t constant = 0;
  int64_t denominator = 1;
};

// PyTorch's sampling positions. Nothing where a factor, not the sizes, decides them.
std::optional<Place> PlaceOf(const FieldCall& call, std::string_view mode, size_t axis,
                             size_t dim) {
  const int64_t in = call.in(0)[axis];
  const int64_t out = call.out()[axis];
  if (const auto it = call.op.attributes.find(std::string_view("scale_factors"));
      it != call.op.attributes.end()) {
    const auto* factors = std::get_if<std::vector<double>>(&it->second);
    if (factors == nullptr || factors->empty()) return std::nullopt;
    const double factor = factors->size() == 1 ? factors->front() : factors->at(dim);
    if (static_cast<double>(in) * factor != static_cast<double>(out)) return std::nullopt;
  }
  if (mode == "nearest") return Place{in, 0, out};
  if (mode != "nearest-exact" && call.Flag("align_corners", false)) {
    if (out < 2) return std::nullopt;
    return Place{in - 1, 0, out - 1};
  }
  // The middle of the element; the nearest one holds it, others are weighed from element to
  // element.
  const int64_t half = mode == "nearest-exact" ? 0 : out;
  return Place{2 * in, in - half, 2 * out};
}

Result Interpolate(FieldCall& call) {
  const auto attribute = call.op.attributes.find(std::string_view("mode"));
  if (attribute == call.op.attributes.end()) return std::nullopt;
  const auto* mode = std::get_if<std::string>(&attribute->second);
  const Shape& in = call.in(0);
  if (mode == nullptr || in.size() < 3) return std::nullopt;
  const bool copies = mode->starts_with("nearest");
  const int64_t beyond = *mode == "bicubic" ? 1 : 0;  // taps on either side of the two nearest
  ValueField field = call.fields[0];
  for (size_t axis = 2; axis < in.size(); ++axis) {
    const int64_t length = call.out()[axis];
    call.windowed = call.windowed || field.LiesOn(axis);
    // Shrinking with antialias widens the window.
    if (call.Flag("antialias", false) && length < in[axis]) return std::nullopt;
    if (in[axis] == length) continue;
    if (in[axis] > FieldMap::kMaxPosition || length > FieldMap::kMaxPosition) return std::nullopt;
    const std::optional<Place> place = PlaceOf(call, *mode, axis, axis - 2);
    if (!place) return std::nullopt;
    const int64_t common = std::gcd(place->numerator, place->denominator);
    field.Remap(axis, length, [&](const FieldMap& map) {
      return map.Resample(place->denominator / common, place->numerator / common, [&](int64_t o) {
        const int64_t scaled = place->numerator * o + place->constant;
        const int64_t at = FloorDivide(scaled, place->denominator);
        // An element that is met exactly has all the weight.
        if (copies || scaled == at * place->denominator) return Interval{at, at};
        return Interval{at - beyond, at + 1 + beyond};
      });
    });
  }
  return field;
}

// Channels become positions: `factor` of them side by side.
Result PixelShuffle(FieldCall& call) {
  const std::optional<int64_t> factor = call.Int("upscale_factor");
  const size_t rank = call.in(0).size();
  if (!factor || *factor < 1 || rank < 3 || call.fields[0].MayLieOn(Bit(rank - 3))) {
    return std::nullopt;
  }
  ValueField field = call.fields[0];
  field.TakePart(rank - 3, rank);
  for (const size_t axis : {rank - 2, rank - 1}) {
    call.windowed = call.windowed || field.LiesOn(axis);
    field.Remap(axis, call.out()[axis], [&](const FieldMap& map) {
      return map.Resample(*factor, 1, [&](int64_t o) {
        return Interval{FloorDivide(o, *factor), FloorDivide(o, *factor)};
      });
    });
  }
  return field;
}

// Positions become channels, which see different ones.
Result PixelUnshuffle(FieldCall& call) {
  const std::optional<int64_t> factor = call.Int("downscale_factor");
  const size_t rank = call.in(0).size();
  if (!factor || rank < 3 || call.fields[0].MayLieOn(Bit(rank - 3))) return std::nullopt;
  ValueField field = call.fields[0];
  for (const size_t axis : {rank - 2, rank - 1}) {
    call.windowed = call.windowed || field.LiesOn(axis);
    field.Remap(axis, call.out()[axis], [&](const FieldMap& map) {
      return map.Slide({.taps = *factor, .stride = *factor});
    });
  }
  field.MarkUneven(rank - 3);
  return field;
}

// Positions that padding adds count as positions beyond the end, whatever is put there.
Result Pad(FieldCall& call) {
  const std::optional<Ints> pad = call.List("pad");
  const size_t rank = call.in(0).size();
  if (!pad || pad->size() % 2 != 0 || pad->size() / 2 > rank) return std::nullopt;
  ValueField field = call.fields[0];
  for (size_t i = 0; i < pad->size() / 2; ++i) {  // the last axis first
    const size_t axis = rank - 1 - i;
    if ((*pad)[2 * i] == 0 && (*pad)[2 * i + 1] == 0) continue;
    if ((*pad)[2 * i] < 0 || (*pad)[2 * i + 1] < 0) field.TakePart(axis, rank);
    field.Remap(axis, call.out()[axis],
                [&](const FieldMap& map) { return map.Slide({.padding = (*pad)[2 * i]}); });
  }
  return field;
}

// Windows of one axis, their elements on a new last one.
Result Unfold(FieldCall& call) {
  const std::optional<size_t> axis = call.AxisNamed("dimension", 0);
  const std::optional<int64_t> size = call.Int("size");
  const std::optional<int64_t> step = call.Int("step");
  if (!axis || !size || !step) return std::nullopt;
  ValueField field = call.fields[0];
  call.windowed = call.windowed || field.LiesOn(*axis);
  field.Remap(*axis, call.out()[*axis],
              [&](const FieldMap& map) { return map.Slide({.taps = *size, .stride = *step}); });
  field.MarkUneven(call.out().size() - 1);
  return field;
}

constexpr NamedFieldRule kRules[] = {
    {"interpolate", Interpolate},
    {"pixel_shuffle", PixelShuffle},
    {"pixel_unshuffle", PixelUnshuffle},
    {"pad", Pad},
    {"unfold", Unfold},
};

}  // namespace

std::span<const NamedFieldRule> SamplingFieldRules() { return kRules; }

}  // namespace latcast::insight
