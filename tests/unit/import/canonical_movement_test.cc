#include "tests/unit/import/one_op.h"

namespace latcast::import {
namespace {

using graph::Attributes;
using graph::Op;
using graph::Shape;
using Ints = std::vector<int64_t>;

struct Case {
  std::string type;
  std::vector<Shape> inputs;
  Attributes attributes;
  std::string canonical;
  Attributes expected;
  size_t outputs = 1;
};

void ExpectCanonical(const Case& c) {
  SCOPED_TRACE(c.type);
  const Op op = OneOp(c.type, c.inputs, c.attributes, c.outputs);
  EXPECT_EQ(op.type, c.canonical);
  EXPECT_EQ(op.attributes, c.expected);
  EXPECT_EQ(op.inputs.size(), c.inputs.size());
  EXPECT_EQ(op.outputs.size(), c.outputs);
}

// Views by every name and overload keep their arguments.
TEST(CanonicalMovement, Views) {
  const int64_t one = 1;
  const Attributes dims = {{"dim0", int64_t{-2}}, {"dim1", int64_t{-1}}};
  const Attributes slice = {{"dim", one}, {"start", one}, {"end", INT64_MAX}, {"step", one}};
  const Case cases[] = {
      {"aten.select.int",
       {kImage},
       {{"dim", one}, {"index", one}},
       "select",
       {{"dim", one}, {"index", one}}},
      {"aten.slice.Tensor", {kImage}, slice, "slice", slice},
      {"aten.slice_copy.Tensor", {kImage}, slice, "slice", slice},
      {"aten.narrow.Tensor",
       {kImage, {}},
       {{"dim", one}, {"length", one}},
       "narrow",
       {{"dim", one}, {"length", one}}},
      {"aten.split.Tensor",
       {kImage},
       {{"dim", one}, {"split_size", int64_t{2}}},
       "split",
       {{"dim", one}, {"split_size", int64_t{2}}},
       2},
      {"aten.split_with_sizes.default",
       {kImage},
       {{"dim", one}, {"split_sizes", Ints{1, 3}}},
       "split",
       {{"dim", one}, {"split_size", Ints{1, 3}}},
       2},
      {"aten.unsafe_split.Tensor",
       {kImage},
       {{"dim", one}, {"split_size", int64_t{2}}},
       "split",
       {{"dim", one}, {"split_size", int64_t{2}}},
       2},
      {"aten.unbind.int", {kImage}, {{"dim", one}}, "unbind", {{"dim", one}}, 4},
      {"aten.expand.default",
       {kImage},
       {{"size", Ints{1, 4, 8, 8}}, {"implicit", false}},
       "expand",
       {{"size", Ints{1, 4, 8, 8}}}},
      {"aten.reshape_as.default", {{6}, {2, 3}}, {}, "view_as", {}},
      {"aten.squeeze.dims", {kImage}, {{"dim", Ints{0}}}, "squeeze", {{"dim", Ints{0}}}},
      {"aten.moveaxis.int",
       {kImage},
       {{"source", one}, {"destination", int64_t{3}}},
       "movedim",
       {{"source", one}, {"destination", int64_t{3}}}},
      {"aten.lift_fresh.default", {kImage}, {}, "alias", {}},
      {"aten.mT.default", {kImage}, {}, "transpose", dims},
      {"aten.numpy_T.default", {kImage}, {}, "permute", {{"dims", Ints{3, 2, 1, 0}}}},
      {"aten.t_copy.default", {{3, 4}}, {}, "transpose", {{"dim0", int64_t{0}}, {"dim1", one}}},
      {"aten._reshape_copy.default",
       {kImage},
       {{"size", Ints{256}}},
       "reshape",
       {{"size", Ints{256}}}},
      {"aten.ravel.default",
       {kImage},
       {},
       "flatten",
       {{"start_dim", int64_t{0}}, {"end_dim", int64_t{-1}}}},
  };
  for (const Case& c : cases) ExpectCanonical(c);
}

// A view in place rewrites the description of a tensor, not its memory: it is the view.
TEST(CanonicalMovement, ViewsInPlaceAreViews) {
  ExpectCanonical(
      {"aten.squeeze_.dim", {kImage}, {{"dim", int64_t{0}}}, "squeeze", {{"dim", int64_t{0}}}});
  ExpectCanonical({"aten.as_strided_.default",
                   {kImage},
                   {{"size", Ints{4}}, {"stride", Ints{1}}},
                   "as_strided",
                   {{"size", Ints{4}}, {"stride", Ints{1}}}});
}

}  // namespace
}  // namespace latcast::import
