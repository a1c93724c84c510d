"""Finds what becomes of the numbers among operators' attributes with inputs of other sizes.

The trace says what the code gave to an operator; passes with other inputs say what the operator
got. A number is explained by the first expression that agrees with all of them.
"""

from __future__ import annotations

import itertools

from latcast._dims import Dim, Node, dims_in, evaluate, plain
from latcast._probe import Probes, place
from latcast.v1 import graph_pb2

# Numbers that choose among dimensions: where they do not change they are constants, even if the
# code gave a size of the same value to another argument.
_CHOICES = {"dim", "dims", "dim0", "dim1", "axis", "start_dim", "end_dim", "step", "groups"}
# Operators whose floating-point arguments shape the result.
_SHAPED_BY_FLOATS = ("upsample", "arange", "linspace", "logspace", "range")
_FACTORS = 4  # of a product of sizes, at most


class Unexplained(Exception):
    """A number changes, and no expression says how. `numbers` has one for each run."""

    def __init__(self, what: str, numbers: list):
        super().__init__(what)
        self.numbers = numbers


class Explainer:
    """Expressions for attributes and constants of the captured graph."""

    def __init__(self, recorder, probes: Probes):
        self._recorder = recorder
        self._runs = probes.runs
        self._graph = recorder.graph
        self._written = {value: index for index, op in enumerate(self._graph.ops)
                         for value in op.outputs}

    def op(self, index: int) -> list[tuple[str, int, Node]]:
        """(attribute, entry, expression) of every number that depends on sizes."""
        given = self._recorder.given.get(index)
        ops = [run.graph.ops[index] for run in self._runs]
        if given is None and all(op == ops[0] for op in ops):
            return []
        entries = []
        for attributes in zip(*(op.attributes for op in ops)):
            name = attributes[0].name
            for entry, numbers in enumerate(self._numbers(ops[0].type, attributes)):
                expression = self._explain(index, name, entry, numbers, given)
                if isinstance(expression, Node):
                    entries.append((name, entry, expression))
        return entries

    def constant(self, value: int, index: int) -> list[Node | int] | None:
        """An expression for each dimension of a constant that operator `index` is the first to
        read; None where none changes."""
        shapes = [tuple(run.graph.values[value].shape) for run in self._runs]
        if all(shape == shapes[0] for shape in shapes):
            return None
        result = []
        for numbers in zip(*shapes):
            varies = any(n != numbers[0] for n in numbers)
            expression = self._search(index, numbers, {value}) if varies else numbers[0]
            if expression is None:
                raise Unexplained("the shape of a constant", shapes)
            result.append(expression)
        return result

    def _numbers(self, op_type: str, attributes) -> list[tuple[int, ...]]:
        """For each entry of an attribute its number in every run; nothing where it has none."""
        kind = attributes[0].WhichOneof("value")
        name = attributes[0].name
        if any(a.WhichOneof("value") != kind for a in attributes):
            raise Unexplained(name, list(attributes))
        if kind == "int_value":
            return [tuple(a.int_value for a in attributes)]
        if kind == "ints":
            lists = [list(a.ints.values) for a in attributes]
            if any(len(numbers) != len(lists[0]) for numbers in lists):
                raise Unexplained(name, lists)
            return list(zip(*lists))
        if any(a != attributes[0] for a in attributes):
            is_float = kind in ("float_value", "floats")
            if not is_float or any(part in op_type for part in _SHAPED_BY_FLOATS):
                raise Unexplained(name, list(attributes))
        return []

    def _explain(self, index, name, entry, numbers, given) -> Node | int:
        varies = any(n != numbers[0] for n in numbers)
        tried: list[Node | int] = []
        if given:
            aligned = _aligned(self._captured(index, name), given)
            if aligned is not None:
                tried.append(aligned[entry])
            elif not varies and name in _CHOICES:
                tried.append(numbers[0])
            tried += [n.node for n in given if isinstance(n, Dim) and plain(n) == numbers[0]]
        if not varies:
            tried.append(numbers[0])
        for expression in tried:
            if self._agrees(expression, numbers):
                return expression
        found = self._search(index, numbers, ())
        if found is None:
            raise Unexplained(f"entry {entry} of {name}", list(numbers))
        return found

    def _captured(self, index: int, name: str) -> list[int]:
        for attribute in self._graph.ops[index].attributes:
            if attribute.name == name and attribute.WhichOneof("value") == "ints":
                return list(attribute.ints.values)
        return []

    def _agrees(self, expression, numbers) -> bool:
        try:
            return all(evaluate(expression, run.size, run.memo) == number
                       for run, number in zip(self._runs, numbers))
        except ZeroDivisionError:
            return False

    def _search(self, index: int, numbers, left_out) -> Node | None:
        """A product of sizes that the operator sees, or any number that the code computed."""
        trace = self._recorder.trace
        leaves: dict[tuple, Node] = {}
        values = [*self._graph.ops[index].inputs, *self._recorder.operands.get(index, ())]
        for value in values:
            if value < 0 or value in left_out or value in self._recorder.values.owned:
                continue
            for axis in range(len(self._graph.values[value].shape)):
                sizes = tuple(run.size(value, axis) for run in self._runs)
                if any(size != sizes[0] for size in sizes):
                    leaves.setdefault(sizes, trace.node("dim", value, axis))
        for count in range(1, _FACTORS + 1):
            for chosen in itertools.combinations(leaves.items(), count):
                products = [_product(sizes) for sizes in zip(*(sizes for sizes, _ in chosen))]
                factor = numbers[0] // products[0] if products[0] else 0
                if factor and all(n == factor * p for n, p in zip(numbers, products)):
                    expression = chosen[0][1]
                    for _, leaf in chosen[1:]:
                        expression = trace.node("*", expression, leaf)
                    return expression if factor == 1 else trace.node("*", factor, expression)
        for expression in trace.by_number.get(numbers[0], ()):
            is_known = all(self._written.get(d.left, -1) < index for d in dims_in(expression))
            if is_known and self._agrees(expression, numbers):
                return expression
        return None


