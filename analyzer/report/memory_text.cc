#include "analyzer/report/memory_text.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

std::string Line(std::string_view label, std::string_view value) {
  return absl::StrFormat("%-8s %s\n", ToAbsl(label), ToAbsl(value));
}

std::string Bytes(int64_t value) { return FormatBytes(static_cast<double>(value)); }
std::string Count(int64_t value) { return FormatCount(static_cast<double>(value)); }

std::string_view Bound(cost::Completeness status) {
  return status == cost::Completeness::kPartial ? ">= " : "";
}

// " at bn1 (batch_norm)"; nothing for a network without operators.
std::string Where(const AnalysisReport& report, graph::OpId op) {
  if (op == graph::kNone) return "";
  const LayerRow& layer = report.layers[static_cast<size_t>(op)];
  return absl::StrCat(" at ", DisplayName(report, layer), " (", layer.op, ")");
}

// " under autocast to bfloat16"; nothing where the graph runs in its own types.
std::string Precision(const memory::MemoryOptions& options) {
  if (!options.autocast) return "";
  return absl::StrCat(" under autocast to ", ToAbsl(graph::Name(*options.autocast)));
}

// The largest tensors alive at the peak, by what made them: "conv1 3.06 MiB, bn1 3.06 MiB".
std::string Alive(const AnalysisReport& report) {
  constexpr size_t kShown = 4;
  const std::vector<memory::LiveValue>& values = report.memory.eager.at_peak;
  std::vector<std::string> shown;
  for (size_t i = 0; i < values.size() && i < kShown; ++i) {
    const bool is_constant = values[i].op == graph::kNone;
    shown.push_back(absl::StrCat(
        is_constant ? "a constant"
                    : DisplayName(report, report.layers[static_cast<size_t>(values[i].op)]),
        values[i].value == graph::kNone ? " beside its result " : " ", Bytes(values[i].bytes)));
  }
  if (values.size() > kShown) shown.push_back(absl::StrCat(values.size() - kShown, " more"));
  return absl::StrJoin(shown, ", ");
}

std::string Parts(const std::vector<memory::Component>& parts) {
  return absl::StrJoin(parts, ", ", [](std::string* out, const memory::Component& part) {
    absl::StrAppend(out, ToAbsl(part.name), " ", part.estimate && part.bytes ? "about " : "",
                    part.bytes ? Bytes(*part.bytes) : "unknown");
  });
}

std::vector<memory::Component> Select(const std::vector<memory::Component>& parts, bool estimates) {
  std::vector<memory::Component> selected;
  for (const memory::Component& part : parts) {
    if (part.estimate == estimates) selected.push_back(part);
  }
  return selected;
}

std::string Training(const AnalysisReport& report) {
  const memory::MemoryReport& memory = report.memory;
  const std::string_view bound = Bound(memory.saved.total.completeness);
  const std::string_view macs =
      Bound(report.partial() ? cost::Completeness::kPartial : report.backward.completeness);
  std::string text = Line(
      "training", absl::StrCat(ToAbsl(macs), Count(report.training_macs), " MACs a step, ",
                               ToAbsl(macs), Count(report.backward.macs()), " of them backward"));
  text += Line("saved", absl::StrCat(ToAbsl(bound), Bytes(memory.saved.total.bytes),
                                     " for the backward pass, inputs left out"));
  text += Line("step", absl::StrCat(ToAbsl(bound), Bytes(ExactBytes(memory.training_parts)), ",",
                                    Where(report, memory.training.peak_op), " ",
                                    memory.training.peak_in_backward ? "backward" : "forward", ": ",
                                    Parts(Select(memory.training_parts, false))));
  const auto estimates = Select(memory.training_parts, true);
  if (!estimates.empty()) text += Line("beside", Parts(estimates));
  return text;
}

}  // namespace

std::string MemoryText(const AnalysisReport& report) {
  const memory::MemoryReport& memory = report.memory;
  const std::string_view bound = Bound(memory.status);
  std::string text = Line(
      "peak", absl::StrCat(ToAbsl(bound), Bytes(memory.eager.peak_bytes), " of activations eager",
                           Precision(memory.options), ",", Where(report, memory.eager.peak_op),
                           "; ", ToAbsl(bound), Bytes(memory.planned.peak_bytes), " planned"));
  if (!memory.eager.at_peak.empty()) text += Line("alive", Alive(report));
  if (report.training) text += Training(report);
  return text;
}

}  // namespace latcast::report
