#include "analyzer/conventions/torchscan_summary.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/python_text.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/units.h"

namespace latcast::conventions::torchscan {
namespace {

using graph::Graph;
using graph::ModuleCall;

int Depth(const ModuleCall& call) {
  if (call.path.empty()) return 0;
  return 1 + static_cast<int>(std::count(call.path.begin(), call.path.end(), '.'));
}

const ModuleCall& CallOf(const Graph& graph, const Row& row) {
  return graph.calls[static_cast<size_t>(row.call)];
}

std::vector<Row> Aggregated(const Graph& graph, const Table& table, std::optional<int> max_depth) {
  if (!max_depth) return table.rows;
  std::vector<Row> rows;
  for (const Row& row : table.rows) {
    const int depth = Depth(CallOf(graph, row));
    if (depth <= *max_depth) {
      rows.push_back(row);
      continue;
    }
    Row& above = rows.back();
    for (const size_t sum : {kElements, kFlops, kMacs, kDmas}) {
      *above.values[sum] += *row.values[sum];
    }
    for (const size_t last : {kField, kStride, kPadding}) above.values[last] = row.values[last];
  }
  return rows;
}

// 25 code points in a field of 27. A text of more than 30 is cut in the middle by the tool, of
// which a bracket remains.
std::string LayerName(const Row& row, int depth) {
  std::string tree;
  for (int i = 1; i < depth; ++i) tree += "|    ";
  if (depth > 0) tree += depth == 1 ? "├─" : "└─";
  const std::string text = tree + row.name;
  const size_t length = DisplayWidth(text);
  if (length <= 25) return PadRight(text, 27);
  size_t bytes = 0;
  for (size_t points = 0; points < (length > 30 ? 24 : 25); ++points) {
    do ++bytes;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U);
  }
  return PadRight(text.substr(0, bytes) + (length > 30 ? "[" : ""), 27);
}

std::string OutputShape(const Graph& graph, const ModuleCall& call) {
  std::vector<int64_t> shape = FirstOutput(graph, call)->shape;
  shape[0] = -1;
  return Tuple(shape);
}

// "5.74 G".
std::string Scaled(double value) {
  static constexpr std::string_view kUnits[] = {"", "k", "M", "G", "T"};
  size_t i = 0;
  for (; i + 1 < std::size(kUnits) && value >= 1000.0; ++i) value /= 1000.0;
  return absl::StrCat(Fixed(value, 2), " ", ToAbsl(kUnits[i]));
}

std::string Thousands(double count) { return FormatThousands(static_cast<int64_t>(count)); }

}  // namespace

std::string Name(const ModuleCall& call) {
  if (call.path.empty()) return absl::AsciiStrToLower(call.class_name);
  return call.path.substr(call.path.rfind('.') + 1);
}

std::string Summary(const Graph& graph, const Table& table, const PrintOptions& options) {
  if (table.rows.empty()) return NotesText(table);
  const bool effective = options.receptive_field && options.effective_rf_stats;
  const size_t width =
      90 + (options.receptive_field ? 18 : 0) + (effective ? 16 + 17 + 2 * size_t{3} : 0);
  const auto line = [width](char c) { return std::string(width, c) + "\n"; };
  std::string text = line('_');
  absl::StrAppend(&text, PadRight("Layer", 27), "  ", PadRight("Type", 20), "  ",
                  PadRight("Output Shape", 25), " ", PadRight("Param #", 15));
  if (options.receptive_field) absl::StrAppend(&text, " ", PadRight("Receptive field", 15));
  if (effective)
    absl::StrAppend(&text, " ", PadRight("Effective stride", 16), " Effective padding");
  absl::StrAppend(&text, "\n", line('='));
  for (const Row& row : Aggregated(graph, table, options.max_depth)) {
    const ModuleCall& call = CallOf(graph, row);
    absl::StrAppend(&text, LayerName(row, Depth(call)), "  ", PadRight(call.class_name, 20), "  ",
                    PadRight(OutputShape(graph, call), 25), " ",
                    PadRight(Thousands(*row.values[kElements]), 15));
    const auto rounded = [&row](size_t column) {
      return row.values[column] ? Fixed(*row.values[column], 0) : "-";
    };
    if (options.receptive_field) absl::StrAppend(&text, " ", PadRight(rounded(kField), 15));
    if (effective) {
      absl::StrAppend(&text, " ", PadRight(rounded(kStride), 16), " ",
                      PadRight(rounded(kPadding), 17));
    }
    text += "\n";
  }
  double trainable = 0.0;
  double frozen = 0.0;
  for (const graph::Value& value : graph.values) {
    if (value.kind != graph::ValueKind::kParameter) continue;
    const auto elements = static_cast<double>(Numel(value.shape).Value("").value_or(0));
    (value.requires_grad ? trainable : frozen) += elements;
  }
  absl::StrAppend(
      &text, line('='), "Trainable params: ", Thousands(trainable),
      "\nNon-trainable params: ", Thousands(frozen),
      "\nTotal params: ", Thousands(trainable + frozen), "\n", line('-'),
      "Model size (params + buffers): ", Fixed(*table.totals[3] / (1024.0 * 1024.0), 2), " Mb\n",
      line('-'), "Floating Point Operations on forward: ", Scaled(*table.totals[0]), "FLOPs\n",
      "Multiply-Accumulations on forward: ", Scaled(*table.totals[1]), "MACs\n",
      "Direct memory accesses on forward: ", Scaled(*table.totals[2]), "DMAs\n", line('_'));
  return text + NotesText(table);
}

}  // namespace latcast::conventions::torchscan
