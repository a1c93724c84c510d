// Two networks side by side: totals, operator types, and the layers that differ.
#ifndef LATCAST_ANALYZER_REPORT_DIFF_WRITER_H_
#define LATCAST_ANALYZER_REPORT_DIFF_WRITER_H_

#include <string>
#include <vector>

#include "analyzer/insight/diff.h"
#include "analyzer/report/report.h"
#include "base/text_table.h"

namespace latcast::report {

// The pairs are AlignLayers of the graphs that the reports are of.
struct Comparison {
  const AnalysisReport& before;
  const AnalysisReport& after;
  const std::vector<insight::LayerPair>& layers;
};

struct DiffTextOptions {
  TableStyle style = TableStyle::kPlain;
  bool all_layers = false;  // those that are the same too
};

// Plain text or Markdown: three tables, and how many layers are the same, changed and so on.
std::string DiffText(const Comparison& comparison, const DiffTextOptions& options = {});

// {schema_version, before, after, totals[], ops[], summary{}, layers[]}: every total and operator
// type with its value before and after and their difference, every layer with both its sides, null
// where it is added or removed. What nobody knows is null.
std::string DiffJson(const Comparison& comparison);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_DIFF_WRITER_H_
