// What a capture says of sizes, on the wire; see lcg_test.cc and proto_graph_test.cc for the rest.
#include "analyzer/import/lcg.h"
#include "analyzer/import/message_count.h"
#include "analyzer/ops/infer.h"
#include "base/status_matchers.h"
#include "latcast/v1/graph.pb.h"
#include "tests/support/sized_graph.h"

namespace latcast::import {
namespace {

using graph::Graph;
using graph::Shape;
using graph::SizeOperator;
using ::testing::HasSubstr;

// SizedGraph() with one of everything the message holds.
Graph Full() {
  Graph graph = SizedGraph();
  graph.values.push_back(
      {"grid", graph::ValueKind::kConstant, graph::DType::kFloat32, {2, 48}, 0, false});
  for (const SizeOperator op : {SizeOperator::kAdd, SizeOperator::kSubtract,
                                SizeOperator::kFloorDivide, SizeOperator::kModulo}) {
    graph.sizes->expressions.push_back({op, 3, 4});
  }
  graph.sizes->expressions.push_back({SizeOperator::kConstant, -7, 0});
  graph.sizes->conditions.push_back({1, 0, graph::SizeComparison::kEqual, 0, 4, false});
  graph.sizes->conditions.push_back({1, 0, graph::SizeComparison::kLessEqual, 0, 4, true});
  graph.sizes->fixed = {{0, 3, "why"}};
  graph.sizes->constants = {{3, 1, {0, 3}}};
  graph.sizes->storages = {{0, 0, {2}, {3}}};
  return graph;
}

// Everything written is read again.
TEST(ProtoSizes, RoundTrip) {
  const Graph written = Full();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(written));
  ASSERT_OK_AND_ASSIGN(const Graph read, ParseLcg(bytes));
  ASSERT_TRUE(read.sizes.has_value());
  EXPECT_EQ(read.ops[1].sizes, written.ops[1].sizes);
  ASSERT_EQ(read.sizes->expressions.size(), written.sizes->expressions.size());
  for (size_t i = 0; i < read.sizes->expressions.size(); ++i) {
    EXPECT_EQ(read.sizes->expressions[i].op, written.sizes->expressions[i].op);
    EXPECT_EQ(read.sizes->expressions[i].left, written.sizes->expressions[i].left);
    EXPECT_EQ(read.sizes->expressions[i].right, written.sizes->expressions[i].right);
  }
  ASSERT_EQ(read.sizes->conditions.size(), 3u);
  EXPECT_EQ(read.sizes->conditions[1].comparison, graph::SizeComparison::kEqual);
  EXPECT_FALSE(read.sizes->conditions[1].holds);
  EXPECT_EQ(read.sizes->conditions[0].call, 1);
  ASSERT_EQ(read.sizes->fixed.size(), 1u);
  EXPECT_EQ(read.sizes->fixed[0].axis, 3);
  EXPECT_EQ(read.sizes->fixed[0].reason, "why");
  EXPECT_EQ(read.sizes->constants[0].shape, (std::vector<int32_t>{0, 3}));
  EXPECT_EQ(read.sizes->storages[0].storages, (std::vector<int32_t>{3}));
  EXPECT_THAT(SerializeLcg(read), IsOkAndHolds(bytes));
}

// A graph of which nobody looked at the sizes stays one.
TEST(ProtoSizes, AbsentStaysAbsent) {
  Graph graph = SizedGraph();
  graph.sizes.reset();
  graph.ops[1].sizes.clear();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(graph));
  ASSERT_OK_AND_ASSIGN(const Graph read, ParseLcg(bytes));
  EXPECT_FALSE(read.sizes.has_value());
  graph.sizes.emplace();
  ASSERT_OK_AND_ASSIGN(const std::string empty, SerializeLcg(graph));
  ASSERT_OK_AND_ASSIGN(const Graph looked, ParseLcg(empty));
  EXPECT_TRUE(looked.sizes.has_value());
}

// Entries keep to their attribute when it gets our name, and leave with one that is left out.
TEST(ProtoSizes, EntriesFollowTheCanonicalNames) {
  v1::Graph proto = ToProto(SizedGraph());
  v1::Op* op = proto.mutable_ops(1);
  op->set_type("aten.split_with_sizes.default");
  op->mutable_attributes(0)->set_name("split_sizes");
  for (v1::SizeEntry& entry : *op->mutable_sizes()) entry.set_attribute("split_sizes");
  ASSERT_OK_AND_ASSIGN(const Graph split, FromProto(proto));
  EXPECT_EQ(split.ops[1].type, "split");
  EXPECT_EQ(split.ops[1].sizes,
            (std::vector<graph::SizeEntry>{{"split_size", 0, 0}, {"split_size", 2, 3}}));
  op->set_type("aten._reshape_alias.default");
  op->mutable_attributes(0)->set_name("size");
  *op->add_attributes() = op->attributes(0);
  op->mutable_attributes(1)->set_name("stride");
  op->mutable_sizes(0)->set_attribute("size");
  op->mutable_sizes(1)->set_attribute("stride");
  ASSERT_OK_AND_ASSIGN(const Graph view, FromProto(proto));
  EXPECT_EQ(view.ops[1].type, "view");
  EXPECT_EQ(view.ops[1].sizes, (std::vector<graph::SizeEntry>{{"size", 0, 0}}));
}

// Numbers this version does not know are refused, and name the place.
TEST(ProtoSizes, Malformed) {
  const auto refused = [](const std::function<void(v1::Graph&)>& change, const char* message) {
    v1::Graph proto = ToProto(Full());
    ASSERT_OK(FromProto(proto));
    change(proto);
    EXPECT_THAT(FromProto(proto), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refused([](v1::Graph& g) { g.mutable_sizes()->mutable_expressions(2)->clear_operator_(); },
          "size expression 2: unknown operator 0");
  refused(
      [](v1::Graph& g) {
        g.mutable_sizes()->mutable_expressions(2)->set_operator_(static_cast<v1::SizeOperator>(8));
      },
      "size expression 2: unknown operator 8");
  refused([](v1::Graph& g) { g.mutable_sizes()->mutable_conditions(1)->clear_comparison(); },
          "size condition 1: unknown operator 0");
  refused([](v1::Graph& g) { g.mutable_sizes()->mutable_storages(0)->clear_storages(); },
          "change of storages 0: 1 values, 0 storages");
  refused([](v1::Graph& g) { g.mutable_ops(1)->mutable_sizes(0)->set_entry(9); },
          "operator 1 'view': no number 9");
}

// They count towards what a file may unfold into.
TEST(ProtoSizes, AreCounted) {
  v1::Graph proto = ToProto(SizedGraph());
  const int64_t with = CountMessages(proto.SerializeAsString());
  proto.clear_sizes();
  proto.mutable_ops(1)->clear_sizes();
  EXPECT_EQ(with - CountMessages(proto.SerializeAsString()), 1 + 5 + 1 + 2);
}

}  // namespace
}  // namespace latcast::import
