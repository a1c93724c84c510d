// Blocks against the modules that torchvision, timm and the search spaces build, from
// tests/data/blocks/reference_modules.csv and reference_ops.csv.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/cost/graph_cost.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::blocks {
namespace {

// "path,class,parameters,output" of the calls without children, in order.
std::vector<std::string> Leaves(const graph::Graph& g) {
  std::vector<bool> has_children(g.calls.size(), false);
  for (size_t i = 1; i < g.calls.size(); ++i) {
    has_children[static_cast<size_t>(g.calls[i].parent)] = true;
  }
  std::vector<std::string> leaves;
  for (size_t i = 0; i < g.calls.size(); ++i) {
    if (has_children[i]) continue;
    const graph::ModuleCall& call = g.calls[i];
    int64_t parameters = 0;
    for (const graph::ValueId id : call.parameters) {
      if (g.value(id).kind != graph::ValueKind::kParameter) continue;
      int64_t elements = 1;
      for (const int64_t dim : g.value(id).shape) elements *= dim;
      parameters += elements;
    }
    leaves.push_back(absl::StrCat(call.path, ",", call.class_name, ",", parameters, ",",
                                  graph::ToString(g.value(call.outputs[0]).shape)));
  }
  return leaves;
}

// The rows of a reference file by their spec, without it.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> ReadReference(
    const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(const CsvTable table, ParseCsv(text));
  std::map<std::string, std::vector<std::string>> rows;
  for (const CsvRow& row : table.rows) {
    const std::vector<std::string> rest(row.fields.begin() + 1, row.fields.end());
    rows[row.fields[0]].push_back(absl::StrJoin(rest, ","));
  }
  return rows;
}

constexpr size_t kReferences = 45;

// Leaf by leaf, a block has the module's paths, classes, parameters and output shapes, in its order
// of execution.
TEST(ReferenceModulesTest, LeavesAreThoseOfTheModule) {
  ASSERT_OK_AND_ASSIGN(const auto expected,
                       ReadReference("tests/data/blocks/reference_modules.csv"));
  EXPECT_EQ(expected.size(), kReferences);
  for (const auto& [spec, leaves] : expected) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(spec));
    EXPECT_EQ(Leaves(g), leaves) << spec;
  }
}

// "op,output,macs" of every operator but dropout, which does nothing in evaluation.
absl::StatusOr<std::vector<std::string>> Operators(const graph::Graph& g) {
  ASSIGN_OR_RETURN(const cost::GraphCost cost, cost::ComputeCost(g));
  std::vector<std::string> rows;
  for (size_t i = 0; i < g.ops.size(); ++i) {
    const graph::Op& op = g.ops[i];
    if (op.type == "dropout") continue;
    rows.push_back(absl::StrCat(op.type, ",", graph::ToString(g.value(op.outputs[0]).shape), ",",
                                cost.ops[i].value().macs));
  }
  return rows;
}

// Operator by operator, functions between the modules included, a block is what capturing the
// module gives, with its MACs.
TEST(ReferenceModulesTest, OperatorsAreThoseOfTheCapture) {
  ASSERT_OK_AND_ASSIGN(const auto expected, ReadReference("tests/data/blocks/reference_ops.csv"));
  EXPECT_EQ(expected.size(), kReferences);
  for (const auto& [spec, rows] : expected) {
    ASSERT_OK_AND_ASSIGN(const graph::Graph g, BuildBlock(spec));
    ASSERT_OK_AND_ASSIGN(const std::vector<std::string> operators, Operators(g));
    EXPECT_EQ(operators, rows) << spec;
  }
}

// Every family has a reference.
TEST(ReferenceModulesTest, EveryFamilyHasOne) {
  ASSERT_OK_AND_ASSIGN(const auto expected,
                       ReadReference("tests/data/blocks/reference_modules.csv"));
  std::set<std::string_view> compared;
  for (const auto& [spec, unused] : expected) {
    compared.insert(std::string_view(spec).substr(0, spec.find('?')));
  }
  for (const BlockFamily& family : BuiltinFamilies()) {
    EXPECT_TRUE(compared.contains(family.name)) << family.name;
  }
}

// Constructor attributes are those PyTorch shows for the same module.
TEST(ReferenceModulesTest, ModuleAttributes) {
  ASSERT_OK_AND_ASSIGN(
      const graph::Graph g,
      BuildBlock("ConvBnAct?cin=16&cout=96&h=57&w=56&kernel=5&stride=2&groups=4&act=4"));
  using Ints = std::vector<int64_t>;
  const graph::Attributes conv = {{"in_channels", int64_t{16}}, {"out_channels", int64_t{96}},
                                  {"kernel_size", Ints{5, 5}},  {"stride", Ints{2, 2}},
                                  {"padding", Ints{2, 2}},      {"dilation", Ints{1, 1}},
                                  {"groups", int64_t{4}},       {"bias", false}};
  EXPECT_EQ(g.calls[1].attributes, conv);
  const graph::Attributes bn = {{"num_features", int64_t{96}},
                                {"eps", 1e-5},
                                {"momentum", 0.1},
                                {"affine", true},
                                {"track_running_stats", true}};
  EXPECT_EQ(g.calls[2].attributes, bn);
  EXPECT_EQ(g.calls[3].attributes, (graph::Attributes{{"inplace", true}}));
}

}  // namespace
}  // namespace latcast::blocks
