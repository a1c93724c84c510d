// Tensors from numbers, random ones, what overwrites a tensor, embeddings.
#include "analyzer/graph/attributes.h"
#include "analyzer/import/canonical_rule.h"

namespace latcast::import {
namespace {

using graph::Op;

// int64 as the schema's default writes it: a number of PyTorch's.
bool DefaultInt64(const Context&, Op& op) {
  if (Is(op, "dtype", int64_t{4})) op.attributes.erase("dtype");
  return true;
}

bool NoTensors(const Context&, Op& op) { return op.inputs.empty(); }

bool OneTensor(const Context&, Op& op) { return op.inputs.size() == 1; }

// uniform(x, from, to) and the like draw new numbers into x. normal(mean) without an underscore is
// another operator: it reads its input.
bool Overwrites(const Context&, Op& op) {
  return op.inputs.size() == 1 && graph::IsInplace(op.attributes);
}

// The type of another tensor.
bool TypeOfOther(const Context& context, Op& op) {
  if (op.inputs.size() == 2 && op.inputs[1] != graph::kNone) {
    op.attributes["dtype"] = std::string(Name(context.graph.value(op.inputs[1]).dtype));
    op.inputs.pop_back();
  }
  return op.inputs.size() == 1;
}

// The padding index only matters to the gradient of an embedding, but a bag leaves its rows out.
bool BagWithoutPadding(const Context& context, Op& op) {
  if (Is(op, "padding_idx", int64_t{-1})) op.attributes.erase("padding_idx");
  while (!op.inputs.empty() && op.inputs.back() == graph::kNone) op.inputs.pop_back();
  return FirstResultOnly(context, op);
}

constexpr Rule kRules[] = {
    {"zeros", "zeros", {"size", "dtype"}, {"pin_memory"}},
    {"ones", "ones", {"size", "dtype"}, {"pin_memory"}},
    {"full", "full", {"size", "fill_value", "dtype"}, {"pin_memory"}},
    {"empty", "empty", {"size", "dtype"}, {"pin_memory", "memory_format"}},
    {"empty_strided", "empty", {"size", "dtype"}, {"pin_memory", "stride"}},
    {"empty_permuted", "empty", {"size", "dtype"}, {"pin_memory", "physical_layout"}},
    {"new_zeros", "new_zeros", {"size", "dtype"}, {"pin_memory"}},
    {"new_ones", "new_ones", {"size", "dtype"}, {"pin_memory"}},
    {"new_full", "new_full", {"size", "fill_value", "dtype"}, {"pin_memory"}},
    {"new_empty", "new_empty", {"size", "dtype"}, {"pin_memory"}},
    {"new_empty_strided", "new_empty", {"size", "dtype"}, {"pin_memory", "stride"}},
    {"zeros_like", "zeros_like", {"dtype"}, {"pin_memory", "memory_format"}},
    {"ones_like", "ones_like", {"dtype"}, {"pin_memory", "memory_format"}},
    {"full_like", "full_like", {"fill_value", "dtype"}, {"pin_memory", "memory_format"}},
    {"empty_like", "empty_like", {"dtype"}, {"pin_memory", "memory_format"}},
    {"arange", "arange", {"start", "end", "step", "dtype"}, {"pin_memory"}},
    {"linspace", "linspace", {"start", "end", "steps", "dtype"}, {"pin_memory"}, NoTensors},
    {"eye", "eye", {"n", "m", "dtype"}, {"pin_memory"}},
    {"scalar_tensor", "scalar_tensor", {"s", "dtype"}, {"pin_memory"}},
    // Random.
    {"rand", "rand", {"size", "dtype"}, {"pin_memory"}},
    {"randn", "randn", {"size", "dtype"}, {"pin_memory"}},
    {"randint", "randint", {"low", "high", "size", "dtype"}, {"pin_memory"}, DefaultInt64},
    {"randperm", "randperm", {"n", "dtype"}, {"pin_memory"}, DefaultInt64},
    {"rand_like", "rand_like", {"dtype"}, {"pin_memory", "memory_format"}},
    {"randn_like", "randn_like", {"dtype"}, {"pin_memory", "memory_format"}},
    {"randint_like",
     "randint_like",
     {"low", "high", "dtype"},
     {"pin_memory", "memory_format"},
     OneTensor},
    {"bernoulli", "bernoulli", {"p"}},
    {"uniform", "uniform", {"from", "to"}, {}, Overwrites},
    {"normal", "normal", {"mean", "std"}, {}, Overwrites},
    {"exponential", "exponential", {"lambd"}, {}, Overwrites},
    {"random", "random", {"from", "to"}, {}, Overwrites},
    // What overwrites a tensor, and other types.
    {"fill", "fill", {"value"}},
    {"zero", "zero"},
    {"copy", "copy", {}, {"non_blocking"}},
    {"to", "to", {"dtype"}, {"non_blocking", "copy", "memory_format", "pin_memory"}, TypeOfOther},
    {"_to_copy", "to", {"dtype"}, {"non_blocking", "memory_format", "pin_memory"}, TypeOfOther},
    {"type_as", "to", {"dtype"}, {}, TypeOfOther},
    // Embeddings.
    {"embedding", "embedding", {}, {"padding_idx", "scale_grad_by_freq", "sparse"}},
    {"embedding_bag",
     "embedding_bag",
     {"mode", "include_last_offset"},
     {"scale_grad_by_freq", "sparse"},
     BagWithoutPadding},
    {"_embedding_bag",
     "embedding_bag",
     {"mode", "include_last_offset"},
     {"scale_grad_by_freq", "sparse"},
     BagWithoutPadding},
    {"_embedding_bag_forward_only",
     "embedding_bag",
     {"mode", "include_last_offset"},
     {"scale_grad_by_freq", "sparse"},
     BagWithoutPadding},
    {"one_hot", "one_hot", {"num_classes"}},
};

}  // namespace

std::span<const Rule> CreationRules() { return kRules; }

}  // namespace latcast::import
