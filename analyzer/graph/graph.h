// The graph of a network: plain structs that every importer writes and every analysis reads.
//
// A graph is a list of operator calls in execution order. Operators read and write values; a value
// is a tensor with a data type, a shape and a storage: a view or an in-place result shares the
// storage of its source, so memory is counted once. Parameters and buffers are values too, listed
// with their qualified names. Beside the operators stands the tree of module calls they ran in
// (path, class, attributes), which the conventions of module-level tools need.
//
// Nothing here computes: shapes come from ops/, costs from cost/. Verify() in verify.h says whether
// a graph keeps the rules written on the fields below.
#ifndef LATCAST_ANALYZER_GRAPH_GRAPH_H_
#define LATCAST_ANALYZER_GRAPH_GRAPH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analyzer/graph/sizes.h"

namespace latcast::graph {

enum class DType : uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,
  kBFloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUInt8,
  kBool,
};

// Bytes an element takes.
int64_t ByteSize(DType dtype);
std::string_view Name(DType dtype);  // "float32", ...

using Shape = std::vector<int64_t>;  // outermost first; empty for a scalar

// An attribute as the framework's schema has it: int, float, bool, text, list of ints or floats.
using Attribute =
    std::variant<int64_t, double, bool, std::string, std::vector<int64_t>, std::vector<double>>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

enum class ValueKind : uint8_t { kInput, kActivation, kParameter, kBuffer, kConstant };

struct Value {
  std::string name;  // qualified name for parameters and buffers, else a short unique name
  ValueKind kind = ValueKind::kActivation;
  DType dtype = DType::kFloat32;
  Shape shape;
  int32_t storage = kNone;     // below the number of values; the same one: shared memory
  bool requires_grad = false;  // parameters: trainable or frozen
};

// One number among an operator's attributes, and the expression of Sizes that gives it.
struct SizeEntry {
  std::string attribute;
  int32_t entry = 0;  // position in the list; 0 for a number that is no list
  int32_t expression = 0;
  friend bool operator==(const SizeEntry&, const SizeEntry&) = default;
};

struct Op {
  std::string type;             // canonical: "conv2d", "relu", "add" (analyzer/ops lists them)
  std::string name;             // unique within the graph
  std::vector<ValueId> inputs;  // by position of the operator's schema; kNone where absent
  std::vector<ValueId> outputs;
  Attributes attributes;  // "inplace" is true where the first input's storage is overwritten
  CallId call = kNone;    // the innermost module call it ran in
  std::vector<SizeEntry> sizes;
};

// One call of a module. Call 0 is the whole network. Parents come before children.
struct ModuleCall {
  std::string path;        // "layer1.0.conv1"; "" for the network itself
  std::string class_name;  // "Conv2d"
  CallId parent = kNone;
  int32_t index = 0;      // 0 for the first call of this module, 1 for the second, ...
  Attributes attributes;  // constructor attributes: kernel_size, stride, inplace, ...
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<ValueId> parameters;  // own parameters and buffers, not those of children
  int32_t children = 0;             // modules registered directly inside, called or not
};

struct Graph {
  std::string name;
  std::string producer;  // "torch 2.11.0", "latcast blocks", ...
  std::vector<Value> values;
  std::vector<Op> ops;  // in execution order
  std::vector<ModuleCall> calls;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::optional<Sizes> sizes;  // absent where nobody looked

  const Value& value(ValueId id) const { return values[static_cast<size_t>(id)]; }
  Value& value(ValueId id) { return values[static_cast<size_t>(id)]; }
};

// "1x3x224x224"; "scalar" for rank 0.
std::string ToString(const Shape& shape);

}  // namespace latcast::graph

#endif  // LATCAST_ANALYZER_GRAPH_GRAPH_H_
