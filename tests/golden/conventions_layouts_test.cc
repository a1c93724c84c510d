// The layouts of DNN analyzer, thoplw, torchscan and nns on networks whose layouts their authors
// published.
#include <cmath>

#include "analyzer/conventions/convention.h"
#include "analyzer/import/load_model.h"
#include "base/status_matchers.h"
#include "tests/support/golden_file.h"

namespace latcast::conventions {
namespace {

using graph::Graph;
using ::testing::HasSubstr;

std::string Layout(const std::string& model, std::string_view name,
                   const PrintOptions& options = {}) {
  const Convention* convention = FindConvention(name);
  const absl::StatusOr<Graph> graph = import::LoadModel(LATCAST_CAPTURED_DIR "/" + model + ".lcg");
  EXPECT_OK(graph);
  if (convention == nullptr || convention->print == nullptr || !graph.ok()) return "";
  const absl::StatusOr<Table> table = convention->count(*graph);
  EXPECT_OK(table);
  return table.ok() ? convention->print(*graph, *table, options) : "";
}

TEST(LayoutGolden, DnnAnalyzer) {
  ExpectGoldenFile(Layout("mobilenet_v2", "dnn-analyzer"), "conventions/mobilenet_v2.dnn-analyzer.txt");
}

// With durations there is a column of their shares; a call nobody timed has none.
TEST(LayoutGolden, DnnAnalyzerWithDurations) {
  ASSERT_OK_AND_ASSIGN(const Graph graph, import::LoadModel(LATCAST_CAPTURED_DIR "/alexnet.lcg"));
  std::vector<double> call_ms;
  for (size_t i = 0; i < graph.calls.size(); ++i) call_ms.push_back(0.1 * static_cast<double>(i));
  call_ms.back() = std::nan("");
  ExpectGoldenFile(Layout("alexnet", "dnn-analyzer", {.call_ms = call_ms}),
               "conventions/alexnet.dnn-analyzer.durations.txt");
}

TEST(LayoutGolden, Thoplw) {
  ExpectGoldenFile(Layout("resnet18", "thoplw"), "conventions/resnet18.thoplw.txt");
  ExpectGoldenFile(Layout("resnet18", "thoplw", {.units = "raw"}),
               "conventions/resnet18.thoplw.raw.txt");
  ExpectGoldenFile(Layout("resnet18", "thoplw", {.kind = "md", .units = "ratio"}),
               "conventions/resnet18.thoplw.ratio.md");
  ExpectGoldenFile(Layout("alexnet", "thoplw", {.kind = "csv", .units = "raw"}),
               "conventions/alexnet.thoplw.raw.csv");
}

// Windows that differ by dimension stand in brackets.
TEST(LayoutGolden, ThoplwDescription) {
  EXPECT_THAT(Layout("inception_v3", "thoplw"), HasSubstr("| Conv2d k=(1, 7) p=(0, 3) s=1 |"));
}

TEST(LayoutGolden, Torchscan) {
  ExpectGoldenFile(Layout("densenet121", "torchscan", {.max_depth = 2}),
               "conventions/densenet121.torchscan.txt");
}

// The field of vgg16 as its authors publish it, 212 at stride 32, and that of the whole network in
// one row.
TEST(LayoutGolden, TorchscanReceptiveField) {
  ExpectGoldenFile(Layout("vgg16", "torchscan", {.receptive_field = true, .effective_rf_stats = true}),
               "conventions/vgg16.torchscan.field.txt");
  EXPECT_THAT(
      Layout("vgg16", "torchscan", {.max_depth = 0, .receptive_field = true}),
      HasSubstr("vgg                          VGG                   (-1, 1000)               "
                " 138,357,544     212"));
}

TEST(LayoutGolden, Nns) {
  ExpectGoldenFile(Layout("alexnet", "nns"), "conventions/alexnet.nns.txt");
  ExpectGoldenFile(Layout("alexnet", "nns", {.training = true, .flops_unit = "M", .memory_unit = "B"}),
               "conventions/alexnet.nns.training.txt");
}

}  // namespace
}  // namespace latcast::conventions
