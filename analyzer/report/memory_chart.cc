#include "analyzer/report/memory_chart.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/markup.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

constexpr double kWidth = 1180;
constexpr double kHeight = 300;
constexpr double kLeft = 78;
constexpr double kRight = kWidth - 12;
constexpr double kTop = 26;
constexpr double kBottom = 250;
constexpr double kBandTop = 258;
constexpr double kBandHeight = 24;
constexpr size_t kMaxSteps = 600;
constexpr int kDeepestParts = 4;
constexpr double kLetterWidth = 6.4;

std::string Bytes(int64_t bytes) { return FormatBytes(static_cast<double>(bytes)); }

// A round distance between lines of the grid: 1, 2, 5, 10, ... B, KiB, MiB, ...
double GridStep(double peak) {
  const double rough = std::max(peak / 4.0, 1.0);
  const double unit = std::pow(1024.0, std::floor(std::log(rough) / std::log(1024.0)));
  for (double step = unit;; step *= 10.0) {
    for (const double m : {1.0, 2.0, 5.0}) {
      if (m * step >= rough) return m * step;
    }
  }
}

// A run of layers in a row that belong to one part of the network.
struct Band {
  std::string name;
  size_t first = 0;
  size_t end = 0;
};

std::vector<Band> BandsAt(const AnalysisReport& report, int depth) {
  std::vector<size_t> parts;  // by module: itself, or the module around it at that depth
  for (size_t m = 0; m < report.modules.size(); ++m) {
    const ModuleRow& module = report.modules[m];
    parts.push_back(module.depth <= depth ? m : parts[module.parent.value_or(0)]);
  }
  std::vector<Band> bands;
  for (size_t i = 0; i < report.layers.size(); ++i) {
    const ModuleRow& part = report.modules[parts[report.layers[i].module]];
    const std::string name = part.depth == 0 ? "" : DisplayName(report, part);
    if (bands.empty() || bands.back().name != name) bands.push_back({name, i, i});
    bands.back().end = i + 1;
  }
  return bands;
}

// As deep as it takes for no part to hold more than half of the layers.
std::vector<Band> Bands(const AnalysisReport& report) {
  std::vector<Band> bands;
  const auto large = [&report](const Band& band) {
    return 2 * (band.end - band.first) > report.layers.size();
  };
  for (int depth = 1; depth <= kDeepestParts; ++depth) {
    bands = BandsAt(report, depth);
    if (std::ranges::none_of(bands, large)) break;
  }
  return bands;
}

class Chart {
 public:
  explicit Chart(const AnalysisReport& report)
      : report_(report),
        layers_(report.layers.size()),
        steps_(std::min(layers_, kMaxSteps)),
        grid_(GridStep(static_cast<double>(report.memory.eager.peak_bytes))),
        top_(grid_ * std::ceil(std::max(static_cast<double>(report.memory.eager.peak_bytes), 1.0) /
                               grid_)) {}

  std::string Draw() {
    DrawGrid();
    const std::vector<size_t> eager = Largest(report_.memory.eager.live_bytes);
    const std::vector<size_t> planned = Largest(report_.memory.planned.live_bytes);
    DrawArea(eager);
    DrawLine(planned);
    DrawPeak();
    DrawBands();
    DrawTips(eager);
    return absl::StrFormat(
        "<svg class=\"memory\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
        "aria-label=\"memory over time\">\n<style>\n"
        ".memory text { font-size: 12px; fill: var(--muted); }\n"
        ".memory .peak { fill: var(--warm); font-weight: 600; }\n"
        ".memory line.grid { stroke: var(--line); }\n"
        ".memory line.peak { stroke: var(--warm); stroke-dasharray: 4 3; }\n"
        ".memory .area { fill: var(--accent-soft); stroke: var(--accent); }\n"
        ".memory .planned { fill: none; stroke: var(--warm); stroke-opacity: 0.8; }\n"
        ".memory .band { fill: var(--page); stroke: var(--line); }\n"
        ".memory .tip { fill: transparent; } .memory .tip:hover { fill: var(--accent); "
        "fill-opacity: 0.2; }\n"
        "</style>\n%s</svg>\n",
        kWidth, kHeight, body_);
  }

 private:
  double X(size_t layer) const {
    return kLeft + (kRight - kLeft) * static_cast<double>(layer) / static_cast<double>(layers_);
  }
  double Y(double bytes) const { return kBottom - (kBottom - kTop) * bytes / top_; }
  double Y(int64_t bytes) const { return Y(static_cast<double>(bytes)); }

  size_t First(size_t step) const { return step * layers_ / steps_; }

