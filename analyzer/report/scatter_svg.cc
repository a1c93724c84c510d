#include "analyzer/report/scatter_svg.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/markup.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

// Distinguishable with the common colour-vision deficiencies (Okabe and Ito); further groups repeat
// them with another marker.
constexpr std::string_view kColours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                         "#b8860b", "#56b4e9", "#8b0000", "#5d5d5d"};
constexpr double kErrorLimit = 0.5;  // of the lower panel; points beyond stand on its edge

enum class Shape { kCircle, kSquare, kTriangle, kDiamond };

// How the points of one group are drawn.
struct Style {
  std::string_view colour;
  Shape shape;
};

Style StyleOf(size_t group, bool highlight) {
  if (highlight) return {"#24292f", Shape::kDiamond};
  return {kColours[group % std::size(kColours)],
          static_cast<Shape>(group / std::size(kColours) % 3)};
}

struct Box {
  double left, top, width, height;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

constexpr Box kMain = {70, 64, 520, 420};
constexpr Box kErrors = {70, 520, 520, 110};
constexpr double kLegendLeft = 610;
constexpr double kLegendStep = 18;
constexpr double kLetterWidth = 7;  // at most, on average
constexpr double kLetterHeight = 13;
constexpr double kWidth = 800;
constexpr double kHeight = 680;

// Text beside a point: where its line stands, and from where to where it goes.
struct Label {
  double left, y, width;
};

// A decimal logarithmic range that holds all values, a little wider than they need.
struct LogRange {
  double low, high;  // log10
  // 0 to 1; a forecast of zero stands on the edge.
  double At(double value) const {
    return value > 0.0 ? std::clamp((std::log10(value) - low) / (high - low), 0.0, 1.0) : 0.0;
  }
};

LogRange RangeOf(const std::vector<ScatterPoint>& points) {
  LogRange range = {1e300, -1e300};
  for (const ScatterPoint& point : points) {
    for (const double value : {point.measured_ms, point.predicted_ms}) {
      if (value <= 0.0) continue;
      range.low = std::min(range.low, std::log10(value));
      range.high = std::max(range.high, std::log10(value));
    }
  }
  const double margin = std::max(0.04 * (range.high - range.low), 0.05);
  return {range.low - margin, range.high + margin};
}

// Decades, with 2 and 5 between them where the range is short.
std::vector<double> Ticks(const LogRange& range) {
  std::vector<double> ticks;
  const bool fine = range.high - range.low < 3.0;
  for (double e = std::floor(range.low); e <= range.high; e += 1.0) {
    for (const double m : {1.0, 2.0, 5.0}) {
      if (m > 1.0 && !fine) continue;
      const double log = e + std::log10(m);
      if (log >= range.low && log <= range.high) ticks.push_back(m * std::pow(10.0, e));
    }
  }
  return ticks;
}

class Drawing {
 public:
  void Line(double x1, double y1, double x2, double y2, std::string_view css) {
    absl::StrAppendFormat(&body_, "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' class='%s'/>\n",
                          x1, y1, x2, y2, ToAbsl(css));
  }
  void Frame(const Box& box) {
    absl::StrAppendFormat(&body_,
                          "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' class='frame'/>\n",
                          box.left, box.top, box.width, box.height);
  }
  void Polygon(std::span<const std::pair<double, double>> corners, std::string_view css) {
    body_ += "<polygon points='";
    for (const auto& [x, y] : corners) absl::StrAppendFormat(&body_, "%.1f,%.1f ", x, y);
    absl::StrAppend(&body_, "' class='", ToAbsl(css), "'/>\n");
  }
  void Text(double x, double y, std::string_view text, std::string_view css, double rotate = 0) {
    const std::string turn =
        rotate == 0 ? "" : absl::StrFormat(" transform='rotate(%.0f %.1f %.1f)'", rotate, x, y);
    absl::StrAppendFormat(&body_, "<text x='%.1f' y='%.1f' class='%s'%s>%s</text>\n", x, y,
                          ToAbsl(css), turn, EscapeMarkup(text));
  }
  void Marker(double x, double y, double r, const Style& style, std::string_view tip) {
    std::string shape;
    switch (style.shape) {
      case Shape::kCircle:
        shape = absl::StrFormat("<circle cx='%.1f' cy='%.1f' r='%.1f'", x, y, r);
        break;
      case Shape::kSquare:
        shape = absl::StrFormat("<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f'", x - r, y - r,
                                2 * r, 2 * r);
        break;
      case Shape::kTriangle:
        shape = absl::StrFormat("<polygon points='%.1f,%.1f %.1f,%.1f %.1f,%.1f'", x, y - r, x - r,
                                y + r, x + r, y + r);
        break;
      case Shape::kDiamond:
        shape = absl::StrFormat("<polygon points='%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f'", x,
                                y - r, x + r, y, x, y + r, x - r, y);
        break;
    }
    absl::StrAppend(&body_, "<g class='point' fill='", ToAbsl(style.colour), "'>", shape,
                    "/><title>", EscapeMarkup(tip), "</title></g>\n");
  }