def _product(factors) -> int:
    result = 1
    for factor in factors:
        result *= factor
    return result


def _aligned(numbers: list[int], given: list[int]) -> list[Node | int] | None:
    """What the code gave for a whole list; None where that is not sure."""
    values = [plain(n) for n in given]
    found = None
    for start in range(len(values) - len(numbers) + 1 if numbers else 0):
        if values[start:start + len(numbers)] == numbers:
            nodes = [n.node if isinstance(n, Dim) else n
                     for n in given[start:start + len(numbers)]]
            if found is not None and found != nodes:
                return None
            found = nodes
    return found


def explain_sizes(recorder, probes: Probes) -> tuple[dict, dict]:
    """Expressions of attributes and of constants, by operator: {op: [(attribute, entry, node)]} and
    {op: [(constant, nodes)]}. What cannot be explained fixes the groups of inputs it depends on."""
    explainer = Explainer(recorder, probes)
    entries, constants = {}, {}
    seen = set()
    for index, op in enumerate(recorder.graph.ops):
        try:
            for value in op.inputs:
                is_constant = (value >= 0 and
                               recorder.graph.values[value].kind == graph_pb2.VALUE_KIND_CONSTANT)
                if is_constant and value not in seen:
                    seen.add(value)
                    shape = explainer.constant(value, index)
                    if shape is not None:
                        constants.setdefault(index, []).append((value, shape))
            found = explainer.op(index)
            if found:
                entries[index] = found
        except Unexplained as error:
            _fix(probes, error, place(recorder.graph, index))
    return entries, constants


def _fix(probes: Probes, error: Unexplained, where: str) -> None:
    changed = [run for run, number in zip(probes.runs, error.numbers) if number != error.numbers[0]]
    least = min(len(run.changed) for run in changed)
    for run in changed:
        if len(run.changed) == least:
            for group in run.changed:
                probes.fixed.setdefault(group, f"{where} depends on it in a way that is not "
                                               f"understood: {error}")
