// The module calls of a report as a tree of rows, which text, HTML and tables of parts show.
#ifndef LATCAST_ANALYZER_REPORT_MODULE_TREE_H_
#define LATCAST_ANALYZER_REPORT_MODULE_TREE_H_

#include <vector>

#include "analyzer/report/report.h"
#include "analyzer/report/rows.h"

namespace latcast::report {

inline constexpr int kMaxTreeDepth = 200;

struct TreeOptions {
  // Deeper modules are left out, their parents hold their sums. 0: all, down to kMaxTreeDepth.
  int max_depth = 0;
  // Siblings in a row that are alike in class, shapes, costs and children become one node.
  bool fold = false;
};

struct TreeNode {
  Row row;  // of folded siblings: the sum of all, labelled "0..2 x3"
  bool is_module = true;
  int repeats = 1;  // siblings folded into this node
  // The rows of AnalysisReport::modules or ::layers that it shows; several where it or a node above
  // is folded.
  std::vector<size_t> indices;
  // Module calls and, where there are any, operators that run directly in this module: together
  // they are what it costs.
  std::vector<TreeNode> children;
};

// The network itself. The report must not be empty.
TreeNode BuildTree(const AnalysisReport& report, const TreeOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_MODULE_TREE_H_
