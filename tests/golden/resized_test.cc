// Networks captured at one size and inferred at another are what a capture at that size gives: each
// value, each operator, each MAC. Where the network's code does something else there, the answer is
// an error that says what.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/import/load_model.h"
#include "analyzer/ops/infer.h"
#include "analyzer/zoo/zoo.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast {
namespace {

using graph::Graph;
using ::testing::HasSubstr;

absl::StatusOr<Graph> Load(std::string_view model, std::string_view input,
                           const ops::Reshape& reshape = {}) {
  return import::LoadModel(
      absl::StrCat(LATCAST_CAPTURED_DIR "/resized/", ToAbsl(model), "-", ToAbsl(input), ".lcg"),
      reshape);
}

void ExpectEqual(const Graph& inferred, const Graph& captured) {
  ASSERT_EQ(inferred.values.size(), captured.values.size());
  for (size_t i = 0; i < captured.values.size(); ++i) {
    const graph::Value& expected = captured.values[i];
    EXPECT_EQ(inferred.values[i].shape, expected.shape) << "value " << i;
    EXPECT_EQ(inferred.values[i].dtype, expected.dtype) << "value " << i;
    EXPECT_EQ(inferred.values[i].storage, expected.storage) << "value " << i;
  }
  ASSERT_EQ(inferred.ops.size(), captured.ops.size());
  for (size_t i = 0; i < captured.ops.size(); ++i) {
    const graph::Op& expected = captured.ops[i];
    EXPECT_EQ(inferred.ops[i].type, expected.type) << "operator " << i;
    EXPECT_EQ(inferred.ops[i].inputs, expected.inputs) << "operator " << i;
    EXPECT_EQ(inferred.ops[i].outputs, expected.outputs) << "operator " << i;
    EXPECT_EQ(inferred.ops[i].attributes, expected.attributes)
        << "operator " << i << " " << expected.type;
  }
  ASSERT_OK_AND_ASSIGN(const cost::GraphCost inferred_cost, cost::ComputeCost(inferred));
  ASSERT_OK_AND_ASSIGN(const cost::GraphCost captured_cost, cost::ComputeCost(captured));
  EXPECT_EQ(inferred_cost.total.macs, captured_cost.total.macs);
  EXPECT_EQ(inferred_cost.total.flops, captured_cost.total.flops);
  EXPECT_EQ(inferred_cost.total.bytes_written, captured_cost.total.bytes_written);
  EXPECT_EQ(inferred_cost.total.kernels, captured_cost.total.kernels);
}

// Every row of the table, there and, where it is reached, back again.
TEST(ResizedGoldenTest, AgreesWithACaptureAtThatSize) {
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile("tests/data/sizes/resized.csv"));
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(content));
  ASSERT_EQ(table.header, (std::vector<std::string>{"model", "captured", "other", "refused"}));
  int equal = 0;
  for (const CsvRow& row : table.rows) {
    const auto& [model, captured, other, refused] =
        std::tie(row.fields[0], row.fields[1], row.fields[2], row.fields[3]);
    SCOPED_TRACE(absl::StrCat(model, " from ", captured, " to ", other));
    ASSERT_OK_AND_ASSIGN(const graph::Shape was, ParseDims(captured));
    ASSERT_OK_AND_ASSIGN(const graph::Shape is, ParseDims(other));
    const absl::StatusOr<Graph> inferred = Load(model, captured, {.inputs = {is}});
    if (!refused.empty()) {
      EXPECT_THAT(inferred, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(refused)));
      continue;
    }
    ASSERT_OK(inferred);
    ASSERT_OK_AND_ASSIGN(const Graph direct, Load(model, other));
    ExpectEqual(*inferred, direct);
    ASSERT_OK_AND_ASSIGN(const Graph back, ops::WithInputs(*inferred, {.inputs = {was}}));
    ASSERT_OK_AND_ASSIGN(const Graph original, Load(model, captured));
    ExpectEqual(back, original);
    ++equal;
  }
  EXPECT_GE(equal, 14);
}

void ExpectInferred(const Graph& captured) {
  Graph inferred = captured;
  for (graph::Value& value : inferred.values) {
    if (value.kind == graph::ValueKind::kActivation) value.shape = {99};
  }
  ASSERT_OK(ops::InferShapes(inferred));
  for (size_t i = 0; i < captured.values.size(); ++i) {
    EXPECT_EQ(inferred.values[i].shape, captured.values[i].shape) << "value " << i;
    EXPECT_EQ(inferred.values[i].dtype, captured.values[i].dtype) << "value " << i;
  }
}

// The shape rules alone give each value of every capture, at any size it was captured at, and of
// the networks that ship.
TEST(ResizedGoldenTest, InferenceGivesTheCapturedShapes) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(LATCAST_CAPTURED_DIR)) {
    if (entry.path().extension() != ".lcg") continue;
    SCOPED_TRACE(entry.path().string());
    ASSERT_OK_AND_ASSIGN(const Graph graph, import::LoadModel(entry.path().string()));
    EXPECT_TRUE(graph.sizes.has_value());
    ExpectInferred(graph);
    ++files;
  }
  EXPECT_GE(files, 70);
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) {
    SCOPED_TRACE(std::string(entry.name));
    ASSERT_OK_AND_ASSIGN(const Graph graph, import::LoadModel(entry.name));
    EXPECT_TRUE(graph.sizes.has_value());
    ExpectInferred(graph);
  }
}

}  // namespace
}  // namespace latcast
