#include "analyzer/report/tree_writer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/text_table.h"
#include "base/units.h"

namespace latcast::report {
namespace {

// A child of a module: another module call, or an operator that runs directly in it.
struct Node {
  bool is_module = false;
  size_t index = 0;
  size_t first_layer = 0;  // execution order
};

class Tree {
 public:
  Tree(const AnalysisReport& report, const TreeOptions& options)
      : report_(report),
        max_depth_(options.max_depth > 0 ? options.max_depth : std::numeric_limits<int>::max()),
        children_(report.modules.size()),
        table_(Columns(report)) {
    LinkChildren();
  }

  std::string Render() {
    if (!report_.modules.empty()) AddModule(0, "", "");
    return table_.Render(TableStyle::kPlain);
  }

 private:
  static std::vector<TableColumn> Columns(const AnalysisReport& report) {
    std::vector<TableColumn> columns = {{"module"},
                                        {"class"},
                                        {"output"},
                                        {"params", Align::kRight},
                                        {"MACs", Align::kRight},
                                        {"share", Align::kRight}};
    if (report.latency_ms) {
      columns.push_back({"latency", Align::kRight});
      columns.push_back({"share", Align::kRight});
    }
    return columns;
  }

  void LinkChildren() {
    constexpr size_t kNever = std::numeric_limits<size_t>::max();
    std::vector<size_t> first(report_.modules.size(), kNever);
    for (size_t i = 0; i < report_.layers.size(); ++i) {
      for (std::optional<size_t> m = report_.layers[i].module; m && first[*m] == kNever;
           m = report_.modules[*m].parent) {
        first[*m] = i;
      }
    }
    // A module that runs nothing stands where the next one begins.
    size_t next = report_.layers.size();
    for (size_t m = report_.modules.size(); m-- > 0;) {
      if (first[m] == kNever) first[m] = next;
      next = first[m];
    }
    for (size_t m = 1; m < report_.modules.size(); ++m) {
      children_[report_.modules[m].parent.value_or(0)].push_back({true, m, first[m]});
    }
    for (size_t i = 0; i < report_.layers.size(); ++i) {
      std::vector<Node>& siblings = children_[report_.layers[i].module];
      const bool leaf = std::ranges::none_of(siblings, &Node::is_module);
      if (!leaf || report_.layers[i].module == 0) siblings.push_back({false, i, i});
    }
    for (std::vector<Node>& nodes : children_) {
      std::ranges::stable_sort(nodes, {}, &Node::first_layer);
    }
  }

  void AddModule(size_t m, const std::string& prefix, const std::string& child_prefix) {
    const ModuleRow& module = report_.modules[m];
    AddRow(prefix + RelativeName(module), module.class_name, module.output_shapes,
           module.parameters.parameters(), module.cost.macs,
           module.cost.completeness == cost::Completeness::kPartial ? ">= " : "",
           module.latency_ms);
    if (module.depth >= max_depth_) return;
    const std::vector<Node>& nodes = children_[m];
    for (size_t i = 0; i < nodes.size(); ++i) {
      const bool last = i + 1 == nodes.size();
      const std::string branch = child_prefix + (last ? "└─ " : "├─ ");
      if (nodes[i].is_module) {
        AddModule(nodes[i].index, branch, child_prefix + (last ? "   " : "│  "));
      } else {
        AddLayer(report_.layers[nodes[i].index], branch);
      }
    }
  }

  void AddLayer(const LayerRow& layer, const std::string& prefix) {
    if (layer.cost) {
      AddRow(prefix + layer.op, "", layer.output_shapes, layer.parameters.parameters(),
             layer.cost->macs, "", layer.latency_ms);
    } else {
      table_.AddRow(
          {prefix + layer.op, "", DisplayShapes(layer.output_shapes),
           layer.parameters.parameters() == 0 ? "" : absl::StrCat(layer.parameters.parameters()),
           "?", "?"});
    }
  }

  void AddRow(const std::string& name, const std::string& class_name,
              const std::vector<graph::Shape>& outputs, int64_t params, int64_t macs,
              const char* bound, std::optional<double> latency_ms) {
    std::vector<std::string> row = {
        name,
        class_name,
        DisplayShapes(outputs),
        params == 0 ? "" : absl::StrCat(params),
        macs == 0 ? bound : bound + FormatCount(static_cast<double>(macs)),
        Share(static_cast<double>(macs), static_cast<double>(report_.totals.macs))};
    if (latency_ms) {
      const std::optional<double> whole = report_.modules[0].latency_ms;
      row.push_back(FormatLatency(*latency_ms));
      row.push_back(Share(*latency_ms, whole.value_or(0.0)));
    }
    table_.AddRow(std::move(row));
  }

  static std::string Share(double part, double whole) {
    return part > 0 && whole > 0 ? FormatPercent(part / whole) : "";
  }

  // "conv1" for "layer1.0.conv1" under "layer1.0".
  std::string RelativeName(const ModuleRow& module) const {
    const std::string name = DisplayName(report_, module);
    if (!module.parent) return name;
    const std::string& parent = report_.modules[*module.parent].path;
    return std::string(absl::StripPrefix(name, parent.empty() ? "" : parent + "."));
  }

  const AnalysisReport& report_;
  const int max_depth_;
  std::vector<std::vector<Node>> children_;  // by module
  TextTable table_;
};

}  // namespace

std::string ModuleTree(const AnalysisReport& report, const TreeOptions& options) {
  return Tree(report, options).Render();
}

}  // namespace latcast::report
