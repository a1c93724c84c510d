// What DNN analyzer makes of unusual modules, worked out by hand from its formulas. A row is
// parameters, bytes read, bytes written, storage, inference memory, MACs.
#include "tests/unit/conventions/module_net.h"

namespace latcast::conventions {
namespace {

using ::testing::ElementsAre;

// A convolution's output is divided by its stride again, its bias is no MAC, its parameters are
// read once a sample, its inference memory is that of one sample.
TEST(DnnAnalyzerTest, Convolution) {
  EXPECT_THAT(FirstRow("dnn-analyzer", Net({1, 3, 8, 8}).Call(Conv({1, 4, 4, 4}, 2))),
              ElementsAre(112, 4 * (192 + 112), 4 * 64, 4 * 112, 4 * 64, 27 * 4 * 4));
  EXPECT_THAT(
      FirstRow("dnn-analyzer", Net({2, 3, 8, 8}).Call(Conv({2, 4, 8, 8}, 1))),
      ElementsAre(112, 4 * (2 * 192 + 2 * 112), 4 * 512, 4 * 112, 4 * 256, 2 * 27 * 64 * 4));
}

// An output that its stride does not divide gives parts of a MAC.
TEST(DnnAnalyzerTest, StrideLeavesParts) {
  EXPECT_EQ(FirstRow("dnn-analyzer", Net({1, 3, 9, 9}).Call(Conv({1, 4, 5, 5}, 2)))[5],
            27 * 2.5 * 2.5 * 4);
}

// Elements of half size take half the bytes.
TEST(DnnAnalyzerTest, HalfPrecision) {
  EXPECT_THAT(
      FirstRow("dnn-analyzer", Net({1, 3, 8, 8}, DType::kFloat16).Call(Conv({1, 4, 8, 8}, 1))),
      ElementsAre(112, 2 * (192 + 112), 2 * 256, 2 * 112, 2 * 256, 27 * 64 * 4));
}

// A linear layer takes dimension 1 for features, and reads its output but for the first sample.
TEST(DnnAnalyzerTest, Linear) {
  EXPECT_EQ(FirstRow("dnn-analyzer", Net({1, 3, 32, 32}).Call(Linear({1, 3, 32, 16}, {16, 32})))[5],
            9);
  EXPECT_THAT(FirstRow("dnn-analyzer", Net({3, 8}).Call(Linear({3, 5}, {5, 8}))),
              ElementsAre(45, 4 * 3 * (45 + 2 * 5), 4 * 15, 4 * 45, 4 * 5, 3 * 8 * 5));
}

// One-dimensional convolutions have memory but no MACs, and it is said.
TEST(DnnAnalyzerTest, Conv1d) {
  const Graph graph =
      Net({1, 2, 8})
          .Call(
              {.class_name = "Conv1d", .output = {1, 4, 8}, .parameters = {{"weight", {4, 2, 1}}}})
          .Finish();
  const Table table = Count("dnn-analyzer", graph);
  EXPECT_THAT(table.rows[0].values, ElementsAre(8, 4 * (16 + 8), 4 * 32, 4 * 8, 4 * 32, 0));
  EXPECT_THAT(table.notes, ElementsAre("not supported for MACs: Conv1d"));
}

// Every call is a row, parameters and all.
TEST(DnnAnalyzerTest, ReusedModule) {
  const Net::Module prelu{
      .class_name = "PReLU", .output = {1, 4, 2, 2}, .parameters = {{"weight", {4}}}};
  const Table table = Count("dnn-analyzer", Net({1, 4, 2, 2}).Call(prelu).Call(prelu).Finish());
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_THAT(table.rows[1].values, ElementsAre(4, 4 * (16 + 4), 4 * 16, 4 * 4, 4 * 16, 16));
  EXPECT_EQ(table.totals[1], 8);
}

// One empty Sequential makes a row of every Sequential.
TEST(DnnAnalyzerTest, EmptySequential) {
  const Shape shape = {1, 4, 2, 2};
  Net net(shape);
  net.Enter("Sequential", "features").Call({.class_name = "ReLU", .output = shape}).Leave(shape);
  EXPECT_EQ(Count("dnn-analyzer", Net(net).Finish()).rows.size(), 1u);
  net.Call({.class_name = "Sequential", .output = shape, .name = "shortcut"});
  const Table table = Count("dnn-analyzer", net.Finish());
  ASSERT_EQ(table.rows.size(), 3u);
  EXPECT_EQ(table.rows[0].name, "Sequential");
  EXPECT_THAT(table.rows[0].values, ElementsAre(0, 0, 0, 0, 64, 0));
}

// Tuples end it with an error, and so do two inputs of a class it knows; of others they are
// nothing.
TEST(DnnAnalyzerTest, Tuples) {
  ExpectNoNumbers("dnn-analyzer", Net({4, 1, 8}).Call({.class_name = "LSTM", .output = {4, 1, 8}}),
                  "m (LSTM) does not return one tensor");
  ExpectNoNumbers("dnn-analyzer",
                  Net({1, 4}).Call({.class_name = "ReLU", .output = {1, 4}, .inputs = 2}),
                  "m (ReLU) takes several tensors");
  EXPECT_THAT(FirstRow("dnn-analyzer",
                       Net({1, 4}).Call({.class_name = "MyAdd", .output = {1, 4}, .inputs = 2})),
              ElementsAre(0, 0, 0, 0, 16, 0));
}

}  // namespace
}  // namespace latcast::conventions
