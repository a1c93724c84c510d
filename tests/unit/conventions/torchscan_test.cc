// What torchscan makes of modules, worked out by hand from its formulas. A row is parameters and
// buffers, FLOPs, MACs, DMAs, receptive field, effective stride, effective padding.
#include "tests/unit/conventions/module_net.h"

namespace latcast::conventions {
namespace {

using ::testing::ElementsAre;

// The values of "m" behind a module with a parameter, without which torchscan ends with an error.
std::vector<std::optional<double>> ScanRow(const Shape& input, const Net::Module& module) {
  const Graph graph = Net(input)
                          .Call({.class_name = "MyScale",
                                 .output = input,
                                 .parameters = {{"weight", {1}}},
                                 .name = "scale"})
                          .Call(module)
                          .Finish();
  const Table table = Count("torchscan", graph);
  return table.rows.empty() ? std::vector<std::optional<double>>() : table.rows.back().values;
}

TEST(TorchscanTest, Convolution) {
  EXPECT_THAT(ScanRow({1, 3, 8, 8}, Conv({1, 4, 4, 4}, 2)),
              ElementsAre(112, 64 * (2 * 27 - 1) + 64, 64 * 27, 64 * 27 + 112 + 64, 3, 2, 1));
}

// A transposed convolution counts output positions, and a little for its padding; it takes from the
// receptive field.
TEST(TorchscanTest, TransposedConvolution) {
  EXPECT_THAT(ScanRow({1, 4, 4, 4}, {.class_name = "ConvTranspose2d",
                                     .output = {1, 2, 8, 8},
                                     .parameters = {{"weight", {4, 2, 2, 2}}},
                                     .attributes = {{"kernel_size", Ints{2, 2}},
                                                    {"stride", Ints{2, 2}},
                                                    {"groups", int64_t{1}}}}),
              ElementsAre(32, 128 * (2 * 16 - 1) + 16, 128 * 16 + 8, 128 * 16 + 32 + 128 + 10,
                          1 - 3, 0.5, 0));
}

Net::Module Pool(const char* class_name, graph::Attribute kernel) {
  return {.class_name = class_name,
          .output = {1, 4, 2, 2},
          .attributes = {
              {"kernel_size", std::move(kernel)}, {"stride", int64_t{2}}, {"padding", int64_t{1}}}};
}

// A window given as one int counts that int; only memory accesses know better.
TEST(TorchscanTest, IntKernel) {
  const Shape input = {1, 4, 4, 4};
  EXPECT_THAT(ScanRow(input, Pool("MaxPool2d", int64_t{3})),
              ElementsAre(0, 16 * 2, 16 * 2, 16 * 9 + 16, 3, 2, 1));
  EXPECT_THAT(ScanRow(input, Pool("MaxPool2d", Ints{3, 3})),
              ElementsAre(0, 16 * 8, 16 * 8, 16 * 9 + 16, 3, 2, 1));
  EXPECT_EQ(ScanRow(input, Pool("AvgPool2d", int64_t{3}))[1], 16 * (3 - 1 + 2));
  EXPECT_EQ(ScanRow(input, Pool("AvgPool2d", Ints{3, 3}))[1], 16 * (9 - 1 + 2));
}

// The window of an adaptive pool is the ratio where it is whole, else the rest and one.
TEST(TorchscanTest, AdaptivePool) {
  EXPECT_THAT(ScanRow({1, 4, 8, 7}, {.class_name = "AdaptiveAvgPool2d", .output = {1, 4, 2, 2}}),
              ElementsAre(0, 16 * (4 * 2 - 1 + 2), 16 * (4 * 2 - 1 + 2), 16 * 8 + 16, 4, 4, -4.5));
}

TEST(TorchscanTest, BatchNorm) {
  Net::Module norm{.class_name = "BatchNorm2d",
                   .output = {1, 4, 2, 2},
                   .attributes = {{"num_features", int64_t{4}}, {"momentum", 0.1}},
                   .buffers = {{"running_mean", {4}}, {"running_var", {4}}}};
  EXPECT_THAT(ScanRow({1, 4, 2, 2}, norm), ElementsAre(8, 8 + 32, 16, 32 + 8 + 1 + 1, 1, 1, 0));
  norm.parameters = {{"weight", {4}}, {"bias", {4}}};
  norm.attributes.erase("momentum");
  EXPECT_THAT(ScanRow({1, 4, 2, 2}, norm), ElementsAre(16, 8 + 64, 32, 32 + 8 + 1 + 8, 1, 1, 0));
}

// In place nothing is written; a dropout that never drops draws nothing.
TEST(TorchscanTest, Elementwise) {
  const auto row = [](const char* class_name, Attributes attributes) {
    const auto values = ScanRow(
        {1, 4}, {.class_name = class_name, .output = {1, 4}, .attributes = std::move(attributes)});
    return std::vector<std::optional<double>>(values.begin() + 1, values.begin() + 4);
  };
  EXPECT_THAT(row("ReLU", {{"inplace", true}}), ElementsAre(4, 0, 4));
  EXPECT_THAT(row("ReLU", {{"inplace", false}}), ElementsAre(4, 0, 8));
  EXPECT_THAT(row("ReLU6", {{"inplace", true}}), ElementsAre(8, 0, 4));
  EXPECT_THAT(row("ELU", {{"inplace", false}}), ElementsAre(24, 0, 9));
  EXPECT_THAT(row("LeakyReLU", {{"inplace", true}}), ElementsAre(16, 0, 5));
  EXPECT_THAT(row("Sigmoid", {}), ElementsAre(16, 0, 8));
  EXPECT_THAT(row("Tanh", {}), ElementsAre(24, 0, 12));
  EXPECT_THAT(row("Dropout", {{"p", 0.5}, {"inplace", false}}), ElementsAre(4, 0, 9));
  EXPECT_THAT(row("Dropout", {{"p", 0.0}, {"inplace", true}}), ElementsAre(0, 0, 5));
  EXPECT_THAT(row("Identity", {}), ElementsAre(0, 0, 4));
  EXPECT_THAT(row("Flatten", {}), ElementsAre(0, 0, 8));
  EXPECT_THAT(row("GELU", {}), ElementsAre(0, 0, 0));
}

// A linear layer takes dimension 1 of both for features.
TEST(TorchscanTest, LinearOnASequence) {
  EXPECT_THAT(ScanRow({1, 5, 8}, Linear({1, 5, 16}, {16, 8})),
              ElementsAre(144, 5 * 9 + 80, 25, 40 + 144 + 80, 1, 1, 0));
}

// A module called twice counts at its first call; a tensor of two modules counts in the first.
TEST(TorchscanTest, Shared) {
  Net::Module conv = Conv({1, 4, 8, 8}, 1, false);
  Net::Module tied = conv;
  tied.name = "tied";
  tied.tied_to = "m";
  const Table table =
      Count("torchscan", Net({1, 3, 8, 8}).Call(conv).Call(conv).Call(tied).Finish());
  ASSERT_EQ(table.rows.size(), 3u);  // the network, m, tied
  EXPECT_EQ(table.rows[1].values[0], 108);
  EXPECT_EQ(table.rows[2].name, "tied");
  EXPECT_EQ(table.rows[2].values[0], 0);
  EXPECT_EQ(table.rows[2].values[2], 256 * 4 * 9);
}

// What it ends with an error on.
TEST(TorchscanTest, Errors) {
  const Net::Module prelu{
      .class_name = "PReLU", .output = {1, 4}, .parameters = {{"weight", {1}}}, .name = "p"};
  ExpectNoNumbers("torchscan", Net({1, 4}).Call({.class_name = "ReLU", .output = {1, 4}}),
                  "Net has no parameters");
  ExpectNoNumbers(
      "torchscan",
      Net({1, 4}).Call(prelu).Call({.class_name = "MyPair", .output = {1, 4}, .outputs = 2}),
      "m (MyPair) does not return one tensor");
  ExpectNoNumbers("torchscan",
                  Net({1, 4}).Call(prelu).Call({.class_name = "BatchNorm1d", .output = {1, 4}}),
                  "m (BatchNorm1d) has no running statistics");
}

}  // namespace
}  // namespace latcast::conventions
