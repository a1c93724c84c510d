#include "analyzer/conventions/nns_summary.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/conventions/modules.h"
#include "analyzer/conventions/python_text.h"
#include "base/text.h"
#include "base/text_table.h"

namespace latcast::conventions::nns {
namespace {

using graph::Graph;
using graph::Value;

struct Scale {
  double divisor;
  std::string_view flops;
  std::string_view bytes;
};

Scale ScaleOf(std::string_view unit) {
  if (unit == "k") return {1e3, "kFLOPs", "KB"};
  if (unit == "M") return {1e6, "mFLOPs", "MB"};
  if (unit == "G") return {1e9, "gFLOPs", "GB"};
  return {1.0, "FLOPs", "Bytes"};
}

std::string Scaled(double value, const Scale& scale) {
  return Fixed(value / scale.divisor, scale.divisor == 1.0 ? 0 : 6);
}

std::string ShapeText(const Value& value) {
  if (value.shape.empty()) return Tuple({});
  return Tuple(std::vector<int64_t>(value.shape.begin() + 1, value.shape.end()));
}

std::string RowShape(const Graph& graph, const Row& row) {
  const Value* value = nullptr;
  if (row.op != graph::kNone) {
    for (const graph::ValueId id : graph.ops[static_cast<size_t>(row.op)].outputs) {
      if (value == nullptr && id != graph::kNone) value = &graph.value(id);
    }
  } else if (row.call != graph::kNone) {
    value = FirstOutput(graph, graph.calls[static_cast<size_t>(row.call)]);
  } else {
    value = &graph.value(graph.inputs.front());
  }
  return value == nullptr ? "" : ShapeText(*value);
}

}  // namespace

int64_t Batch(const Graph& graph) {
  if (graph.inputs.empty()) return 1;
  const graph::Shape& shape = graph.value(graph.inputs.front()).shape;
  return shape.empty() ? 1 : std::max<int64_t>(shape.front(), 1);
}

std::string Summary(const Graph& graph, const Table& table, const PrintOptions& options) {
  const Scale flops = ScaleOf(options.flops_unit);
  const Scale memory = ScaleOf(options.memory_unit);
  const std::string unit = absl::StrCat(" (", ToAbsl(memory.bytes), ")");
  TextTable frame({{"", Align::kRight},
                   {"name", Align::kRight},
                   {"out_shape", Align::kRight},
                   {std::string(flops.flops), Align::kRight},
                   {"num_params", Align::kRight},
                   {"num_activations", Align::kRight},
                   {"params_mem" + unit, Align::kRight},
                   {"activations_mem" + unit, Align::kRight}});
  const auto add = [&](const std::string& name, const std::string& shape, double row_flops,
                       double parameters, double activations) {
    frame.AddRow({absl::StrCat(frame.row_count()), name, shape, Scaled(row_flops, flops),
                  Fixed(parameters, 0), Fixed(activations, 0), Scaled(4 * parameters, memory),
                  Scaled(4 * activations, memory)});
  };
  for (const Row& row : table.rows) {
    add(row.name, RowShape(graph, row), *row.values[kFlops], *row.values[kParameters],
        *row.values[kActivations]);
  }
  const double batch = static_cast<double>(Batch(graph));
  add("TOTAL", graph.outputs.empty() ? "" : ShapeText(graph.value(graph.outputs.front())),
      *table.totals[kTotalFlops] / batch, *table.totals[kTotalParameters],
      *table.totals[kTotalActivations] / batch);
  const std::string model = graph.name.empty() ? graph.calls.front().class_name : graph.name;
  TextTable summary({{"Model"},
                     {"Phase"},
                     {"Batch", Align::kRight},
                     {"#Parameters", Align::kRight},
                     {"Model size" + unit + " FP32", Align::kRight},
                     {std::string(flops.flops) + " (multiply-add)", Align::kRight},
                     {"Activation size" + unit + " FP32", Align::kRight}});
  const double parameters = *table.totals[kTotalParameters];
  summary.AddRow({model, options.training ? "training" : "inference", Fixed(batch, 0),
                  Fixed(parameters, 0), Scaled(4 * parameters, memory),
                  Scaled(*table.totals[kTotalFlops] * (options.training ? 3 : 1), flops),
                  Scaled(*table.totals[kTotalActivations] * (options.training ? 8 : 4), memory)});
  return absl::StrCat(frame.Render(TableStyle::kPlain), "\n", summary.Render(TableStyle::kPlain),
                      NotesText(table));
}

}  // namespace latcast::conventions::nns
