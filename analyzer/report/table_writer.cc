#include "analyzer/report/table_writer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/units.h"

namespace latcast::report {
namespace {

// How a number of one column is written in one style.
class Cells {
 public:
  explicit Cells(TableStyle style) : exact_(style == TableStyle::kCsv) {}

  bool exact() const { return exact_; }
  std::string Count(int64_t value) const {
    return exact_ ? absl::StrCat(value) : FormatCount(static_cast<double>(value));
  }
  std::string Bytes(int64_t value) const {
    return exact_ ? absl::StrCat(value) : FormatBytes(static_cast<double>(value));
  }
  std::string Latency(double ms) const { return exact_ ? FormatExact(ms) : FormatLatency(ms); }
  std::string Unknown() const { return exact_ ? "" : "?"; }

 private:
  bool exact_;
};

std::vector<TableColumn> Columns(const AnalysisReport& report, bool exact) {
  std::vector<TableColumn> columns = {{"layer"}, {"class"}, {"op"}, {"output"}};
  const auto add = [&columns](const char* title) { columns.push_back({title, Align::kRight}); };
  add("params");
  add(exact ? "macs" : "MACs");
  add(exact ? "flops" : "FLOPs");
  add(exact ? "bytes_read" : "read");
  add(exact ? "bytes_written" : "written");
  if (exact) add("kernels");
  if (exact) add("live_bytes");
  if (report.training) {
    add(exact ? "backward_macs" : "backward");
    add(exact ? "saved_bytes" : "saved");
  }
  if (report.latency_ms) add(exact ? "latency_ms" : "latency");
  return columns;
}

std::vector<std::string> Row(const AnalysisReport& report, const LayerRow& layer,
                             const Cells& cells) {
  std::vector<std::string> row = {DisplayName(report, layer), layer.class_name, layer.op,
                                  DisplayShapes(layer.output_shapes),
                                  cells.Count(layer.parameters.parameters())};
  if (layer.cost) {
    row.push_back(cells.Count(layer.cost->macs));
    row.push_back(cells.Count(layer.cost->flops));
    row.push_back(cells.Bytes(layer.cost->bytes_read));
    row.push_back(cells.Bytes(layer.cost->bytes_written));
    if (cells.exact()) row.push_back(absl::StrCat(layer.cost->kernels));
  } else {
    row.insert(row.end(), cells.exact() ? 5 : 4, cells.Unknown());
  }
  if (cells.exact()) row.push_back(cells.Bytes(layer.live_bytes));
  if (report.training) {
    row.push_back(layer.backward ? cells.Count(layer.backward->macs()) : cells.Unknown());
    row.push_back(layer.saved_bytes ? cells.Bytes(*layer.saved_bytes) : cells.Unknown());
  }
  if (report.latency_ms) {
    row.push_back(layer.cost && layer.latency_ms ? cells.Latency(*layer.latency_ms)
                                                 : cells.Unknown());
  }
  return row;
}

}  // namespace

std::vector<size_t> CostliestLayers(const AnalysisReport& report, size_t top) {
  const auto key = [&report](size_t i) {
    const LayerRow& layer = report.layers[i];
    return std::pair(layer.latency_ms.value_or(0.0), layer.cost ? layer.cost->macs : 0);
  };
  std::vector<size_t> order(report.layers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, [&](size_t a, size_t b) { return key(a) > key(b); });
  order.resize(std::min(top, order.size()));
  return order;
}

std::string LayerTable(const AnalysisReport& report, const TableOptions& options) {
  std::vector<size_t> order(report.layers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (options.top > 0) order = CostliestLayers(report, options.top);
  const Cells cells(options.style);
  TextTable table(Columns(report, cells.exact()));
  for (const size_t i : order) table.AddRow(Row(report, report.layers[i], cells));
  return table.Render(options.style);
}

}  // namespace latcast::report
