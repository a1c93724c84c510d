#include "analyzer/report/module_tree.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"

namespace latcast::report {
namespace {

// A child of a module: another module call, or an operator that runs directly in it.
struct Child {
  bool is_module = false;
  size_t index = 0;
  size_t first_layer = 0;  // execution order
};

// By module, in execution order. The operators of modules without children are theirs alone and
// not listed, those of the network itself always are.
std::vector<std::vector<Child>> LinkChildren(const AnalysisReport& report) {
  constexpr size_t kNever = std::numeric_limits<size_t>::max();
  std::vector<std::vector<Child>> children(report.modules.size());
  std::vector<size_t> first(report.modules.size(), kNever);
  for (size_t i = 0; i < report.layers.size(); ++i) {
    for (std::optional<size_t> m = report.layers[i].module; m && first[*m] == kNever;
         m = report.modules[*m].parent) {
      first[*m] = i;
    }
  }
  // A module that runs nothing stands where the next one begins.
  size_t next = report.layers.size();
  for (size_t m = report.modules.size(); m-- > 0;) {
    if (first[m] == kNever) first[m] = next;
    next = first[m];
  }
  for (size_t m = 1; m < report.modules.size(); ++m) {
    children[report.modules[m].parent.value_or(0)].push_back({true, m, first[m]});
  }
  for (size_t i = 0; i < report.layers.size(); ++i) {
    std::vector<Child>& siblings = children[report.layers[i].module];
    const bool leaf = std::ranges::none_of(siblings, &Child::is_module);
    if (!leaf || report.layers[i].module == 0) siblings.push_back({false, i, i});
  }
  for (std::vector<Child>& nodes : children) {
    std::ranges::stable_sort(nodes, {}, &Child::first_layer);
  }
  return children;
}

bool AlikeCost(const cost::CostSum& a, const cost::CostSum& b) {
  return std::ranges::equal(a.macs_by_class, b.macs_by_class) && a.flops == b.flops &&
         a.bytes_read == b.bytes_read && a.bytes_written == b.bytes_written &&
         a.kernels == b.kernels && a.ops == b.ops && a.completeness == b.completeness;
}

// All but the labels of the nodes themselves.
bool Alike(const TreeNode& a, const TreeNode& b) {
  const auto same_child = [](const TreeNode& x, const TreeNode& y) {
    return x.row.label == y.row.label && x.repeats == y.repeats && Alike(x, y);
  };
  return a.is_module == b.is_module && a.row.class_name == b.row.class_name &&
         a.row.op == b.row.op && a.row.input_shapes == b.row.input_shapes &&
         a.row.output_shapes == b.row.output_shapes &&
         a.row.parameters.trainable == b.row.parameters.trainable &&
         a.row.parameters.frozen == b.row.parameters.frozen &&
         a.row.parameters.buffers == b.row.parameters.buffers &&
         a.row.cost.has_value() == b.row.cost.has_value() &&
         (!a.row.cost || AlikeCost(*a.row.cost, *b.row.cost)) &&
         std::ranges::equal(a.children, b.children, same_child);
}

void Merge(TreeNode& sum, const TreeNode& part) {
  AddTo(sum.row, part.row);
  sum.indices.insert(sum.indices.end(), part.indices.begin(), part.indices.end());
  for (size_t i = 0; i < sum.children.size(); ++i) Merge(sum.children[i], part.children[i]);
}

class Builder {
 public:
  Builder(const AnalysisReport& report, const TreeOptions& options)
      : report_(report),
        max_depth_(options.max_depth > 0 ? std::min(options.max_depth, kMaxTreeDepth)
                                         : kMaxTreeDepth),
        fold_(options.fold),
        children_(LinkChildren(report)) {}

  TreeNode Module(size_t m) const {
    const ModuleRow& module = report_.modules[m];
    TreeNode node;
    node.row = ModuleToRow(report_, module);
    node.indices = {m};
    if (module.depth >= max_depth_) return node;
    for (const Child& child : children_[m]) {
      if (child.is_module) {
        node.children.push_back(Module(child.index));
      } else {
        TreeNode& layer = node.children.emplace_back();
        layer.is_module = false;
        layer.indices = {child.index};
        layer.row = LayerToRow(report_, report_.layers[child.index]);
      }
    }
    if (fold_) Fold(m, node);
    return node;
  }

 private:
  // A second call of a module, and parameters that children share, would be counted twice.
  bool MayFold(size_t m, const TreeNode& node) const {
    int64_t parameters = 0;
    for (const TreeNode& child : node.children) parameters += child.row.parameters.parameters();
    return parameters <= report_.modules[m].parameters.parameters() &&
           std::ranges::none_of(children_[m], [this](const Child& child) {
             return child.is_module && report_.modules[child.index].call > 0;
           });
  }

  void Fold(size_t m, TreeNode& node) const {
    if (!MayFold(m, node)) return;
    std::vector<TreeNode> folded;
    for (size_t i = 0; i < node.children.size();) {
      size_t end = i + 1;
      while (end < node.children.size() && node.children[i].is_module &&
             Alike(node.children[i], node.children[end])) {
        ++end;
      }
      TreeNode& sum = folded.emplace_back(node.children[i]);
      for (size_t j = i + 1; j < end; ++j) Merge(sum, node.children[j]);
      sum.repeats = static_cast<int>(end - i);
      if (sum.repeats > 1) {
        absl::StrAppend(&sum.row.label, "..", node.children[end - 1].row.label, " x", sum.repeats);
      }
      i = end;
    }
    node.children = std::move(folded);
  }

  const AnalysisReport& report_;
  const int max_depth_;
  const bool fold_;
  const std::vector<std::vector<Child>> children_;
};

}  // namespace

TreeNode BuildTree(const AnalysisReport& report, const TreeOptions& options) {
  return Builder(report, options).Module(0);
}

}  // namespace latcast::report
