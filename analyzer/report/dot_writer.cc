#include "analyzer/report/dot_writer.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "analyzer/report/columns.h"
#include "base/text.h"

namespace latcast::report {
namespace {

constexpr size_t kMaxText = 80;
constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

// As part of a quoted string; line breaks and other control characters become spaces, a long text
// loses its end.
std::string Escape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool continuation = (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
    if (i >= kMaxText && !continuation) return out + "…";
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '"' || text[i] == '\\') out.push_back('\\');
    out.push_back(byte < 0x20 || byte == 0x7F ? ' ' : text[i]);
  }
  return out;
}

std::string Label(const std::vector<std::string>& lines) {
  return absl::StrCat(
      "\"",
      absl::StrJoin(lines, "\\n",
                    [](std::string* out, const auto& line) { absl::StrAppend(out, Escape(line)); }),
      "\"");
}

class Writer {
 public:
  Writer(const AnalysisReport& report, const TreeOptions& options)
      : report_(report),
        root_(BuildTree(report, options)),
        cells_(report, Units::kClever, /*for_programs=*/false),
        share_(GetColumn(report.latency_ms ? "latency_share" : "macs_share")),
        module_nodes_(report.modules.size(), kNowhere),
        layer_nodes_(report.layers.size(), kNowhere),
        folds_(report.modules.size(), kNowhere),
        innermost_(report.modules.size(), kNowhere) {}

  std::string Write() {
    out_ = absl::StrCat("digraph ", Label({report_.model}), " {\n");
    out_ +=
        "  graph [rankdir=TB, compound=true, fontname=\"Helvetica\", fontsize=12, "
        "nodesep=0.25, ranksep=0.35];\n"
        "  node [shape=box, style=\"filled,rounded\", fillcolor=\"#ffffff\", color=\"#8c959f\", "
        "fontname=\"Helvetica\", fontsize=11, margin=\"0.12,0.06\"];\n"
        "  edge [color=\"#57606a\", arrowsize=0.6];\n";
    absl::StrAppend(&out_, "  label=", Label(Title()), ";\n  labelloc=t;\n");
    for (size_t i = 0; i < report_.inputs.size(); ++i) {
      const InputRow& input = report_.inputs[i];
      absl::StrAppend(&out_, "  input", i, " [shape=oval, label=",
                      Label({input.name, absl::StrCat(graph::ToString(input.shape), " ",
                                                      ToAbsl(graph::Name(input.dtype)))}),
                      "];\n");
    }
    for (const TreeNode& child : root_.children) Add(child, "  ");
    if (root_.children.empty()) AddNode(root_, "  ");
    out_ += "  output [shape=oval, label=\"output\"];\n";
    SpreadDown();
    AddEdges();
    return out_ + "}\n";
  }

 private:
  std::vector<std::string> Title() const {
    const Row whole = ModuleToRow(report_, report_.modules.front());
    std::vector<std::string> title = {report_.model, Numbers(whole)};
    if (report_.latency_ms) {
      title.push_back(absl::StrCat(QuantityText(Quantity::kLatency, *report_.latency_ms),
                                   report_.is_measured ? " measured" : " forecast"));
    }
    return title;
  }

  std::string Numbers(const Row& row) const {
    std::vector<std::string> parts;
    if (row.parameters.parameters() > 0) {
      parts.push_back(absl::StrCat(cells_.Text(GetColumn("params"), row), " params"));
    }
    const Column& macs = GetColumn("macs");
    if (!row.cost) parts.emplace_back("cost unknown");
    if (row.cost && (row.cost->macs > 0 || IsBound(macs, row))) {
      parts.push_back(absl::StrCat(cells_.Text(macs, row), " MACs"));
    }
    if (row.latency_ms && *row.latency_ms > 0) {
      parts.push_back(cells_.Text(GetColumn("latency_ms"), row));
    }
    return absl::StrJoin(parts, ", ");
  }

  void Add(const TreeNode& node, const std::string& indent) {
    if (node.children.empty()) {
      AddNode(node, indent);
      return;
    }
    if (node.repeats > 1) {
      for (const size_t module : node.indices) folds_[module] = clusters_;
    }
    absl::StrAppend(&out_, indent, "subgraph cluster", clusters_++, " {\n");
    const std::string inner = indent + "  ";
    std::vector<std::string> lines = {absl::StrCat(node.row.label, "  ", node.row.class_name)};
    lines.push_back(Numbers(node.row));
    absl::StrAppend(&out_, inner, "label=", Label(lines), ";\n", inner, "style=rounded;\n", inner,
                    "color=\"", node.repeats > 1 ? "#0969a2" : "#b6bec7", "\";\n");
    for (const TreeNode& child : node.children) Add(child, inner);
    absl::StrAppend(&out_, indent, "}\n");
  }

