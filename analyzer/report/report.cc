#include "analyzer/report/report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace latcast::report {
namespace {

std::string Name(const AnalysisReport& report, const std::string& path, int call) {
  const std::string& name = path.empty() ? report.model : path;
  return call == 0 ? name : absl::StrCat(name, " #", call + 1);
}

}  // namespace

absl::Status SetLatencies(AnalysisReport& report, std::span<const double> layer_ms,
                          double total_ms) {
  if (layer_ms.size() != report.layers.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(layer_ms.size(), " latencies for ", report.layers.size(), " layers"));
  }
  for (ModuleRow& module : report.modules) module.latency_ms = 0.0;
  for (size_t i = 0; i < layer_ms.size(); ++i) {
    LayerRow& layer = report.layers[i];
    layer.latency_ms = layer_ms[i];
    for (std::optional<size_t> m = layer.module; m; m = report.modules[*m].parent) {
      *report.modules[*m].latency_ms += layer_ms[i];
    }
  }
  report.latency_ms = total_ms;
  return absl::OkStatus();
}

std::string DisplayName(const AnalysisReport& report, const LayerRow& layer) {
  return Name(report, layer.path, layer.call);
}

std::string DisplayName(const AnalysisReport& report, const ModuleRow& module) {
  return Name(report, module.path, module.call);
}

std::string DisplayShapes(const std::vector<graph::Shape>& shapes) {
  if (shapes.empty()) return "-";
  return absl::StrJoin(shapes, ", ", [](std::string* out, const graph::Shape& shape) {
    absl::StrAppend(out, graph::ToString(shape));
  });
}

}  // namespace latcast::report
