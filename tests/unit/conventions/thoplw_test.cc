// What thoplw makes of unusual modules, worked out by hand from its formulas. A row is MACs,
// parameters, parameters with the buffers of normalization.
#include "tests/unit/conventions/module_net.h"

namespace latcast::conventions {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Of the batch a convolution counts one sample and its bias once, normalization all of it.
TEST(ThoplwTest, MixesBatchAndSample) {
  EXPECT_THAT(FirstRow("thoplw", Net({2, 3, 8, 8}).Call(Conv({2, 4, 4, 4}, 2))),
              ElementsAre(108 * 16 + 4, 112, 112));
  EXPECT_THAT(FirstRow("thoplw", Net({2, 4, 2, 2})
                                     .Call({.class_name = "BatchNorm2d",
                                            .output = {2, 4, 2, 2},
                                            .parameters = {{"weight", {4}}, {"bias", {4}}},
                                            .buffers = {{"running_mean", {4}},
                                                        {"running_var", {4}},
                                                        {"num_batches_tracked", {}}}})),
              ElementsAre(4 * 32, 8, 16));
}

// A linear layer takes dimension 1 for features.
TEST(ThoplwTest, LinearOnASequence) {
  EXPECT_EQ(FirstRow("thoplw", Net({1, 5, 8}).Call(Linear({1, 5, 16}, {16, 8})))[0], 41);
}

// An average pool counts its spatial dimensions, whatever its window.
TEST(ThoplwTest, AveragePool) {
  EXPECT_EQ(FirstRow("thoplw", Net({1, 4, 8, 8})
                                   .Call({.class_name = "AvgPool2d",
                                          .output = {1, 4, 2, 2},
                                          .attributes = {{"kernel_size", int64_t{4}}}}))[0],
            2 * 16);
}

// A module called twice is one row, of its last call.
TEST(ThoplwTest, ReusedModule) {
  const Table table = Count(
      "thoplw", Net({1, 3, 8, 8}).Call(Conv({1, 4, 8, 8}, 1)).Call(Conv({1, 4, 2, 2}, 1)).Finish());
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_THAT(table.rows[0].values, ElementsAre(108 * 4 + 4, 112, 112));
}

// Three-dimensional convolutions are hidden, classes it does not know are named.
TEST(ThoplwTest, Hidden) {
  const Table table =
      Count("thoplw", Net({1, 2, 4, 4, 4})
                          .Call({.class_name = "Conv3d",
                                 .output = {1, 2, 4, 4, 4},
                                 .parameters = {{"weight", {2, 2, 1, 1, 1}}}})
                          .Call({.class_name = "GELU", .output = {1, 2, 4, 4, 4}, .name = "act"})
                          .Finish());
  EXPECT_THAT(table.rows, IsEmpty());
  EXPECT_THAT(table.totals, ElementsAre(0, 0, 0));
  EXPECT_THAT(table.notes, ElementsAre("ignored: GELU"));
}

// What it ends with an error on.
TEST(ThoplwTest, Errors) {
  ExpectNoNumbers("thoplw", Net({1, 2, 8}).Call({.class_name = "Conv1d", .output = {1, 4, 8}}),
                  "m (Conv1d) takes three dimensions");
  ExpectNoNumbers("thoplw", Net({1, 4}).Call({.class_name = "LeakyReLU", .output = {1, 4}}),
                  "m (LeakyReLU) has no weight");
  ExpectNoNumbers("thoplw",
                  Net({1, 2, 2, 2, 2})
                      .Call({.class_name = "Upsample",
                             .output = {1, 2, 4, 4, 4},
                             .attributes = {{"mode", "trilinear"}}}),
                  "m (Upsample) has a mode it does not know");
}

TEST(ThoplwTest, Upsampling) {
  const auto macs = [](const char* mode) {
    return FirstRow("thoplw", Net({1, 2, 2, 2})
                                  .Call({.class_name = "Upsample",
                                         .output = {1, 2, 4, 4},
                                         .attributes = {{"mode", mode}}}))[0];
  };
  EXPECT_EQ(macs("nearest"), 0);
  EXPECT_EQ(macs("bilinear"), 6 * 32);
  EXPECT_EQ(macs("bicubic"), 20 * 32);
}

}  // namespace
}  // namespace latcast::conventions