  void AddNode(const TreeNode& node, const std::string& indent) {
    const size_t id = nodes_++;
    for (const size_t index : node.indices) {
      (node.is_module ? module_nodes_ : layer_nodes_)[index] = id;
    }
    std::vector<std::string> lines = {node.row.label};
    if (node.is_module) lines.push_back(node.row.class_name);
    lines.push_back(DisplayShapes(node.row.output_shapes));
    if (std::string numbers = Numbers(node.row); !numbers.empty()) {
      lines.push_back(std::move(numbers));
    }
    const double share = cells_.Value(share_, node.row).value_or(0.0);
    absl::StrAppend(&out_, indent, "n", id, " [label=", Label(lines), Fill(share), "];\n");
  }

  // From white to a strong blue: at a quarter of the whole it is full.
  static std::string Fill(double share) {
    const double strength = std::clamp(4.0 * share, 0.0, 1.0);
    if (strength < 0.01) return "";
    const auto mix = [strength](int full) {
      return static_cast<int>(255.0 + strength * (full - 255.0));
    };
    return absl::StrFormat(", fillcolor=\"#%02x%02x%02x\"", mix(0x7c), mix(0xbd), mix(0xe8));
  }

  // Modules inherit the node and the folded module they stand in; parents come before children.
  void SpreadDown() {
    for (size_t m = 1; m < report_.modules.size(); ++m) {
      const size_t parent = report_.modules[m].parent.value_or(0);
      if (module_nodes_[m] == kNowhere) module_nodes_[m] = module_nodes_[parent];
      innermost_[m] = folds_[m] != kNowhere ? m : innermost_[parent];
    }
  }

  size_t NodeOf(size_t layer) const {
    if (layer_nodes_[layer] != kNowhere) return layer_nodes_[layer];
    return module_nodes_[report_.layers[layer].module];
  }

  // Whether two layers stand in different siblings of the same fold.
  bool CrossesFold(size_t a, size_t b) const {
    for (size_t x = innermost_[report_.layers[a].module]; x != kNowhere; x = Outer(x)) {
      for (size_t y = innermost_[report_.layers[b].module]; y != kNowhere; y = Outer(y)) {
        if (folds_[x] == folds_[y] && x != y) return true;
      }
    }
    return false;
  }

  // The next folded module around a folded one.
  size_t Outer(size_t module) const {
    return innermost_[report_.modules[module].parent.value_or(0)];
  }

  void AddEdges() {
    for (size_t i = 0; i < report_.layers.size(); ++i) {
      for (const size_t input : report_.layers[i].reads_inputs) {
        AddEdge(absl::StrCat("input", input), Id(NodeOf(i)));
      }
      for (const size_t from : report_.layers[i].reads) {
        if (!CrossesFold(from, i)) AddEdge(Id(NodeOf(from)), Id(NodeOf(i)));
      }
    }
    for (const size_t layer : report_.output_layers) AddEdge(Id(NodeOf(layer)), "output");
  }

  void AddEdge(const std::string& from, const std::string& to) {
    if (from != to && edges_.emplace(from, to).second) {
      absl::StrAppend(&out_, "  ", from, " -> ", to, ";\n");
    }
  }

  static std::string Id(size_t node) { return absl::StrCat("n", node); }

  const AnalysisReport& report_;
  const TreeNode root_;
  const CellWriter cells_;
  const Column& share_;
  std::vector<size_t> module_nodes_;  // by module: the node that shows it
  std::vector<size_t> layer_nodes_;
  std::vector<size_t> folds_;      // by module: the fold it is one of
  std::vector<size_t> innermost_;  // by module: the folded one it stands in, itself included
  std::set<std::pair<std::string, std::string>> edges_;
  size_t nodes_ = 0;
  size_t clusters_ = 0;
  std::string out_;
};

}  // namespace

std::string DotText(const AnalysisReport& report, const TreeOptions& options) {
  return Writer(report, options).Write();
}

}  // namespace latcast::report
