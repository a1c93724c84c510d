// Memory of torchvision networks, held against what PyTorch measures (tests/data/memory).
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "analyzer/cost/backward.h"
#include "analyzer/import/load_model.h"
#include "analyzer/memory/memory.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"

namespace latcast::memory {
namespace {

using Numbers = std::map<std::string, double>;

// Model -> column -> number; columns of text are left out.
std::map<std::string, Numbers> Read(const std::string& name) {
  const auto text = ReadFile(absl::StrCat("tests/data/memory/", name));
  EXPECT_OK(text);
  const auto table = ParseCsv(*text);
  EXPECT_OK(table);
  std::map<std::string, Numbers> rows;
  for (const CsvRow& row : table->rows) {
    for (size_t i = 1; i < table->header.size(); ++i) {
      double number = 0;
      if (absl::SimpleAtod(row.fields[i], &number)) {
        rows[row.fields[0]][table->header[i]] = number;
      }
    }
  }
  return rows;
}

graph::Graph Load(const std::string& model) {
  auto graph = import::LoadModel(absl::StrCat(LATCAST_CAPTURED_DIR, "/", model, ".lcg"));
  EXPECT_OK(graph);
  return *std::move(graph);
}

// The measurement ran on the CPU.
MemoryReport Analyze(const std::string& model, std::optional<graph::DType> autocast = {}) {
  auto report = AnalyzeMemory(Load(model), {.device = Device::kCpu, .autocast = autocast});
  EXPECT_OK(report);
  EXPECT_EQ(report->status, cost::Completeness::kComplete) << model;
  EXPECT_EQ(report->saved.total.completeness, cost::Completeness::kComplete) << model;
  return *std::move(report);
}

double Mib(int64_t bytes) { return static_cast<double>(bytes) / (1024 * 1024); }

// The peak of an eager evaluation pass, to the byte. Swin holds tensors of its attention under
// names that a graph does not show.
TEST(MemoryGoldenTest, EagerPeak) {
  const auto measured = Read("memory.csv");
  ASSERT_EQ(measured.size(), 24U);
  for (const auto& [model, row] : measured) {
    const auto bytes = static_cast<double>(Analyze(model).eager.peak_bytes);
    const double expected = row.at("eager_peak");
    if (model == "swin_t") {
      EXPECT_LT(bytes, expected);
      EXPECT_NEAR(bytes, expected, 0.01 * expected);
    } else {
      EXPECT_EQ(bytes, expected) << model;
    }
  }
}

// What autograd keeps, to the byte. Stochastic depth is no part of a graph captured in evaluation:
// it keeps one number a residual block and image.
TEST(MemoryGoldenTest, SavedForBackward) {
  const std::map<std::string, int64_t> stochastic_depth = {
      {"efficientnet_b0", 9}, {"efficientnet_v2_s", 34}, {"convnext_tiny", 17}, {"swin_t", 22}};
  for (const auto& [model, row] : Read("memory.csv")) {
    const auto it = stochastic_depth.find(model);
    const int64_t draws = it == stochastic_depth.end() ? 0 : it->second;
    EXPECT_EQ(Analyze(model).saved.total.bytes + 4 * draws, row.at("saved")) << model;
  }
}

// The peak of a training step and the gradients it ends with. The measurement keeps autograd from
// adding gradients in place where branches meet, and counts the loss.
TEST(MemoryGoldenTest, TrainingPeak) {
  for (const auto& [model, row] : Read("memory.csv")) {
    const MemoryReport report = Analyze(model);
    const double expected = row.at("training_peak");
    EXPECT_NEAR(static_cast<double>(report.training.peak_bytes), expected, 0.005 * expected)
        << model;
    EXPECT_EQ(report.gradient_bytes, row.at("gradients")) << model;
  }
}

// Mixed precision. Under autocast, what stochastic depth keeps is a number of the type around it.
TEST(MemoryGoldenTest, Autocast) {
  const std::set<std::string> stochastic_depth = {"efficientnet_b0", "efficientnet_v2_s",
                                                  "convnext_tiny", "swin_t"};
  for (const auto& [model, row] : Read("memory.csv")) {
    const MemoryReport report = Analyze(model, graph::DType::kBFloat16);
    const double eager = row.at("half_eager_peak");
    EXPECT_NEAR(static_cast<double>(report.eager.peak_bytes), eager, 0.01 * eager) << model;
    const double saved = row.at("half_saved");
    const double draws = stochastic_depth.contains(model) ? 4 * 34 : 0;
    EXPECT_NEAR(static_cast<double>(report.saved.total.bytes), saved, draws) << model;
    const double training = row.at("half_training_peak");
    EXPECT_NEAR(static_cast<double>(report.training.peak_bytes), training, 0.005 * training)
        << model;
  }
}

// Another table, of PyTorch 1.13. There, convnext_tiny and vit_b_16 hold a tensor longer and
// attention is cut into operators that keep their scores.
TEST(MemoryGoldenTest, OlderTable) {
  const auto measured = Read("torch_1_13.csv");
  ASSERT_EQ(measured.size(), 10U);
  int exact = 0;
  for (const auto& [model, row] : measured) {
    const MemoryReport report = Analyze(model);
    const double eager = Mib(report.eager.peak_bytes);
    EXPECT_NEAR(eager, row.at("eager_peak_mib"), 0.1 * row.at("eager_peak_mib")) << model;
    exact += std::abs(eager - row.at("eager_peak_mib")) <= 0.01 ? 1 : 0;
    const double saved = Mib(report.saved.total.bytes);
    if (model == "vit_b_16") {
      EXPECT_LT(saved, row.at("alive_after_forward_mib"));
    } else {
      EXPECT_NEAR(saved, row.at("alive_after_forward_mib"), 1.0) << model;
    }
  }
  EXPECT_GE(exact, 7);
}

// Backward MACs: twice the forward ones less the input gradient of the first convolution.
TEST(MemoryGoldenTest, BackwardMacs) {
  const std::map<std::string, int64_t> published = {{"alexnet", 1'358'100'160},
                                                    {"resnet18", 3'510'132'736}};
  for (const auto& [model, macs] : published) {
    const graph::Graph graph = Load(model);
    ASSERT_OK_AND_ASSIGN(const cost::GraphCost forward, cost::ComputeCost(graph));
    ASSERT_OK_AND_ASSIGN(const cost::BackwardCost backward, cost::ComputeBackward(graph, forward));
    EXPECT_EQ(backward.total.macs(), macs) << model;
  }
}

}  // namespace
}  // namespace latcast::memory
