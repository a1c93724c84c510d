// Operators that slide windows along the last axes: convolution and pooling.
#include <numeric>
#include <string>

#include "absl/status/statusor.h"
#include "analyzer/graph/attributes.h"
#include "analyzer/insight/field_rule.h"

namespace latcast::insight {
namespace {

using graph::Shape;
using Result = std::optional<ValueField>;
using Ints = std::vector<int64_t>;

// "conv2d" -> 2; 0 where the name ends in no number of dimensions.
size_t SpatialAxes(const std::string& type) {
  const size_t n = type.size();
  if (n < 2 || type[n - 1] != 'd' || type[n - 2] < '1' || type[n - 2] > '3') return 0;
  return static_cast<size_t>(type[n - 2] - '0');
}

// The windows of a convolution or pooling, one a spatial axis; `kernel` likewise.
std::optional<std::vector<Window>> Windows(const FieldCall& call, const Ints& kernel,
                                           std::optional<int64_t> default_stride) {
  const size_t n = kernel.size();
  const graph::Attributes& attributes = call.op.attributes;
  const absl::StatusOr<Ints> stride = graph::GetInts(attributes, "stride", n, 0);
  const absl::StatusOr<Ints> dilation = graph::GetInts(attributes, "dilation", n, 1);
  if (!stride.ok() || !dilation.ok()) return std::nullopt;
  Ints padding(n, 0);
  const auto mode = attributes.find(std::string_view("padding"));
  const std::string* name =
      mode == attributes.end() ? nullptr : std::get_if<std::string>(&mode->second);
  if (name == nullptr) {
    const absl::StatusOr<Ints> given = graph::GetInts(attributes, "padding", n, 0);
    if (!given.ok()) return std::nullopt;
    padding = *given;
  }
  std::vector<Window> windows;
  for (size_t i = 0; i < n; ++i) {
    Window window{kernel[i], (*stride)[i], padding[i], (*dilation)[i]};
    if (window.stride == 0) window.stride = default_stride.value_or(kernel[i]);
    // The odd element of "same" is padded behind.
    if (name != nullptr && *name == "same") {
      int64_t total = 0;
      if (__builtin_mul_overflow(window.dilation, window.taps - 1, &total)) return std::nullopt;
      window.padding = total / 2;
    } else if (name != nullptr && *name != "valid") {
      return std::nullopt;
    }
    windows.push_back(window);
  }
  return windows;
}

// A window slid along the last axes of the value.
ValueField Slid(FieldCall& call, const std::vector<Window>& windows, bool back) {
  ValueField field = call.fields[0];
  const size_t first = call.in(0).size() - windows.size();
  for (size_t i = 0; i < windows.size(); ++i) {
    const size_t axis = first + i;
    call.windowed = call.windowed || field.LiesOn(axis);
    field.Remap(axis, call.out()[axis], [&](const FieldMap& map) {
      return back ? map.SlideBack(windows[i]) : map.Slide(windows[i]);
    });
  }
  return field;
}

Result Convolution(FieldCall& call) {
  if (call.op.inputs.size() < 2 || !call.ConstantFrom(1)) return std::nullopt;
  const bool transposed = call.op.type.starts_with("conv_transpose");
  const size_t n = SpatialAxes(call.op.type);
  const Shape& weight = call.in(1);
  const size_t rank = call.in(0).size();
  if (n == 0 || weight.size() != n + 2 || rank < n + 1) return std::nullopt;
  const Ints kernel(weight.begin() + 2, weight.end());
  const auto windows = Windows(call, kernel, 1);
  const absl::StatusOr<int64_t> groups = graph::GetInt(call.op.attributes, "groups", 1);
  if (!windows || !groups.ok()) return std::nullopt;
  ValueField field = Slid(call, *windows, transposed);
  const AxisSet channels = Bit(rank - n - 1);
  if (*groups == 1) {
    field.Collapse(channels, call.input_length);
  } else if (field.MayLieOn(channels)) {
    return std::nullopt;
  }
  return field;
}

Result Pool(FieldCall& call) {
  const size_t n = SpatialAxes(call.op.type);
  const absl::StatusOr<Ints> kernel = graph::GetInts(call.op.attributes, "kernel_size", n, 0);
  if (n == 0 || call.in(0).size() < n || !kernel.ok()) return std::nullopt;
  const auto windows = Windows(call, *kernel, std::nullopt);
  if (!windows) return std::nullopt;
  return Slid(call, *windows, /*back=*/false);
}

// Position o of `out` averages [floor(o in / out), ceil((o + 1) in / out)).
Result AdaptivePool(FieldCall& call) {
  const size_t n = SpatialAxes(call.op.type);
  if (n == 0 || call.in(0).size() < n) return std::nullopt;
  ValueField field = call.fields[0];
  for (size_t axis = call.in(0).size() - n; axis < call.in(0).size(); ++axis) {
    const int64_t in = call.in(0)[axis];
    const int64_t out = call.out()[axis];
    if (in < 1 || out < 1) return std::nullopt;
    call.windowed = call.windowed || field.LiesOn(axis);
    if (out == 1) {
      field.Collapse(Bit(axis), call.input_length);
      continue;
    }
    field.Remap(axis, out, [in, out](const FieldMap& map) -> std::optional<FieldMap> {
      if (in > FieldMap::kMaxPosition || out > FieldMap::kMaxPosition) return std::nullopt;
      const int64_t common = std::gcd(in, out);
      return map.Resample(out / common, in / common, [in, out](int64_t o) {
        return Interval{o * in / out, ((o + 1) * in + out - 1) / out - 1};
      });
    });
  }
  return field;
}

// The windows of im2col and col2im, one for each of the two last axes of an image.
std::optional<std::vector<Window>> ImageWindows(const FieldCall& call) {
  const absl::StatusOr<Ints> kernel = graph::GetInts(call.op.attributes, "kernel_size", 2, 0);
  return kernel.ok() ? Windows(call, *kernel, 1) : std::nullopt;
}

// How many windows fit along an axis; 0 where none does, or numbers are beyond all images.
int64_t WindowCount(int64_t length, const Window& window) {
  constexpr int64_t kMost = 1 << 20;
  for (const int64_t number :
       {length, window.taps, window.stride, window.padding, window.dilation}) {
    if (number < 0 || number > kMost) return 0;
  }
  const int64_t room = length + 2 * window.padding - window.dilation * (window.taps - 1) - 1;
  return room < 0 || window.stride == 0 ? 0 : room / window.stride + 1;
}

// A window's elements become channels, the windows one axis.
Result Im2Col(FieldCall& call) {
  const Shape& in = call.in(0);
  const auto windows = ImageWindows(call);
  if (!windows || in.size() < 3 || call.out().size() + 1 != in.size()) return std::nullopt;
  const size_t channels = in.size() - 3;
  if (call.fields[0].MayLieOn(Bit(channels))) return std::nullopt;
  Shape slid(call.out().begin(), call.out().end() - 1);
  ValueField field = call.fields[0];
  for (size_t i = 0; i < 2; ++i) {
    const size_t axis = channels + 1 + i;
    slid.push_back(WindowCount(in[axis], (*windows)[i]));
    call.windowed = call.windowed || field.LiesOn(axis);
    field.Remap(axis, slid.back(), [&](const FieldMap& map) { return map.Slide((*windows)[i]); });
  }
  if (slid[channels + 1] * slid[channels + 2] != call.out().back()) return std::nullopt;
  field.MarkUneven(channels);
  field.Reshape(slid, call.out());
  return field;
}

// Back: an element of the image sees the windows that cover it.
Result Col2Im(FieldCall& call) {
  const Shape& in = call.in(0);
  const Shape& out = call.out();
  const auto windows = ImageWindows(call);
  if (!windows || in.size() < 2 || out.size() != in.size() + 1) return std::nullopt;
  const size_t channels = in.size() - 2;
  Result field = IfAllSeeTheSame(call.fields[0], Bit(channels), call.input_length);
  if (!field) return std::nullopt;
  Shape apart(in.begin(), in.end() - 1);
  for (size_t i = 0; i < 2; ++i) {
    apart.push_back(WindowCount(out[channels + 1 + i], (*windows)[i]));
  }
  if (apart[channels + 1] * apart[channels + 2] != in.back()) return std::nullopt;
  field->Reshape(in, apart);
  for (size_t i = 0; i < 2; ++i) {
    const size_t axis = channels + 1 + i;
    call.windowed = call.windowed || field->LiesOn(axis);
    field->Remap(axis, out[axis],
                 [&](const FieldMap& map) { return map.SlideBack((*windows)[i]); });
  }
  return field;
}

constexpr NamedFieldRule kRules[] = {
    {"im2col", Im2Col},
    {"col2im", Col2Im},
    {"conv1d", Convolution},
    {"conv2d", Convolution},
    {"conv3d", Convolution},
    {"conv_transpose1d", Convolution},
    {"conv_transpose2d", Convolution},
    {"conv_transpose3d", Convolution},
    {"max_pool1d", Pool},
    {"max_pool2d", Pool},
    {"max_pool3d", Pool},
    {"avg_pool1d", Pool},
    {"avg_pool2d", Pool},
    {"avg_pool3d", Pool},
    {"adaptive_avg_pool1d", AdaptivePool},
    {"adaptive_avg_pool2d", AdaptivePool},
    {"adaptive_avg_pool3d", AdaptivePool},
    {"adaptive_max_pool1d", AdaptivePool},
    {"adaptive_max_pool2d", AdaptivePool},
    {"adaptive_max_pool3d", AdaptivePool},
};

}  // namespace

std::span<const NamedFieldRule> WindowFieldRules() { return kRules; }

}  // namespace latcast::insight
