#include "bench/executor/op_kernels.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/executor/kernel_call.h"
#include "bench/executor/schema_kernels.h"

namespace latcast::bench {
namespace {

std::vector<Resolver> AllResolvers() {
  std::vector<Resolver> all;
  for (const auto list : {ElementwiseResolvers(), LayerResolvers(), LayoutResolvers()}) {
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

}  // namespace

absl::StatusOr<std::vector<int64_t>> GetDims(const graph::Attributes& attributes,
                                             std::string_view name) {
  const auto it = attributes.find(name);
  if (it == attributes.end()) return std::vector<int64_t>();
  if (const auto* list = std::get_if<std::vector<int64_t>>(&it->second)) return *list;
  ASSIGN_OR_RETURN(const int64_t one, graph::GetInt(attributes, name));
  return std::vector<int64_t>{one};
}

absl::StatusOr<Kernel> ResolveKernel(const graph::Graph& graph, const graph::Op& op) {
  const std::string where = absl::StrCat("operator '", op.name, "' (", op.type, ")");
  for (const Resolver& resolver : AllResolvers()) {
    if (resolver.type == op.type) return Annotate(resolver.resolve({graph, op}), where);
  }
  return Annotate(ResolveBySchema({graph, op}), where);
}

std::vector<std::string_view> ResolvableOps() {
  std::vector<std::string_view> types;
  for (const Resolver& resolver : AllResolvers()) types.push_back(resolver.type);
  return types;
}

}  // namespace latcast::bench