  // By step: the layer in it with the largest number.
  std::vector<size_t> Largest(std::span<const int64_t> bytes) const {
    std::vector<size_t> largest;
    for (size_t step = 0; step < steps_; ++step) {
      const auto part = bytes.subspan(First(step), First(step + 1) - First(step));
      largest.push_back(First(step) +
                        static_cast<size_t>(std::ranges::max_element(part) - part.begin()));
    }
    return largest;
  }

  void Text(double x, double y, std::string_view text, std::string_view css,
            std::string_view anchor) {
    absl::StrAppendFormat(&body_, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"%s\">", x,
                          y, ToAbsl(css), ToAbsl(anchor));
    absl::StrAppend(&body_, EscapeMarkup(text), "</text>\n");
  }

  void Line(double x1, double y1, double x2, double y2, std::string_view css) {
    absl::StrAppendFormat(&body_,
                          "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
                          x1, y1, x2, y2, ToAbsl(css));
  }

  void DrawGrid() {
    for (double bytes = 0.0; bytes <= top_ * 1.0001; bytes += grid_) {
      Line(kLeft, Y(bytes), kRight, Y(bytes), "grid");
      Text(kLeft - 8, Y(bytes) + 4, FormatBytes(bytes), "", "end");
    }
  }

  // The outline of the steps, from left to right.
  std::string Steps(const std::vector<size_t>& layers, std::span<const int64_t> bytes) const {
    std::string path;
    for (size_t step = 0; step < layers.size(); ++step) {
      absl::StrAppendFormat(&path, "%s%.1f,%.1f H%.1f ", step == 0 ? "M" : "L", X(First(step)),
                            Y(bytes[layers[step]]), X(First(step + 1)));
    }
    return path;
  }

  void DrawArea(const std::vector<size_t>& layers) {
    const std::string steps = Steps(layers, report_.memory.eager.live_bytes);
    absl::StrAppendFormat(&body_, "<path class=\"area\" d=\"%sL%.1f,%.1f L%.1f,%.1f Z\"/>\n", steps,
                          kRight, kBottom, kLeft, kBottom);
  }

  void DrawLine(const std::vector<size_t>& layers) {
    absl::StrAppend(&body_, "<path class=\"planned\" d=\"",
                    Steps(layers, report_.memory.planned.live_bytes), "\"/>\n");
  }

  void DrawPeak() {
    const memory::Timeline& eager = report_.memory.eager;
    if (eager.peak_op == graph::kNone) return;
    const auto layer = static_cast<size_t>(eager.peak_op);
    const double x = (X(layer) + X(layer + 1)) / 2;
    Line(x, kTop - 6, x, kBottom, "peak");
    const bool left = x > (kLeft + kRight) / 2;
    Text(left ? x - 6 : x + 6, kTop - 8,
         absl::StrCat(Bytes(eager.peak_bytes), " at ", DisplayName(report_, report_.layers[layer]),
                      " (", report_.layers[layer].op, ")"),
         "peak", left ? "end" : "start");
  }

  void DrawBands() {
    for (const Band& band : Bands(report_)) {
      if (band.name.empty()) continue;
      const double width = X(band.end) - X(band.first);
      absl::StrAppendFormat(&body_,
                            "<g><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                            "rx=\"3\" class=\"band\"/><title>%s</title>",
                            X(band.first), kBandTop, width, kBandHeight, EscapeMarkup(band.name));
      if (static_cast<double>(band.name.size()) * kLetterWidth + 6 < width) {
        Text(X(band.first) + width / 2, kBandTop + 16, band.name, "", "middle");
      }
      body_ += "</g>\n";
    }
  }

  void DrawTips(const std::vector<size_t>& layers) {
    for (size_t step = 0; step < layers.size(); ++step) {
      const size_t layer = layers[step];
      const LayerRow& row = report_.layers[layer];
      const double width = X(First(step + 1)) - X(First(step));
      absl::StrAppendFormat(
          &body_,
          "<rect class=\"tip\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s "
          "(%s), step %d of %d: %s alive, %s planned</title></rect>\n",
          X(First(step)), kTop, width, kBottom - kTop, EscapeMarkup(DisplayName(report_, row)),
          EscapeMarkup(row.op), layer + 1, layers_, Bytes(row.live_bytes),
          Bytes(report_.memory.planned.live_bytes[layer]));
    }
  }

  const AnalysisReport& report_;
  const size_t layers_;
  const size_t steps_;
  const double grid_;
  const double top_;
  std::string body_;
};

}  // namespace

std::string MemoryChart(const AnalysisReport& report) {
  return report.layers.empty() ? "" : Chart(report).Draw();
}

}  // namespace latcast::report
