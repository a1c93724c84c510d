#include "analyzer/report/json_writer.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "analyzer/report/json_text.h"
#include "analyzer/report/memory_json.h"

namespace latcast::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kMacClassNames[] = {"none",    "dense",     "pointwise",
                                          "grouped", "depthwise", "matmul"};
constexpr double kExactIntegers = 9007199254740992.0;  // 2^53

Json Number(double value) {
  const bool exact = std::abs(value) < kExactIntegers && value == std::trunc(value);
  return exact ? Json(static_cast<int64_t>(value)) : Json(value);
}

Json Status(cost::Completeness completeness) {
  return completeness == cost::Completeness::kComplete ? "complete" : "partial";
}

Json Inputs(const AnalysisReport& report) {
  Json inputs = Json::array();
  for (const InputRow& input : report.inputs) {
    inputs.push_back(
        {{"name", input.name}, {"dtype", graph::Name(input.dtype)}, {"shape", input.shape}});
  }
  return inputs;
}

Json UnknownOps(const AnalysisReport& report) {
  Json ops = Json::array();
  for (const cost::UnknownOp& op : report.unknown_ops) {
    ops.push_back({{"op", op.type}, {"calls", op.calls}});
  }
  return ops;
}

void AddParameters(Json& out, const cost::ParameterCount& parameters) {
  out["params"] = parameters.parameters();
  out["trainable_params"] = parameters.trainable;
  out["frozen_params"] = parameters.frozen;
  out["buffers"] = parameters.buffers;
  out["parameter_bytes"] = parameters.parameter_bytes;
  out["buffer_bytes"] = parameters.buffer_bytes;
}

void AddSums(Json& out, const cost::CostSum& sum) {
  out["macs"] = sum.macs;
  Json by_class = Json::object();
  for (size_t i = 1; i < std::size(kMacClassNames); ++i) {
    by_class[kMacClassNames[i]] = sum.macs_by_class[i];
  }
  out["macs_by_class"] = std::move(by_class);
  out["flops"] = sum.flops;
  out["bytes_read"] = sum.bytes_read;
  out["bytes_written"] = sum.bytes_written;
  out["dmas"] = sum.elements_moved();
  out["input_elements"] = sum.input_elements;
  out["weight_elements"] = sum.weight_elements;
  out["output_elements"] = sum.output_elements;
  out["kernels"] = sum.kernels;
  out["ops"] = sum.ops;
}

Json Totals(const AnalysisReport& report) {
  Json totals;
  AddParameters(totals, report.parameters);
  AddSums(totals, report.totals);
  totals["memory"] = MemoryJson(report);
  if (report.training) totals["training"] = TrainingJson(report);
  if (report.latency_ms) {
    totals["latency_ms"] = *report.latency_ms;
    totals["latency_source"] = report.is_measured ? "measured" : "forecast";
  }
  Json features = Json::object();
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    if (report.features.Has(feature)) {
      features[std::string(Info(feature).name)] = Number(report.features[feature]);
    }
  }
  totals["features"] = std::move(features);
  return totals;
}

// One object a spatial axis; numbers only where the field is local.
Json Field(const insight::Field& field) {
  Json axes = Json::array();
  for (const insight::AxisField& axis : field) {
    Json out = {{"kind", insight::Name(axis.kind)}};
    if (axis.kind == insight::FieldKind::kLocal) {
      out["size"] = axis.size;
      out["stride"] = Number(static_cast<double>(axis.stride.positions) /
                             static_cast<double>(axis.stride.elements));
      out["padding"] = axis.padding;
      if (axis.at_most) out["at_most"] = true;
    }
    axes.push_back(std::move(out));
  }
  return axes;
}

Json Layer(const AnalysisReport& report, const LayerRow& layer) {
  Json out = {{"path", layer.path},
              {"class", layer.class_name},
              {"call", layer.call},
              {"depth", layer.depth},
              {"op", layer.op},
              {"dtype", graph::Name(layer.dtype)},
              {"input_shapes", layer.input_shapes},
              {"output_shapes", layer.output_shapes},
              {"reads", layer.reads},
              {"reads_inputs", layer.reads_inputs},
              {"params", layer.parameters.parameters()},
              {"trainable_params", layer.parameters.trainable},
              {"frozen_params", layer.parameters.frozen}};
  const std::optional<ops::OpCost>& cost = layer.cost;
  const auto known = [&cost](int64_t ops::OpCost::*field) {
    return cost ? Json((*cost).*field) : Json(nullptr);
  };
  out["macs"] = known(&ops::OpCost::macs);
  out["mac_class"] = cost ? Json(kMacClassNames[static_cast<size_t>(cost->mac_class)]) : Json();
  out["flops"] = known(&ops::OpCost::flops);
  out["bytes_read"] = known(&ops::OpCost::bytes_read);
  out["bytes_written"] = known(&ops::OpCost::bytes_written);
  out["dmas"] = cost ? Json(cost::SumOf(*cost).elements_moved()) : Json(nullptr);
  out["input_elements"] = known(&ops::OpCost::input_elements);
  out["output_elements"] = known(&ops::OpCost::output_elements);
  out["weight_elements"] = known(&ops::OpCost::weight_elements);
  out["kernels"] = known(&ops::OpCost::kernels);
  out["receptive_field"] = Field(layer.field);
  out["live_bytes"] = layer.live_bytes;
  if (report.training) {
    out["backward_macs"] = layer.backward ? Json(layer.backward->macs()) : Json(nullptr);
    out["saved_bytes"] = layer.saved_bytes ? Json(*layer.saved_bytes) : Json(nullptr);
  }
  if (report.latency_ms) {
    const std::optional<double> latency_ms = report.LatencyOf(layer);
    out["latency_ms"] = latency_ms ? Json(*latency_ms) : Json(nullptr);
  }
  return out;
}

Json Module(const AnalysisReport& report, const ModuleRow& module) {
  Json out = {{"path", module.path},
              {"class", module.class_name},
              {"call", module.call},
              {"depth", module.depth},
              {"parent", module.parent ? Json(*module.parent) : Json(nullptr)},
              {"input_shapes", module.input_shapes},
              {"output_shapes", module.output_shapes},
              {"status", Status(module.cost.completeness)}};
  AddParameters(out, module.parameters);
  AddSums(out, module.cost);
  out["receptive_field"] = Field(module.field);
  if (report.training) {
    out["backward_macs"] = module.backward.macs();
    out["saved_bytes"] = module.saved.bytes;
  }
  if (module.latency_ms) out["latency_ms"] = *module.latency_ms;
  return out;
}

}  // namespace

std::string ToJson(const AnalysisReport& report) {
  Json out = {{"schema_version", kReportSchemaVersion},
              {"model", report.model},
              {"producer", report.producer},
              {"inputs", Inputs(report)},
              {"convention", report.convention},
              {"status", Status(report.status)},
              {"unknown_ops", UnknownOps(report)},
              {"receptive_field", {{"input", report.field_input}, {"axes", report.field_axes}}},
              {"totals", Totals(report)}};
  Json layers = Json::array();
  for (const LayerRow& layer : report.layers) layers.push_back(Layer(report, layer));
  Json modules = Json::array();
  for (const ModuleRow& module : report.modules) modules.push_back(Module(report, module));
  out["layers"] = std::move(layers);
  out["modules"] = std::move(modules);
  return TextOfRows(out);
}

}  // namespace latcast::report
