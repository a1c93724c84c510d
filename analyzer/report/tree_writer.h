// The tree of modules with what each costs and its share of the whole.
#ifndef LATCAST_ANALYZER_REPORT_TREE_WRITER_H_
#define LATCAST_ANALYZER_REPORT_TREE_WRITER_H_

#include <string>
#include <vector>

#include "analyzer/report/columns.h"
#include "analyzer/report/module_tree.h"
#include "analyzer/report/report.h"

namespace latcast::report {

struct TreeTextOptions {
  TreeOptions tree = {};
  Units units = Units::kClever;
  std::vector<const Column*> columns = {};  // empty: class, shapes, params, MACs, latency
};

// One line a module call, in execution order, under its parent. Operators that run directly in a
// module with children (a residual addition, a flatten) get a line of their own, so that children
// add up to their parent. Numbers that are zero are left out, lower bounds marked with ">=".
std::string ModuleTree(const AnalysisReport& report, const TreeTextOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_TREE_WRITER_H_
