// The network as a drawing for Graphviz: boxes of modules with what runs in them, and what reads
// what.
//
//   latcast analyze resnet50 --format dot --depth 2 | dot -Tsvg -o resnet50.svg
#ifndef LATCAST_ANALYZER_REPORT_DOT_WRITER_H_
#define LATCAST_ANALYZER_REPORT_DOT_WRITER_H_

#include <string>

#include "analyzer/report/module_tree.h"
#include "analyzer/report/report.h"

namespace latcast::report {

// The DOT language. A module with children is a cluster, one whose children are left out and an
// operator outside modules is a node, which says its name, class or type, output and what it
// costs: the darker, the larger its share of the latency, where the report has one, else of the
// MACs. Siblings folded into one stand once: arrows from one of them to the next are left out, so
// what a folded block reads is what its first one reads. Lower bounds are marked with ">=". Names
// are escaped and cut where they are very long.
std::string DotText(const AnalysisReport& report, const TreeOptions& options = {});

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_DOT_WRITER_H_
