// What nns makes of PyTorch modules, worked out by hand from its formulas. A row is FLOPs,
// parameters, activations of one sample.
#include "tests/unit/conventions/module_net.h"

namespace latcast::conventions {
namespace {

using ::testing::ElementsAre;

std::vector<std::optional<double>> NnsRow(const Shape& input, const Net::Module& module) {
  return FirstRow("nns", Net(input).Call(module));
}

// A dense layer on sequences counts one step, whatever the batch.
TEST(NnsTest, Dense) {
  EXPECT_THAT(NnsRow({4, 5, 8}, Linear({4, 5, 16}, {16, 8})), ElementsAre(128, 144, 80));
}

// Output channels count twice in a transposed convolution, input channels not at all.
TEST(NnsTest, Convolutions) {
  EXPECT_THAT(NnsRow({2, 3, 8, 8}, Conv({2, 4, 4, 4}, 2)), ElementsAre(27 * 64, 112, 64));
  EXPECT_THAT(NnsRow({1, 8, 4, 4}, {.class_name = "ConvTranspose2d",
                                    .output = {1, 2, 8, 8},
                                    .parameters = {{"weight", {8, 2, 2, 2}}},
                                    .attributes = {{"groups", int64_t{1}}}}),
              ElementsAre(4 * 2 * 128, 64, 128));
}

// Gates, steps and directions: 4 T (I H + H H) and 14 T H of an LSTM, 3 and 13 of a GRU.
TEST(NnsTest, Recurrent) {
  Net::Module layer{.class_name = "LSTM",
                    .output = {1, 10, 5},
                    .parameters = {{"weight_ih_l0", {20, 3}}},
                    .attributes = {{"input_size", int64_t{3}},
                                   {"hidden_size", int64_t{5}},
                                   {"num_layers", int64_t{1}},
                                   {"batch_first", true},
                                   {"bidirectional", false}},
                    .outputs = 3};
  EXPECT_THAT(NnsRow({1, 10, 3}, layer), ElementsAre(4 * 10 * 40, 60, 14 * 50));
  layer.class_name = "GRU";
  EXPECT_THAT(NnsRow({1, 10, 3}, layer), ElementsAre(3 * 10 * 40, 60, 13 * 50));
  layer.class_name = "RNN";
  layer.attributes["num_layers"] = int64_t{2};
  EXPECT_THAT(NnsRow({1, 10, 3}, layer), ElementsAre(10 * 40 + 10 * 50, 60, 2 * 3 * 50));
  layer.attributes["num_layers"] = int64_t{1};
  layer.attributes["bidirectional"] = true;
  layer.output = {1, 10, 10};
  EXPECT_THAT(NnsRow({1, 10, 3}, layer), ElementsAre(2 * 10 * 40, 60, 2 * 3 * 50 + 100));
}

// Moving statistics are parameters of the model, not of the row. A module with parameters is one
// layer however often it is called, one without is as many; what is not recognised is named.
TEST(NnsTest, Layers) {
  const Net::Module norm{.class_name = "BatchNorm2d",
                         .output = {2, 4, 2, 2},
                         .parameters = {{"weight", {4}}, {"bias", {4}}},
                         .buffers = {{"running_mean", {4}}, {"running_var", {4}}}};
  const Net::Module relu{.class_name = "ReLU", .output = {2, 4, 2, 2}, .name = "relu"};
  const Net::Module group{.class_name = "GroupNorm",
                          .output = {2, 4, 2, 2},
                          .parameters = {{"weight", {4}}},
                          .name = "g"};
  const Table table = Count(
      "nns", Net({2, 4, 2, 2}).Call(norm).Call(norm).Call(relu).Call(relu).Call(group).Finish());
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0].name, "input");
  EXPECT_THAT(table.rows[1].values, ElementsAre(0, 8, 16));
  EXPECT_THAT(table.totals, ElementsAre(0, 8 + 8 + 4, 2 * 64, 4 * 20, 4 * 128, 0, 8 * 128));
  EXPECT_THAT(table.notes, ElementsAre("not recognised: GroupNorm"));
}

}  // namespace
}  // namespace latcast::conventions
