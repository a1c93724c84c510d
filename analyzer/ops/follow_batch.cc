#include "analyzer/ops/follow_batch.h"

#include <algorithm>

#include "analyzer/graph/attributes.h"
#include "analyzer/ops/rule.h"

namespace latcast::ops {
namespace {

using graph::Graph;
using graph::Op;
using graph::Shape;
using Ints = std::vector<int64_t>;

// The list in the first of these attributes that there is.
Ints* FindList(Op& op, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto it = op.attributes.find(name);
    if (it != op.attributes.end()) return std::get_if<Ints>(&it->second);
  }
  return nullptr;
}

// With a -1 the element count alone cannot tell: view(2, -1) also takes 4 images, wrongly.
bool Fits(const Ints& target, const Shape& input) {
  if (std::find(target.begin(), target.end(), -1) != target.end()) return false;
  const auto wanted = Elements(target).Value("target");
  const auto found = Elements(input).Value("input");
  return wanted.ok() && found.ok() && *wanted == *found;
}

bool FollowView(const Shape& source, BatchChange batch, Ints& target) {
  if (target.empty() || target.front() != batch.from || Fits(target, source)) return false;
  target.front() = batch.to;
  return true;
}

bool FollowWidening(const Graph& before, BatchChange batch, const Op& op, Ints& target) {
  const Shape& input = before.value(op.inputs.front()).shape;
  const Shape& output = before.value(op.outputs.front()).shape;
  if (target.empty() || target.front() != batch.from) return false;
  if (std::min(target.size(), output.size()) < input.size()) return false;
  const bool is_new = target.size() > input.size();
  if (!is_new && input.front() != 1) return false;
  const bool changes_nothing = std::equal(input.rbegin(), input.rend(), output.rbegin()) &&
                               std::all_of(output.begin(), output.end() - std::ssize(input),
                                           [](int64_t dim) { return dim == 1; });
  if (batch.from == 1 && !changes_nothing) return false;
  target.front() = batch.to;
  return true;
}

// Entries of an expand lie over the input's last dimensions.
bool FollowDimension(const Shape& was, const Shape& is, BatchChange batch, Ints& target) {
  if (was.size() != is.size() || target.size() < is.size()) return false;
  bool followed = false;
  for (size_t i = 0; i < is.size(); ++i) {
    int64_t& entry = target[target.size() - is.size() + i];
    if (was[i] != batch.from || is[i] != batch.to || entry != batch.from) continue;
    entry = batch.to;
    followed = true;
  }
  return followed;
}

}  // namespace

bool FollowBatch(const Graph& before, const Shape& input, BatchChange batch, Op& op) {
  if (batch.from == batch.to) return false;
  const Shape& was = before.value(op.inputs.front()).shape;
  const bool depends = was != input;
  if (op.type == "view" || op.type == "reshape") {
    Ints* target = FindList(op, {"size", "shape"});
    return depends && target != nullptr && FollowView(input, batch, *target);
  }
  if (op.type == "unflatten") {
    Ints* target = FindList(op, {"sizes"});
    const bool is_first = graph::GetInt(op.attributes, "dim", 1).value_or(1) == 0;
    return depends && is_first && target != nullptr && !input.empty() &&
           FollowView({input.front()}, batch, *target);
  }
  if (op.type != "expand" && op.type != "repeat" && op.type != "tile") return false;
  Ints* target = FindList(op, {"size", "repeats", "dims"});
  if (target == nullptr) return false;
  if (!depends) return FollowWidening(before, batch, op, *target);
  return op.type == "expand" && FollowDimension(was, input, batch, *target);
}

}  // namespace latcast::ops
