"""Writes Graph.sizes: what becomes of a captured network with inputs of other sizes."""

from __future__ import annotations

from latcast._dims import Condition, Node
from latcast._probe import Group, Probes, is_across_one, is_channels, place
from latcast._sizes import explain_sizes
from latcast.v1 import graph_pb2

_OPERATORS = {"dim": graph_pb2.SIZE_OPERATOR_DIM, "+": graph_pb2.SIZE_OPERATOR_ADD,
              "-": graph_pb2.SIZE_OPERATOR_SUBTRACT, "*": graph_pb2.SIZE_OPERATOR_MULTIPLY,
              "//": graph_pb2.SIZE_OPERATOR_FLOOR_DIVIDE, "%": graph_pb2.SIZE_OPERATOR_MODULO}
_COMPARISONS = {"==": graph_pb2.SIZE_COMPARISON_EQUAL, "<": graph_pb2.SIZE_COMPARISON_LESS,
                "<=": graph_pb2.SIZE_COMPARISON_LESS_EQUAL}
# Operators that may have been given a size: scripted functions read them where nobody sees it.
_SIZED = {"view", "reshape", "expand", "repeat", "tile", "unflatten", "zeros", "ones", "full",
          "empty", "new_zeros", "new_ones", "new_full", "new_empty", "arange", "linspace", "slice",
          "narrow", "pad", "constant_pad_nd", "split", "split_with_sizes", "roll", "as_strided",
          "rand", "randn", "avg_pool1d", "avg_pool2d", "avg_pool3d"}
# Flattening what they return copies or not, which depends on sizes.
_REORDERING = {"permute", "transpose", "movedim", "swapaxes", "swapdims", "t", "numpy_T", "mT"}


def add_sizes(recorder, repeat, shapes: list[tuple[int, ...]]) -> None:
    """Fills recorder.graph.sizes. `repeat` and `shapes`, those of the inputs, are for Probes."""
    graph = recorder.graph
    graph.sizes.SetInParent()
    types = {op.type for op in graph.ops}
    names = {name.split(".")[1] for name in types if name.count(".") > 1}
    may_copy = "flatten" in names and names & _REORDERING
    if not (recorder.trace.has_read or recorder.operands or names & _SIZED or may_copy):
        return
    probes = Probes(recorder, repeat, shapes)
    entries, constants = explain_sizes(recorder, probes)
    conditions: dict[int, list[Condition]] = {}
    for condition in recorder.trace.conditions + _not_one(recorder, probes):
        conditions.setdefault(condition.op, []).append(condition)
    table = _Table(graph.sizes.expressions)
    for index, op in enumerate(graph.ops):
        for value, shape in constants.get(index, ()):
            graph.sizes.constants.add(value=value, op=index, shape=map(table.index, shape))
        for condition in conditions.get(index, ()):
            graph.sizes.conditions.add(
                op=index, call=condition.call, comparison=_COMPARISONS[condition.comparison],
                left=table.index(condition.left), right=table.index(condition.right),
                holds=condition.holds)
        for attribute, entry, expression in entries.get(index, ()):
            op.sizes.add(attribute=attribute, entry=entry, expression=table.index(expression))
    _add_storages(graph, probes)
    for group, reason in probes.fixed.items():
        for position, axis in group.dims:
            graph.sizes.fixed.add(input=position, axis=axis, reason=reason)
    for position, shape in enumerate(shapes):
        for axis in range(len(shape)):
            if is_channels(shape, axis):
                graph.sizes.fixed.add(input=position, axis=axis,
                                      reason="other numbers of channels were not tried")


class _Table:
    """Expressions by number, operands first, each when it is first needed."""

    def __init__(self, expressions):
        self._expressions = expressions
        self._indices: dict[Node | int, int] = {}

    def index(self, expression: Node | int) -> int:
        found = self._indices.get(expression)
        if found is None:
            if isinstance(expression, int):
                form = {"operator": graph_pb2.SIZE_OPERATOR_CONSTANT, "left": expression}
            else:
                left, right = expression.left, expression.right
                if expression.operator != "dim":
                    left, right = self.index(left), self.index(right)
                form = {"operator": _OPERATORS[expression.operator], "left": left, "right": right}
            found = self._indices[expression] = len(self._expressions)
            self._expressions.add(**form)
        return found


def _not_one(recorder, probes: Probes) -> list[Condition]:
    """Where the network is another one at size 1, as if its code had asked for that first."""
    return [Condition(0, 0, "==", recorder.trace.node("dim", recorder.graph.inputs[position], axis),
                      1, False)
            for group in probes.not_one for position, axis in group.dims[:1]]


def _add_storages(graph, probes: Probes) -> None:
    """Which values share memory may change with a size from or to 1; if it changes otherwise, the
    size has to stay."""
    changes: dict[Group, dict[int, int]] = {}
    for run in sorted(probes.runs[1:], key=lambda run: len(run.changed)):
        if any(group in probes.fixed for group in run.changed):
            continue
        differ = _storages_that_differ(graph, run)
        expected = {}
        for group in run.changed:
            expected.update(changes.get(group, {}) if is_across_one(run, group) else {})
        if differ == expected:
            continue
        if len(run.changed) == 1 and not expected and is_across_one(run, *run.changed):
            changes[next(iter(run.changed))] = differ
            continue
        first = min(differ.keys() ^ expected.keys() or differ)
        index = next((i for i, op in enumerate(graph.ops) if first in op.outputs), 0)
        for group, size in run.changed.items():
            probes.fixed.setdefault(group, f"at {size} another operator copies: "
                                           f"{place(graph, index)}")
    for group, storages in changes.items():
        position, axis = group.dims[0]
        if group not in probes.fixed:
            graph.sizes.storages.add(input=position, axis=axis, values=storages.keys(),
                                     storages=storages.values())


def _storages_that_differ(graph, run) -> dict[int, int]:
    return {i: other.storage for i, (own, other) in enumerate(zip(graph.values, run.graph.values))
            if own.storage != other.storage}
