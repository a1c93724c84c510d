// True MACs of whole networks against those torchvision publishes with its weights: convolutions,
// linear layers and attention, nothing else.
#include <filesystem>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/import/load_model.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::cost {
namespace {

constexpr char kPublished[] = "tests/data/golden/torchvision-weights-meta.csv";

// Every captured classifier, at the size its weights were published for. The recount has six decimals
// of a billion, parameters are exact.
TEST(MacsGoldenTest, AgreeWithThePublishedOnes) {
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(kPublished));
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(content));
  const std::optional<size_t> model = table.Column("model");
  const std::optional<size_t> input = table.Column("ops_input");
  const std::optional<size_t> giga = table.Column("macs_recounted_G");
  const std::optional<size_t> params = table.Column("num_params");
  ASSERT_TRUE(model && input && giga && params);
  std::set<std::string> compared;
  for (const CsvRow& row : table.rows) {
    const std::string file = absl::StrCat(LATCAST_CAPTURED_DIR "/", row.fields[*model], ".lcg");
    if (!std::filesystem::exists(file)) continue;
    ASSERT_OK_AND_ASSIGN(const graph::Graph graph, import::LoadModel(file));
    if (graph::ToString(graph.value(graph.inputs[0]).shape) != row.fields[*input]) continue;
    SCOPED_TRACE(row.fields[*model]);
    ASSERT_OK_AND_ASSIGN(const GraphCost cost, ComputeCost(graph));
    ASSERT_OK_AND_ASSIGN(const double published, ParseDouble(row.fields[*giga]));
    EXPECT_NEAR(static_cast<double>(cost.total.macs), published * 1e9, 501.0);
    if (compared.insert(row.fields[*model]).second) {
      EXPECT_EQ(absl::StrCat(cost.parameters.parameters()), row.fields[*params]);
    }
  }
  EXPECT_GE(compared.size(), 30U);
  for (const char* attentive : {"vit_b_16", "vit_b_32", "vit_l_16", "swin_t", "swin_b"}) {
    EXPECT_TRUE(compared.contains(attentive)) << attentive;
  }
}

}  // namespace
}  // namespace latcast::cost
