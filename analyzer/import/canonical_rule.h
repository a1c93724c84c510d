// One table a family of operators says how the framework's names become ours; what the tables share
// stands here. Private to this room.
#ifndef LATCAST_ANALYZER_IMPORT_CANONICAL_RULE_H_
#define LATCAST_ANALYZER_IMPORT_CANONICAL_RULE_H_

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer/graph/graph.h"

namespace latcast::import {

// What a rewriting step may look at.
struct Context {
  const graph::Graph& graph;
  std::vector<int> uses;  // by value: reads by operators, and as a result of the network
  std::vector<const graph::Op*>
      producer;  // by value: the operator that wrote it, rewritten already

  // nullptr where there is no such input.
  const graph::Shape* ShapeOf(const graph::Op& op, size_t input) const;
  bool HasRank(const graph::Op& op, size_t input, size_t rank) const;
};

// Makes the rest of the operator canonical; false where ours cannot express it.
using Adapt = bool (*)(const Context& context, graph::Op& op);

using Names = std::array<std::string_view, 9>;

// An attribute that is neither kept nor dropped, nor removed by `adapt`, keeps the framework's
// name. `adapt` may change op.type, which is `canonical` before.
struct Rule {
  std::string_view framework;
  std::string_view canonical;
  Names kept = {};     // attributes ours has too
  Names dropped = {};  // attributes that change neither result nor cost
  Adapt adapt = nullptr;
};

// The tables, one file a group of families.
std::span<const Rule> CoreRules();
std::span<const Rule> ElementwiseRules();
std::span<const Rule> LayerRules();
std::span<const Rule> MovementRules();
std::span<const Rule> CreationRules();
std::span<const Rule> ReductionRules();

bool Is(const graph::Op& op, std::string_view name, const graph::Attribute& value);
// A number, however it is written.
bool IsNumber(const graph::Op& op, std::string_view name, double value);
void Rename(graph::Op& op, std::string_view from, std::string_view to);
// Adapt: the other results (indices, saved statistics) must be unread, and are left out.
bool FirstResultOnly(const Context& context, graph::Op& op);
// Adapt: how many entries the data gave is what the capture saw, the first dimension of the result.
bool KeepCount(const Context& context, graph::Op& op);

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_CANONICAL_RULE_H_