  std::string Finish() const {
    return absl::StrFormat(
        "<svg xmlns='http://www.w3.org/2000/svg' class='scatter' width='%.0f' height='%.0f' "
        "viewBox='0 0 %.0f %.0f' role='img'>\n"
        "<style>\n"
        ".scatter text { font: 12px system-ui, sans-serif; fill: #24292f; }\n"
        ".scatter .title { font-size: 16px; font-weight: 600; }\n"
        ".scatter .muted { fill: #57606a; }\n"
        ".scatter .middle { text-anchor: middle; } .scatter .end { text-anchor: end; }\n"
        ".scatter .grid { stroke: #d8dee4; }\n"
        ".scatter .identity { stroke: #24292f; stroke-dasharray: 5 4; }\n"
        ".scatter .band { fill: #1a7f37; fill-opacity: 0.12; }\n"
        ".scatter .frame { fill: none; stroke: #8c959f; }\n"
        ".scatter .point { fill-opacity: 0.75; stroke: #ffffff; stroke-width: 0.6; }\n"
        "</style>\n"
        "<rect width='100%%' height='100%%' rx='8' fill='#ffffff'/>\n%s</svg>\n",
        kWidth, kHeight, kWidth, kHeight, body_);
  }

 private:
  std::string body_;
};

class Scatter {
 public:
  Scatter(const std::vector<ScatterPoint>& points, const ScatterOptions& options)
      : points_(points), options_(options), range_(RangeOf(points)) {
    for (const ScatterPoint& point : points) {
      const auto found = std::ranges::find(groups_, point.group);
      const auto group = static_cast<size_t>(found - groups_.begin());
      if (found != groups_.end()) continue;
      groups_.push_back(point.group);
      styles_.push_back(StyleOf(group, point.highlight));
    }
  }

  std::string Draw() {
    drawing_.Text(kMain.left, 28, options_.title, "title");
    drawing_.Text(kMain.left, 48, options_.subtitle, "muted");
    DrawMainAxes();
    DrawErrorAxes();
    for (const ScatterPoint& point : points_) DrawPoint(point);
    DrawLegend();
    return drawing_.Finish();
  }

 private:
  double X(double ms) const { return kMain.left + kMain.width * range_.At(ms); }
  double Y(double ms) const { return kMain.bottom() - kMain.height * range_.At(ms); }
  double ErrorY(double error) const {
    const double clipped = std::clamp(error, -kErrorLimit, kErrorLimit);
    return kErrors.top + kErrors.height * (kErrorLimit - clipped) / (2 * kErrorLimit);
  }

  void DrawMainAxes() {
    const double low = std::pow(10.0, range_.low);
    const double high = std::pow(10.0, range_.high);
    const double up = 1.0 + options_.band;
    const double down = 1.0 - options_.band;
    const std::pair<double, double> band[] = {{X(low), Y(low)},          {X(low), Y(low * up)},
                                              {X(high / up), Y(high)},   {X(high), Y(high)},
                                              {X(high), Y(high * down)}, {X(low / down), Y(low)}};
    drawing_.Polygon(band, "band");
    for (const double tick : Ticks(range_)) {
      const std::string text = absl::StrFormat("%g", tick);
      drawing_.Line(X(tick), kMain.top, X(tick), kMain.bottom(), "grid");
      drawing_.Line(kMain.left, Y(tick), kMain.right(), Y(tick), "grid");
      drawing_.Line(X(tick), kErrors.top, X(tick), kErrors.bottom(), "grid");
      drawing_.Text(kMain.left - 6, Y(tick) + 4, text, "end muted");
      drawing_.Text(X(tick), kErrors.bottom() + 16, text, "middle muted");
    }
    drawing_.Line(X(low), Y(low), X(high), Y(high), "identity");
    drawing_.Frame(kMain);
    drawing_.Text(20, kMain.top + kMain.height / 2, "predicted [ms]", "middle", -90);
    drawing_.Text(kMain.left + kMain.width / 2, kErrors.bottom() + 36, "measured [ms]", "middle");
  }

