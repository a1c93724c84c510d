// The tree of modules with what each costs and its share of the whole.
#ifndef LATCAST_ANALYZER_REPORT_TREE_WRITER_H_
#define LATCAST_ANALYZER_REPORT_TREE_WRITER_H_

#include <string>

#include "analyzer/report/report.h"

namespace latcast::report {

struct TreeOptions {
  int max_depth = 0;  // deeper modules are left out, their parents hold their sums; 0: all
};

// One line a module call, in execution order, under its parent. Operators that run directly in a
// module with children (a residual addition, a flatten) get a line of their own, so that children
// add up to their parent.
std::string ModuleTree(const AnalysisReport& report, const TreeOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_TREE_WRITER_H_
