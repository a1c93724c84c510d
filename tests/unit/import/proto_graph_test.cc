#include <functional>

#include "analyzer/import/lcg.h"
#include "base/status_matchers.h"
#include "latcast/v1/graph.pb.h"
#include "tests/unit/import/tiny_graph.h"

namespace latcast::import {
namespace {

using ::testing::HasSubstr;

struct Malformed {
  std::string error;
  std::function<void(v1::Graph&)> change;
};

// One wrong field anywhere is refused, and the error names the place and the fault.
TEST(FromProto, MalformedFields) {
  const Malformed cases[] = {
      {"it has no schema version", [](v1::Graph& g) { g.clear_schema_version(); }},
      {"it has no schema version", [](v1::Graph& g) { g.set_schema_version(-1); }},
      {"value 1: unknown data type 0", [](v1::Graph& g) { g.mutable_values(1)->clear_dtype(); }},
      {"value 1: unknown data type 77",
       [](v1::Graph& g) { g.mutable_values(1)->set_dtype(static_cast<v1::DType>(77)); }},
      {"value 0: unknown kind of value 0", [](v1::Graph& g) { g.mutable_values(0)->clear_kind(); }},
      {"value 0: unknown kind of value 9",
       [](v1::Graph& g) { g.mutable_values(0)->set_kind(static_cast<v1::ValueKind>(9)); }},
      {"value 0 'x': negative dimension -3",
       [](v1::Graph& g) { g.mutable_values(0)->set_shape(1, -3); }},
      {"does not fit 64 bits",
       [](v1::Graph& g) {
         g.mutable_values(0)->set_shape(1, int64_t{1} << 40);
         g.mutable_values(0)->set_shape(2, int64_t{1} << 40);
       }},
      {"value 0 'x': no storage", [](v1::Graph& g) { g.mutable_values(0)->set_storage(-1); }},
      {"name repeats", [](v1::Graph& g) { g.mutable_values(1)->set_name("x"); }},
      {"operator 0 '' (): no type", [](v1::Graph& g) { g.mutable_ops(0)->clear_type(); }},
      {"operator 1 'leaky_relu': attribute 'inplace' has no value",
       [](v1::Graph& g) { g.mutable_ops(1)->mutable_attributes(0)->clear_value(); }},
      {"operator 1 'leaky_relu': attribute 'inplace' repeats",
       [](v1::Graph& g) { *g.mutable_ops(1)->add_attributes() = g.ops(1).attributes(0); }},
      {"operator 1 'leaky_relu': an attribute has no name",
       [](v1::Graph& g) { g.mutable_ops(1)->mutable_attributes(0)->clear_name(); }},
      {"no value 99", [](v1::Graph& g) { g.mutable_ops(1)->set_inputs(0, 99); }},
      {"no value -2", [](v1::Graph& g) { g.mutable_ops(1)->set_inputs(0, -2); }},
      {"is read before it is written",
       [](v1::Graph& g) { g.mutable_ops(0)->set_inputs(0, g.ops(2).outputs(0)); }},
      {"is written twice",
       [](v1::Graph& g) { g.mutable_ops(1)->set_outputs(0, g.ops(0).outputs(0)); }},
      {"no value 99", [](v1::Graph& g) { g.mutable_ops(1)->set_outputs(0, 99); }},
      {"no value -1", [](v1::Graph& g) { g.mutable_ops(1)->set_outputs(0, -1); }},
      {"no output", [](v1::Graph& g) { g.mutable_ops(1)->clear_outputs(); }},
      {"no module call 7", [](v1::Graph& g) { g.mutable_ops(1)->set_call(7); }},
      {"no module call -1", [](v1::Graph& g) { g.mutable_ops(1)->set_call(-1); }},
      {"call 0 must be the network itself", [](v1::Graph& g) { g.clear_calls(); }},
      {"the first call has a parent", [](v1::Graph& g) { g.mutable_calls(0)->set_parent(0); }},
      {"module call 1 'conv': no parent", [](v1::Graph& g) { g.mutable_calls(1)->set_parent(-1); }},
      {"module call 1 'conv': parent 2 does not precede it",
       [](v1::Graph& g) { g.mutable_calls(1)->set_parent(2); }},
      {"module call 1 'conv': attribute 'kernel_size' has no value",
       [](v1::Graph& g) { g.mutable_calls(1)->mutable_attributes(0)->clear_value(); }},
      {"module call 1 'conv': no value 50",
       [](v1::Graph& g) { g.mutable_calls(1)->set_parameters(0, 50); }},
      {"graph input: no value 50", [](v1::Graph& g) { g.set_inputs(0, 50); }},
      {"is not an input value", [](v1::Graph& g) { g.set_inputs(0, 1); }},
      {"graph output: no value 50", [](v1::Graph& g) { g.set_outputs(0, 50); }},
      {"graph output: no value -1", [](v1::Graph& g) { g.set_outputs(0, -1); }},
      {"the graph has no outputs", [](v1::Graph& g) { g.clear_outputs(); }},
  };
  for (const Malformed& malformed : cases) {
    v1::Graph proto = ToProto(TinyGraph());
    ASSERT_OK(FromProto(proto));
    malformed.change(proto);
    const absl::StatusOr<graph::Graph> read = FromProto(proto);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(malformed.error));
    EXPECT_TRUE(absl::IsInvalidArgument(read.status()) || absl::IsOutOfRange(read.status()))
        << read.status();
  }
}

// Values without a name get a short one that says where they stand.
TEST(FromProto, NamesUnnamedValues) {
  v1::Graph proto = ToProto(TinyGraph());
  for (v1::Value& value : *proto.mutable_values()) value.clear_name();
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, FromProto(proto));
  EXPECT_EQ(graph.values[0].name, "%0");
  EXPECT_EQ(graph.values[4].name, "%4");
}

// Names of operators stay unique when a type looks like the name another one was given.
TEST(FromProto, NamesOpsUniquely) {
  v1::Graph proto = ToProto(TinyGraph());
  proto.mutable_ops(0)->set_type("relu_1");
  proto.mutable_ops(1)->set_type("relu");
  proto.mutable_ops(2)->set_type("relu");
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph, FromProto(proto));
  EXPECT_EQ(graph.ops[0].name, "relu_1");
  EXPECT_EQ(graph.ops[1].name, "relu");
  EXPECT_EQ(graph.ops[2].name, "relu_2");
}

// A field this version does not know does not stop the reader.
TEST(FromProto, UnknownFieldsAreIgnored) {
  v1::Graph proto = ToProto(TinyGraph());
  proto.GetReflection()->MutableUnknownFields(&proto)->AddVarint(1000, 1);
  EXPECT_OK(ParseLcg(proto.SerializeAsString()));
}

}  // namespace
}  // namespace latcast::import