  void DrawErrorAxes() {
    const double top = ErrorY(options_.band);
    const double bottom = ErrorY(-options_.band);
    const std::pair<double, double> band[] = {{kErrors.left, top},
                                              {kErrors.right(), top},
                                              {kErrors.right(), bottom},
                                              {kErrors.left, bottom}};
    drawing_.Polygon(band, "band");
    for (const double tick : {-kErrorLimit, 0.0, kErrorLimit}) {
      drawing_.Text(kErrors.left - 6, ErrorY(tick) + 4,
                    tick == 0.0 ? "0 %" : absl::StrFormat("%+.0f %%", 100 * tick), "end muted");
    }
    drawing_.Line(kErrors.left, ErrorY(0), kErrors.right(), ErrorY(0), "identity");
    drawing_.Frame(kErrors);
    drawing_.Text(20, kErrors.top + kErrors.height / 2, "error", "middle", -90);
  }

  void DrawPoint(const ScatterPoint& point) {
    const auto group =
        static_cast<size_t>(std::ranges::find(groups_, point.group) - groups_.begin());
    const double error = point.predicted_ms / point.measured_ms - 1.0;
    const double radius = point.highlight ? 6 : 3.5;
    const std::string tip =
        absl::StrCat(point.label, ": predicted ", FormatLatency(point.predicted_ms), ", measured ",
                     FormatLatency(point.measured_ms), absl::StrFormat(" (%+.1f %%)", 100 * error));
    const double x = X(point.measured_ms);
    drawing_.Marker(x, Y(point.predicted_ms), radius, styles_[group], tip);
    drawing_.Marker(x, ErrorY(error), radius - 1, styles_[group], tip);
    if (point.highlight)
      DrawLabel(x, Y(point.predicted_ms), std::filesystem::path(point.label).stem().string());
  }

  // On the side that keeps the text within the frame, unless another label is there already.
  void DrawLabel(double x, double y, const std::string& text) {
    const double width = kLetterWidth * static_cast<double>(text.size());
    const bool left = x > kMain.left + 0.75 * kMain.width;
    const Label label = {left ? x - 9 - width : x + 9, y, width};
    for (const Label& other : labels_) {
      if (std::abs(label.y - other.y) < kLetterHeight && label.left < other.left + other.width &&
          other.left < label.left + label.width) {
        return;
      }
    }
    labels_.push_back(label);
    drawing_.Text(left ? x - 9 : x + 9, y + 4, text, left ? "end" : "");
  }

  void DrawLegend() {
    double y = kMain.top + 12;
    for (size_t i = 0; i < groups_.size() && y < kHeight - kLegendStep; ++i, y += kLegendStep) {
      if (groups_[i].empty()) continue;
      drawing_.Marker(kLegendLeft, y - 4, 5, styles_[i], groups_[i]);
      drawing_.Text(kLegendLeft + 12, y, groups_[i], "");
    }
  }

  const std::vector<ScatterPoint>& points_;
  const ScatterOptions& options_;
  const LogRange range_;
  std::vector<std::string> groups_;
  std::vector<Style> styles_;  // by group
  std::vector<Label> labels_;  // written so far
  Drawing drawing_;
};

}  // namespace

absl::StatusOr<std::string> ScatterSvg(const std::vector<ScatterPoint>& points,
                                       const ScatterOptions& options) {
  if (points.empty()) return absl::InvalidArgumentError("a picture needs at least one point");
  for (const ScatterPoint& point : points) {
    const bool drawable = std::isfinite(point.measured_ms) && point.measured_ms > 0.0 &&
                          std::isfinite(point.predicted_ms) && point.predicted_ms >= 0.0;
    if (!drawable) {
      return absl::InvalidArgumentError(absl::StrCat("point '", point.label, "': predicted ",
                                                     point.predicted_ms, " ms, measured ",
                                                     point.measured_ms, " ms cannot be drawn"));
    }
  }
  return Scatter(points, options).Draw();
}

}  // namespace latcast::report
