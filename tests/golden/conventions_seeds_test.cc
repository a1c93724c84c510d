// The published totals of DNN analyzer, nns, thoplw and torchscan, integer for integer, on networks
// that torchvision 0.26 makes today; the tables were made with torchvision 0.14.1.
#include <set>

#include "analyzer/conventions/convention.h"
#include "analyzer/import/load_model.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::conventions {
namespace {

using graph::Graph;

absl::StatusOr<Graph> Captured(const std::string& model) {
  return import::LoadModel(LATCAST_CAPTURED_DIR "/" + model + ".lcg");
}

std::optional<double> Value(const std::string& cell) {
  if (cell.empty()) return std::nullopt;
  return *ParseDouble(cell);
}

// Every row of a table of tests/data/golden against one convention: `columns` maps the table's
// columns to the convention's totals.
void ExpectTable(const std::string& file, std::string_view convention_name,
                 const std::map<std::string, std::string>& columns, size_t rows,
                 const std::set<std::string>& left_out = {}) {
  const Convention* convention = FindConvention(convention_name);
  ASSERT_NE(convention, nullptr);
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile("tests/data/golden/" + file));
  ASSERT_OK_AND_ASSIGN(const CsvTable golden, ParseCsv(text));
  EXPECT_EQ(golden.rows.size(), rows);
  for (const CsvRow& row : golden.rows) {
    const std::string& model = row.fields[0];
    SCOPED_TRACE(model);
    // Counted there with the auxiliary heads, which are never called but add to the bytes.
    const bool heads = file == "torchvision-13-tools.csv" && model == "googlenet";
    ASSERT_OK_AND_ASSIGN(const Graph graph, Captured(heads ? "googlenet-aux" : model));
    ASSERT_OK_AND_ASSIGN(const Table table, convention->count(graph));
    bool equal = true;
    for (const auto& [column, total] : columns) {
      const auto at = std::find_if(convention->totals.begin(), convention->totals.end(),
                                   [&](const Column& known) { return known.name == total; });
      ASSERT_NE(at, convention->totals.end()) << total;
      ASSERT_TRUE(golden.Column(column).has_value()) << column;
      const std::optional<double> found =
          table.totals[static_cast<size_t>(at - convention->totals.begin())];
      const std::optional<double> expected = Value(row.fields[*golden.Column(column)]);
      equal = equal && found == expected;
      if (!left_out.contains(model)) {
        EXPECT_EQ(found, expected) << total;
      }
    }
    EXPECT_NE(equal, left_out.contains(model)) << "listed as different, and is not";
  }
}

std::map<std::string, std::string> SameNames(const std::vector<std::string>& names) {
  std::map<std::string, std::string> same;
  for (const std::string& name : names) same[name] = name;
  return same;
}

// The 14 networks of its own table.
TEST(DnnAnalyzerGolden, ItsOwnTable) {
  ExpectTable("seed-dnn-analyzer.csv", "dnn-analyzer",
              {{"rows", "dnn_rows"},
               {"params", "dnn_params"},
               {"storage_bytes", "dnn_storage_bytes"},
               {"inference_bytes", "dnn_infmem_bytes"},
               {"read_bytes", "dnn_read_bytes"},
               {"write_bytes", "dnn_write_bytes"},
               {"macs", "dnn_macs"}},
              14);
}

// 43 networks, transformers among them. ShuffleNet has empty Sequentials that are never called: for
// the tool they make every Sequential a row, 24 more.
TEST(DnnAnalyzerGolden, ThirteenTools) {
  ExpectTable("torchvision-13-tools.csv", "dnn-analyzer",
              SameNames({"dnn_macs", "dnn_params", "dnn_storage_bytes", "dnn_infmem_bytes",
                         "dnn_rw_bytes", "dnn_rows"}),
              43);
}

// The 33 networks of its own table; parameters as its code and as its README count them.
TEST(ThoplwGolden, ItsOwnTable) {
  ExpectTable("seed-thoplw.csv", "thoplw",
              {{"macs", "thoplw_macs"},
               {"params", "thoplw_params"},
               {"params_with_bn_buffers", "thoplw_params_with_bn_buffers"}},
              33);
}

TEST(ThoplwGolden, ThirteenTools) {
  ExpectTable("torchvision-13-tools.csv", "thoplw", SameNames({"thoplw_macs", "thoplw_params"}),
              43);
}

// The 35 networks of its own table.
TEST(TorchscanGolden, ItsOwnTable) {
  ExpectTable("seed-torchscan.csv", "torchscan",
              {{"params", "torchscan_params"},
               {"flops", "torchscan_flops"},
               {"macs", "torchscan_macs"},
               {"dmas", "torchscan_dmas"}},
              35);
}

// No number where the tool crashes: the attention of the three ViTs returns a tuple.
TEST(TorchscanGolden, ThirteenTools) {
  ExpectTable("torchvision-13-tools.csv", "torchscan",
              SameNames({"torchscan_flops", "torchscan_macs", "torchscan_dmas", "torchscan_bytes"}),
              43);
}

// What nns says of the Keras networks of its zoo that torchvision has too. `more`: activations that
// torchvision's have and the zoo's have not.
TEST(NnsGolden, NetworksOfItsZoo) {
  struct Golden {
    std::string model;
    double flops;
    double parameters;
    double activations;
    double more;
  };
  constexpr double kNoSoftmax = -1000;    // behind the last layer of the zoo's
  constexpr double kSamePool = 512 * 49;  // adaptive average pool to the size its input has
  // AlexNet: that pool, a smaller image, dropout in front of a wider layer.
  constexpr double kAlexNet = 256 * 36 + 3 * (224 * 224 - 227 * 227) + (9216 - 4096);
  const Golden kGolden[] = {
      {"vgg11", 7609090048, 132863336, 16584656, kNoSoftmax + kSamePool},
      {"vgg13", 11308466176, 133047848, 26218448, kNoSoftmax + kSamePool},
      {"vgg16", 15470264320, 138357544, 28827600, kNoSoftmax + kSamePool},
      {"vgg19", 19632062464, 143667240, 31436752, kNoSoftmax + kSamePool},
      {"alexnet", 714188480, 61100840, 1248683, kNoSoftmax + kAlexNet},
      {"resnet50", 4089184256, 25610152, 37713360, kNoSoftmax},
      {"resnet101", 7801405440, 44654504, 56479184, kNoSoftmax},
      {"resnet152", 11513626624, 60344232, 79660496, kNoSoftmax},
  };
  for (const Golden& golden : kGolden) {
    SCOPED_TRACE(golden.model);
    ASSERT_OK_AND_ASSIGN(const Graph graph, Captured(golden.model));
    ASSERT_OK_AND_ASSIGN(const Table table, FindConvention("nns")->count(graph));
    EXPECT_EQ(table.totals[0], golden.flops);
    EXPECT_EQ(table.totals[1], golden.parameters);
    EXPECT_EQ(table.totals[2], golden.activations + golden.more);
  }
}

}  // namespace
}  // namespace latcast::conventions
