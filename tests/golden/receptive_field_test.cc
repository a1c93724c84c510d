// Receptive fields of networks with branches, of torchvision.
#include "analyzer/insight/receptive_field.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "analyzer/import/load_model.h"
#include "base/status_matchers.h"

namespace latcast::insight {
namespace {

// Of the last value with rows and columns.
std::string LastField(const std::string& model) {
  absl::StatusOr<graph::Graph> graph =
      import::LoadModel(absl::StrCat(LATCAST_CAPTURED_DIR, "/", model, ".lcg"), {});
  EXPECT_TRUE(graph.ok()) << graph.status();
  const ReceptiveFields fields = ComputeReceptiveFields(*graph);
  std::string last;
  for (const graph::Op& op : graph->ops) {
    const graph::ValueId id = op.outputs[0];
    if (graph->value(id).shape.size() != 4 || graph->value(id).shape[2] == 1) continue;
    const Field& field = fields.values[static_cast<size_t>(id)];
    last = absl::StrCat(SizeText(field), " ", StrideText(field), " ", PaddingText(field));
  }
  return last;
}

// Inception v3 as published for the same layers: 1311 every 32, padding 618. DenseNet-121 by hand:
// 11 behind the stem, then twice the stride a layer of 6, 12, 24 and 16, and once a transition.
TEST(ReceptiveFieldGoldenTest, Branches) {
  EXPECT_EQ(LastField("inception_v3"), "1311 32 618");
  EXPECT_EQ(LastField("densenet121"), "2071 32 1021");
  EXPECT_EQ(LastField("squeezenet1_1"), "207 16 88");
}

}  // namespace
}  // namespace latcast::insight
