#include "analyzer/insight/diff.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace latcast::insight {
namespace {

using graph::Graph;
using graph::Op;
using Matches = std::vector<std::optional<size_t>>;  // by operator: its partner

const graph::ModuleCall& CallOf(const Graph& graph, const Op& op) {
  return graph.calls[op.call == graph::kNone ? 0 : static_cast<size_t>(op.call)];
}

// Path, call, operator type, and how many of that type came before in that call.
using NameKey = std::tuple<std::string_view, int32_t, std::string_view, int>;

std::vector<NameKey> NamesOf(const Graph& graph) {
  std::map<std::pair<graph::CallId, std::string_view>, int> seen;
  std::vector<NameKey> names;
  for (const Op& op : graph.ops) {
    const graph::ModuleCall& call = CallOf(graph, op);
    names.emplace_back(call.path, call.index, op.type, seen[{op.call, op.type}]++);
  }
  return names;
}

// Equal numbers for operators of one class, type and output shape, over both graphs.
class Kinds {
 public:
  std::vector<size_t> Of(const Graph& graph, const std::vector<size_t>& ops) {
    std::vector<size_t> kinds;
    for (const size_t i : ops) {
      const Op& op = graph.ops[i];
      std::vector<graph::Shape> shapes;
      for (const graph::ValueId id : op.outputs) shapes.push_back(graph.value(id).shape);
      kinds.push_back(numbers_
                          .try_emplace({CallOf(graph, op).class_name, op.type, std::move(shapes)},
                                       numbers_.size())
                          .first->second);
    }
    return kinds;
  }

 private:
  std::map<std::tuple<std::string_view, std::string_view, std::vector<graph::Shape>>, size_t>
      numbers_;
};

// Pairs of places in the two sequences that a longest common subsequence consists of.
std::vector<std::pair<size_t, size_t>> CommonSubsequence(const std::vector<size_t>& a,
                                                         const std::vector<size_t>& b) {
  std::vector<std::pair<size_t, size_t>> pairs;
  const size_t columns = b.size() + 1;
  if (a.empty() || b.empty() || (a.size() + 1) > kMaxAlignedCells / columns) return pairs;
  // By the lengths of what is left: how to go on. 'd': both on, 'a' and 'b': one of them.
  std::vector<char> step((a.size() + 1) * columns, 'b');
  std::vector<uint32_t> below(columns, 0);  // lengths of the common subsequence from i + 1 on
  std::vector<uint32_t> here(columns, 0);
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      char& way = step[i * columns + j];
      if (a[i] == b[j]) {
        way = 'd';
        here[j] = below[j + 1] + 1;
      } else {
        way = below[j] >= here[j + 1] ? 'a' : 'b';
        here[j] = std::max(below[j], here[j + 1]);
      }
    }
    std::swap(below, here);
  }
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const char way = step[i * columns + j];
    if (way == 'd') pairs.emplace_back(i, j);
    i += way == 'b' ? 0 : 1;
    j += way == 'a' ? 0 : 1;
  }
  return pairs;
}

bool SameValues(const Graph& a, const std::vector<graph::ValueId>& of_a, const Graph& b,
                const std::vector<graph::ValueId>& of_b) {
  return std::ranges::equal(of_a, of_b, [&](graph::ValueId x, graph::ValueId y) {
    if (x == graph::kNone || y == graph::kNone) return x == y;
    return a.value(x).dtype == b.value(y).dtype && a.value(x).shape == b.value(y).shape &&
           a.value(x).kind == b.value(y).kind;
  });
}

bool SameWork(const Graph& before, const Op& a, const Graph& after, const Op& b) {
  return a.type == b.type && a.attributes == b.attributes &&
         CallOf(before, a).class_name == CallOf(after, b).class_name &&
         SameValues(before, a.inputs, after, b.inputs) &&
         SameValues(before, a.outputs, after, b.outputs);
}

void MatchNames(const std::vector<NameKey>& before, const std::vector<NameKey>& after,
                Matches& to_after, Matches& to_before) {
  absl::flat_hash_map<NameKey, size_t> by_name;
  for (size_t i = 0; i < before.size(); ++i) by_name.emplace(before[i], i);
  for (size_t j = 0; j < after.size(); ++j) {
    const auto found = by_name.find(after[j]);
    if (found == by_name.end()) continue;
    to_after[found->second] = j;
    to_before[j] = found->second;
  }
}

std::vector<size_t> Unmatched(const Matches& matches) {
  std::vector<size_t> left;
  for (size_t i = 0; i < matches.size(); ++i) {
    if (!matches[i]) left.push_back(i);
  }
  return left;
}

}  // namespace

std::string_view Name(Change change) {
  switch (change) {
    case Change::kSame:
      return "same";
    case Change::kRenamed:
      return "renamed";
    case Change::kChanged:
      return "changed";
    case Change::kAdded:
      return "added";
    case Change::kRemoved:
      return "removed";
  }
  return "";
}

std::vector<LayerPair> AlignLayers(const Graph& before, const Graph& after) {
  Matches to_after(before.ops.size());
  Matches to_before(after.ops.size());
  const std::vector<NameKey> names_before = NamesOf(before);
  const std::vector<NameKey> names_after = NamesOf(after);
  MatchNames(names_before, names_after, to_after, to_before);

  const std::vector<size_t> left_before = Unmatched(to_after);
  const std::vector<size_t> left_after = Unmatched(to_before);
  Kinds kinds;
  const std::vector<size_t> kinds_before = kinds.Of(before, left_before);
  for (const auto& [i, j] : CommonSubsequence(kinds_before, kinds.Of(after, left_after))) {
    to_after[left_before[i]] = left_after[j];
    to_before[left_after[j]] = left_before[i];
  }

  std::vector<LayerPair> pairs;
  size_t next = 0;  // of the operators before, for removed ones
  const auto remove_up_to = [&](size_t end) {
    for (; next < end; ++next) {
      if (!to_after[next]) pairs.push_back({Change::kRemoved, next, std::nullopt});
    }
  };
  for (size_t j = 0; j < after.ops.size(); ++j) {
    if (!to_before[j]) {
      pairs.push_back({Change::kAdded, std::nullopt, j});
      continue;
    }
    const size_t i = *to_before[j];
    remove_up_to(i);
    const bool same = SameWork(before, before.ops[i], after, after.ops[j]);
    const bool renamed = names_before[i] != names_after[j];
    pairs.push_back({!same ? Change::kChanged : renamed ? Change::kRenamed : Change::kSame, i, j});
  }
  remove_up_to(before.ops.size());
  return pairs;
}

}  // namespace latcast::insight
