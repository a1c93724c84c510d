#include "analyzer/report/diff_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "analyzer/report/report_builder.h"
#include "base/status_matchers.h"
#include "tests/unit/report/golden.h"
#include "tests/unit/report/tiny_network.h"

namespace latcast::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The tiny network, and the same with an operator nobody knows.
class DiffWriterTest : public ::testing::Test {
 protected:
  DiffWriterTest()
      : graph_(TinyNetwork(false).Build()),
        with_mystery_(TinyNetwork(true).Build()),
        before_(*Analyze(graph_)),
        after_(*Analyze(with_mystery_)),
        layers_(insight::AlignLayers(graph_, with_mystery_)) {
    before_.model = "before";
    after_.model = "after";
  }

  const graph::Graph graph_;
  const graph::Graph with_mystery_;
  AnalysisReport before_;
  AnalysisReport after_;
  const std::vector<insight::LayerPair> layers_;
};

// Totals, operator types and layers, in text and Markdown; nobody knows what the new one costs.
TEST_F(DiffWriterTest, Goldens) {
  ExpectGolden(DiffText({before_, after_, layers_}), "tiny.diff.txt");
  ExpectGolden(DiffText({before_, after_, layers_}, {.style = TableStyle::kMarkdown}),
               "tiny.diff.md");
  ExpectGolden(DiffJson({before_, after_, layers_}), "tiny.diff.json");
}

// Layers that are the same are listed only when asked for.
TEST_F(DiffWriterTest, AllLayers) {
  EXPECT_THAT(DiffText({before_, after_, layers_}), Not(HasSubstr("body.conv")));
  EXPECT_THAT(DiffText({before_, after_, layers_}, {.all_layers = true}), HasSubstr("body.conv"));
}

// The changes of the layers add up to that of the totals, unknown ones aside.
TEST_F(DiffWriterTest, JsonAddsUp) {
  const auto json = nlohmann::json::parse(DiffJson({after_, before_, {}}));
  EXPECT_EQ(json["layers"].size(), 0u);
  const std::vector<insight::LayerPair> layers = insight::AlignLayers(with_mystery_, graph_);
  const auto whole = nlohmann::json::parse(DiffJson({after_, before_, layers}));
  int64_t before = 0;
  for (const auto& layer : whole["layers"]) {
    if (!layer["before"].is_null() && !layer["before"]["macs"].is_null()) {
      before += layer["before"]["macs"].get<int64_t>();
    }
  }
  EXPECT_EQ(whole["totals"]["macs"]["before"], before);
  EXPECT_EQ(whole["summary"]["removed"], 1);
  EXPECT_EQ(whole["before"]["status"], "partial");
}

// Latencies are compared where both have them.
TEST_F(DiffWriterTest, Latency) {
  ASSERT_OK(SetLatencies(before_, std::vector<double>(before_.layers.size(), 0.5), 4.0));
  EXPECT_THAT(DiffText({before_, after_, layers_}), Not(HasSubstr("latency")));
  ASSERT_OK(SetLatencies(after_, std::vector<double>(after_.layers.size(), 0.5), 5.0));
  EXPECT_THAT(DiffText({before_, after_, layers_}), HasSubstr("+1.00 ms"));
  EXPECT_THAT(DiffText({before_, after_, layers_}), HasSubstr("latency B"));
}

}  // namespace
}  // namespace latcast::report
