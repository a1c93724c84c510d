#include "server/rpc/analyzer_service.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "analyzer/blocks/block_library.h"
#include "analyzer/memory/autocast.h"
#include "analyzer/report/json_writer.h"
#include "analyzer/report/report.h"
#include "analyzer/report/report_builder.h"
#include "base/status_macros.h"
#include "server/rpc/answer.h"
#include "server/rpc/subject.h"

namespace latcast::server {
namespace {

void SetTotals(const report::AnalysisReport& report, v1::Totals& totals) {
  totals.set_parameters(report.parameters.parameters());
  totals.set_buffers(report.parameters.buffers);
  totals.set_macs(report.totals.macs);
  totals.set_flops(report.totals.flops);
  totals.set_bytes_read(report.totals.bytes_read);
  totals.set_bytes_written(report.totals.bytes_written);
  totals.set_kernels(report.totals.kernels);
  totals.set_backward_macs(report.backward.macs());
}

void AddParts(const std::vector<memory::Component>& parts,
              google::protobuf::RepeatedPtrField<v1::MemoryPart>& out) {
  for (const memory::Component& part : parts) {
    v1::MemoryPart& row = *out.Add();
    row.set_name(std::string(part.name));
    if (part.bytes) row.set_bytes(*part.bytes);
    row.set_estimate(part.estimate);
  }
}

void SetMemory(const report::AnalysisReport& report, v1::Memory& out) {
  const memory::MemoryReport& memory = report.memory;
  constexpr auto kPartial = cost::Completeness::kPartial;
  out.set_eager_peak_bytes(memory.eager.peak_bytes);
  out.set_planned_peak_bytes(memory.planned.peak_bytes);
  out.set_partial(memory.status == kPartial);
  out.set_saved_bytes(memory.saved.total.bytes);
  out.set_training_peak_bytes(memory::ExactBytes(memory.training_parts));
  out.set_training_partial(memory.saved.total.completeness == kPartial ||
                           report.backward.completeness == kPartial);
  AddParts(memory.evaluation_parts, *out.mutable_evaluation_parts());
  AddParts(memory.training_parts, *out.mutable_training_parts());
}

void SetFamily(const blocks::BlockFamily& family, v1::Block& block) {
  block.set_name(std::string(family.name));
  block.set_doc(std::string(family.doc));
  for (const blocks::BlockParameter& parameter : family.parameters) {
    v1::BlockParameter& out = *block.add_parameters();
    out.set_name(std::string(parameter.name));
    out.set_doc(std::string(parameter.doc));
    out.set_default_value(parameter.default_value);
    out.set_min(parameter.min);
    out.set_max(parameter.max);
  }
}

// The parameters of its family, with the preset's values as defaults, under the
// name that specs reach it by also where a family has the same one.
void SetPreset(const blocks::BlockPreset& preset, const v1::ListBlocksResponse& families,
               v1::Block& block) {
  const auto family = std::find_if(
      families.blocks().begin(), families.blocks().end(),
      [&preset](const v1::Block& candidate) { return candidate.name() == preset.family; });
  if (family != families.blocks().end()) block = *family;
  block.set_name("classic/" + std::string(preset.name));
  block.set_doc(std::string(preset.doc));
  block.set_family(std::string(preset.family));
  for (v1::BlockParameter& parameter : *block.mutable_parameters()) {
    for (const auto& [name, value] : preset.arguments) {
      if (parameter.name() == name) parameter.set_default_value(value);
    }
  }
}

}  // namespace

grpc::Status AnalyzerService::Analyze(grpc::ServerContext* context,
                                      const v1::AnalyzeRequest* request,
                                      v1::AnalyzeResponse* response) {
  return Answer(gate_, [&] { return DoAnalyze(*context, *request, *response); });
}

absl::Status AnalyzerService::DoAnalyze(grpc::ServerContext& context,
                                        const v1::AnalyzeRequest& request,
                                        v1::AnalyzeResponse& response) {
  ASSIGN_OR_RETURN(const Admission::Ticket ticket, admission_.Enter(context.deadline()));
  ASSIGN_OR_RETURN(const graph::Graph graph, BuildGraph(SubjectOf(request)));
  report::AnalyzeOptions options{.training = request.training()};
  if (!request.optimizer().empty()) {
    ASSIGN_OR_RETURN(options.memory.optimizer, memory::ParseOptimizer(request.optimizer()));
  }
  ASSIGN_OR_RETURN(options.memory.autocast, memory::ParseAutocast(request.autocast()));
  ASSIGN_OR_RETURN(report::AnalysisReport report, report::Analyze(graph, options));
  if (request.has_model()) report.model = request.model();
  response.set_report_json(report::ToJson(report));
  SetTotals(report, *response.mutable_totals());
  SetMemory(report, *response.mutable_memory());
  for (const cost::UnknownOp& op : report.unknown_ops) response.add_unknown_ops(op.type);
  return absl::OkStatus();
}

grpc::Status AnalyzerService::ListBlocks(grpc::ServerContext*, const v1::ListBlocksRequest*,
                                         v1::ListBlocksResponse* response) {
  return Answer(gate_, [&] {
    for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
      SetFamily(family, *response->add_blocks());
    }
    const v1::ListBlocksResponse families = *response;
    for (const blocks::BlockPreset& preset : blocks::ClassicBlocks()) {
      SetPreset(preset, families, *response->add_blocks());
    }
    return absl::OkStatus();
  });
}

}  // namespace latcast::server
