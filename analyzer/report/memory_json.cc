#include "analyzer/report/memory_json.h"

#include <algorithm>
#include <utility>

namespace latcast::report {
namespace {

using Json = nlohmann::ordered_json;

Json Status(cost::Completeness completeness) {
  return completeness == cost::Completeness::kComplete ? "complete" : "partial";
}

Json Layer(graph::OpId op) { return op == graph::kNone ? Json(nullptr) : Json(op); }

Json Parts(const std::vector<memory::Component>& parts) {
  Json out = Json::array();
  for (const memory::Component& part : parts) {
    Json row = {{"name", part.name}, {"bytes", part.bytes ? Json(*part.bytes) : Json(nullptr)}};
    if (part.estimate) row["estimate"] = true;
    out.push_back(std::move(row));
  }
  return out;
}

Json Values(const AnalysisReport& report, const std::vector<memory::LiveValue>& values) {
  Json out = Json::array();
  for (const memory::LiveValue& value : values) {
    const LayerRow* layer =
        value.op == graph::kNone ? nullptr : &report.layers[static_cast<size_t>(value.op)];
    out.push_back({{"layer", Layer(value.op)},
                   {"path", layer == nullptr ? Json(nullptr) : Json(layer->path)},
                   {"op", layer == nullptr ? Json(nullptr) : Json(layer->op)},
                   {"beside_result", value.value == graph::kNone},
                   {"bytes", value.bytes}});
  }
  return out;
}

}  // namespace

Json MemoryJson(const AnalysisReport& report) {
  const memory::MemoryReport& memory = report.memory;
  return {{"status", Status(memory.status)},
          {"autocast",
           memory.options.autocast ? Json(graph::Name(*memory.options.autocast)) : Json(nullptr)},
          {"eager_peak_bytes", memory.eager.peak_bytes},
          {"planned_peak_bytes", memory.planned.peak_bytes},
          {"peak_layer", Layer(memory.eager.peak_op)},
          {"peak_values", Values(report, memory.eager.at_peak)},
          {"parts", Parts(memory.evaluation_parts)}};
}

Json TrainingJson(const AnalysisReport& report) {
  const memory::MemoryReport& memory = report.memory;
  return {
      {"status", Status(std::max(memory.saved.total.completeness, report.backward.completeness))},
      {"macs", report.training_macs},
      {"backward_macs", report.backward.macs()},
      {"backward_activation_macs", report.backward.activation_macs},
      {"backward_weight_macs", report.backward.weight_macs},
      {"saved_bytes", memory.saved.total.bytes},
      {"saved_input_bytes", memory.saved.input_bytes},
      {"gradient_bytes", memory.gradient_bytes},
      {"optimizer", Name(memory.options.optimizer)},
      {"optimizer_bytes", memory.state_bytes},
      {"peak_bytes", ExactBytes(memory.training_parts)},
      {"peak_layer", Layer(memory.training.peak_op)},
      {"peak_pass", memory.training.peak_in_backward ? "backward" : "forward"},
      {"parts", Parts(memory.training_parts)}};
}

}  // namespace latcast::report
