#include "analyzer/report/totals_writer.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "analyzer/report/memory_text.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::report {
namespace {

std::string Line(std::string_view label, std::string_view value) {
  return absl::StrFormat("%-8s %s\n", ToAbsl(label), ToAbsl(value));
}

// "1814073344 (1.81 G)"; small numbers need no second form.
std::string Exact(int64_t value, std::string_view readable) {
  return value < 1000 ? absl::StrCat(value) : absl::StrCat(value, " (", ToAbsl(readable), ")");
}

std::string Count(int64_t value) { return Exact(value, FormatCount(static_cast<double>(value))); }

std::string Parameters(const cost::ParameterCount& parameters) {
  std::string text =
      Exact(parameters.parameters(),
            absl::StrCat(FormatCount(static_cast<double>(parameters.parameters())), ", ",
                         FormatBytes(static_cast<double>(parameters.parameter_bytes))));
  if (parameters.frozen > 0) absl::StrAppend(&text, ", of these ", parameters.frozen, " frozen");
  return text;
}

}  // namespace

std::string TotalsText(const AnalysisReport& report) {
  const std::string bound = report.partial() ? ">= " : "";
  const cost::CostSum& totals = report.totals;
  const auto bytes = [](int64_t value) { return FormatBytes(static_cast<double>(value)); };
  std::string text = Line("model", report.model);
  for (const InputRow& input : report.inputs) {
    text += Line("input",
                 absl::StrCat(graph::ToString(input.shape), " ", ToAbsl(graph::Name(input.dtype))));
  }
  text += Line("params", Parameters(report.parameters));
  text += Line("buffers", Count(report.parameters.buffers));
  text += Line("MACs", bound + Count(totals.macs));
  text += Line("FLOPs", bound + Count(totals.flops));
  text += Line("memory", absl::StrCat(bound, bytes(totals.bytes_read), " read, ", bound,
                                      bytes(totals.bytes_written), " written"));
  text += Line("kernels", absl::StrCat(bound, totals.kernels));
  text += MemoryText(report);
  if (report.latency_ms) {
    text += Line("latency", absl::StrCat(bound, FormatLatency(*report.latency_ms),
                                         report.is_measured ? " measured" : " forecast"));
  }
  if (report.partial()) {
    const std::string ops =
        absl::StrJoin(report.unknown_ops, ", ", [](std::string* out, const cost::UnknownOp& op) {
          absl::StrAppend(out, op.type, op.calls > 1 ? absl::StrCat(" x", op.calls) : "");
        });
    text += Line("partial", absl::StrCat("lower bounds: nobody knows ", ops));
  }
  return text;
}

}  // namespace latcast::report
