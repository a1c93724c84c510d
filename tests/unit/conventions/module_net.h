// Networks of modules alone, which is what tools that hook modules see of them.
#ifndef LATCAST_TESTS_UNIT_CONVENTIONS_MODULE_NET_H_
#define LATCAST_TESTS_UNIT_CONVENTIONS_MODULE_NET_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/conventions/convention.h"
#include "analyzer/graph/builder.h"
#include "base/status_matchers.h"

namespace latcast::conventions {

using graph::Attributes;
using graph::DType;
using graph::Graph;
using graph::Shape;
using graph::ValueId;
using Ints = std::vector<int64_t>;

// A network of modules alone: what tools that hook modules see.
class Net {
 public:
  explicit Net(Shape input, DType dtype = DType::kFloat32)
      : builder_("net", "test"), dtype_(dtype), x_(builder_.AddInput("x", dtype, input)) {}

  struct Module {
    std::string class_name;
    Shape output;
    std::vector<std::pair<std::string, Shape>> parameters = {};
    Attributes attributes = {};
    std::vector<std::pair<std::string, Shape>> buffers = {};
    std::string name = "m";
    std::string tied_to = {};  // the path of the module whose tensors it has too
    int outputs = 1;
    int inputs = 1;
  };

  // Called on the last output, which its own replaces.
  Net& Call(const Module& module) {
    Enter(module.class_name, module.name, module.attributes, module.inputs);
    if (!module.tied_to.empty()) {
      owned_[builder_.open_call().path] = owned_[module.tied_to];
    } else if (owned_[builder_.open_call().path].empty()) {
      for (const auto& [name, shape] : module.parameters) {
        builder_.AddParameter(name, dtype_, shape);
      }
      for (const auto& [name, shape] : module.buffers) builder_.AddBuffer(name, dtype_, shape);
      owned_[builder_.open_call().path] = builder_.open_call().parameters;
    }
    return Leave(module.output, module.outputs);
  }

  Net& Enter(const std::string& class_name, const std::string& name, Attributes attributes = {},
             int inputs = 1) {
    builder_.EnterCall(name, class_name, std::vector<ValueId>(static_cast<size_t>(inputs), x_),
                       std::move(attributes));
    return *this;
  }

  Net& Leave(const Shape& output, int outputs = 1) {
    std::vector<ValueId> values;
    for (int i = 0; i < outputs; ++i) values.push_back(builder_.AddActivation(dtype_, output));
    if (!values.empty()) x_ = values.front();
    builder_.LeaveCall(values);
    return *this;
  }

  Graph Finish() {
    Graph graph = std::move(builder_).Finish({x_});
    graph.calls[0].class_name = "Net";
    graph.calls[0].inputs = graph.inputs;
    for (size_t i = 1; i < graph.calls.size(); ++i) {
      graph.calls[i].parameters = owned_[graph.calls[i].path];
    }
    return graph;
  }

 private:
  graph::GraphBuilder builder_;
  DType dtype_;
  ValueId x_;
  std::map<std::string, std::vector<ValueId>> owned_;
};

inline Table Count(std::string_view name, const Graph& graph) {
  const absl::StatusOr<Table> table = FindConvention(name)->count(graph);
  EXPECT_OK(table);
  return table.ok() ? *table : Table{};
}

// The values of the first row that is not the network's own.
inline std::vector<std::optional<double>> FirstRow(std::string_view name, Net net) {
  const Table table = Count(name, net.Finish());
  for (const Row& row : table.rows) {
    if (row.call > 0) return row.values;
  }
  ADD_FAILURE() << "no row";
  return {};
}

inline void ExpectNoNumbers(std::string_view name, Net net, const std::string& why) {
  const Table table = Count(name, net.Finish());
  EXPECT_TRUE(table.rows.empty());
  EXPECT_THAT(table.totals, ::testing::Each(::testing::Eq(std::nullopt)));
  EXPECT_THAT(table.notes, ::testing::ElementsAre(::testing::HasSubstr(why)));
}

inline Net::Module Conv(const Shape& output, int64_t stride, bool bias = true) {
  Net::Module conv{.class_name = "Conv2d",
                   .output = output,
                   .parameters = {{"weight", {4, 3, 3, 3}}},
                   .attributes = {{"kernel_size", Ints{3, 3}},
                                  {"stride", Ints{stride, stride}},
                                  {"padding", Ints{1, 1}},
                                  {"dilation", Ints{1, 1}},
                                  {"groups", int64_t{1}}}};
  if (bias) conv.parameters.emplace_back("bias", Shape{4});
  return conv;
}

inline Net::Module Linear(const Shape& output, Shape weight) {
  const int64_t out = weight[0];
  return {.class_name = "Linear",
          .output = output,
          .parameters = {{"weight", std::move(weight)}, {"bias", {out}}}};
}

}  // namespace latcast::conventions

#endif  // LATCAST_TESTS_UNIT_CONVENTIONS_MODULE_NET_H_
