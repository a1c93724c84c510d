"""Runs the network again with inputs of other sizes, and holds what it does against the capture."""

from __future__ import annotations

import contextlib
from typing import Callable, NamedTuple

from latcast._dims import Condition, evaluate_condition

# Other sizes to try, the most telling first; the first at which the network's code goes the same
# way is taken.
_BATCHES = (lambda n: n + 1, lambda n: n + 2, lambda n: 2 * n + 1)
_SIZES = (lambda n: n + 32, lambda n: 2 * n, lambda n: n + 64, lambda n: n - 32, lambda n: n + 1,
          lambda n: n - 1)
_COPY = "aten.contiguous.default"
_FAILURES = 3  # that many, and it has to stay


class Group(NamedTuple):
    """Dimensions of inputs that change together: the same axis, of the same size."""

    dims: tuple[tuple[int, int], ...]  # (input, axis)
    size: int

    @property
    def is_batch(self) -> bool:
        return self.dims[0][1] == 0


class Run(NamedTuple):
    """One recorded pass: the sizes that differ from the capture's, and a memo of evaluate()."""

    graph: object
    changed: dict[Group, int]
    memo: dict

    def size(self, value: int, axis: int) -> int:
        return self.graph.values[value].shape[axis]


class HiddenCopies(Exception):
    """contiguous() copies at one of two sizes only: a capture has to show every call of it."""


class _Stopped(Exception):
    """The pass says nothing more about the capture."""


class _Watch:
    """Stops a pass as soon as it goes another way than the captured one. `asked` is the condition
    that came out otherwise, `departed` the first operator that is another one."""

    def __init__(self, graph, conditions: list[Condition], run: Run):
        self._graph = graph
        self._conditions = iter(conditions)
        self._next = next(self._conditions, None)
        self._run = run
        self.asked: Condition | None = None
        self.departed: int | None = None
        self.hides_copy = False

    def __call__(self, index: int, name: str, inputs: list[int]) -> None:
        self._ask(index)
        ops = self._graph.ops
        if index >= len(ops) or ops[index].type != name or ops[index].inputs != inputs:
            self.departed = index
            self.hides_copy = _COPY in (name, ops[index].type if index < len(ops) else "")
            raise _Stopped

    def _ask(self, index: int) -> None:
        while self._next is not None and self._next.op <= index:
            if not evaluate_condition(self._next, self._run.size, self._run.memo):
                self.asked = self._next
                raise _Stopped
            self._next = next(self._conditions, None)

    def finish(self) -> None:
        """After the pass: what was asked behind the last operator that ran."""
        if self.asked is None and self.departed is None:
            with contextlib.suppress(_Stopped):
                self._ask(len(self._run.graph.ops))


def _same(captured, other) -> bool:
    """Whether the operators agree in all that sizes do not change."""
    return len(captured.ops) == len(other.ops) and all(
        a.outputs == b.outputs and a.call == b.call
        and [x.name for x in a.attributes] == [x.name for x in b.attributes]
        for a, b in zip(captured.ops, other.ops)) and all(
        a.kind == b.kind and a.dtype == b.dtype and len(a.shape) == len(b.shape)
        for a, b in zip(captured.values, other.values))


class Probes:
    """`runs[0]` is the capture; the others went the same way. `fixed` says why a group has to stay.
    `not_one` are groups whose sizes above 1 are alike, and for which 1 is another matter."""

    def __init__(self, recorder, repeat: Callable, shapes: list[tuple[int, ...]]):
        """`repeat(shapes, set_up)` records another pass, having called `set_up` with its recorder,
        and returns the error that ended it, if one did. Raises HiddenCopies."""
        self.runs = [Run(recorder.graph, {}, {})]
        self.fixed: dict[Group, str] = {}
        self.not_one: list[Group] = []
        self._conditions = recorder.trace.conditions
        self._shows_copies = recorder.shows_copies
        self._repeat = repeat
        self._shapes = shapes
        free = {}
        for group in _groups(shapes):
            size = self._vary(group)
            if size is not None:
                free[group] = size
            if group.is_batch and group.size > 1 and self._try({group: 1}) is not None:
                self.not_one.append(group)
        if len(free) > 1:
            self._try(free)

    def run_of(self, group: Group) -> Run | None:
        """A run in which only this group changed; across 1 if there is such a run."""
        found = [run for run in self.runs if set(run.changed) == {group}]
        return max(found, key=lambda run: is_across_one(run, group), default=None)

    def _vary(self, group: Group) -> int | None:
        """A size at which the network goes the same way."""
        reasons = []
        for other in _BATCHES if group.is_batch else _SIZES:
            size = other(group.size)
            if size < 1:
                continue
            reason = self._try({group: size})
            if reason is None:
                return size
            if reason:
                reasons.append(reason)
            if len(reasons) == _FAILURES:
                break
        if reasons:
            self.fixed[group] = reasons[0]
        return None

    def _try(self, sizes: dict[Group, int]) -> str | None:
        """Why this says nothing of the capture: "" where the code went another way knowingly. None
        where it went the same way."""
        shapes = [list(shape) for shape in self._shapes]
        for group, size in sizes.items():
            for position, axis in group.dims:
                shapes[position][axis] = size
        captured = self.runs[0].graph
        inputs = {value: shapes[i] for i, value in enumerate(captured.inputs)}
        if not all(evaluate_condition(c, lambda value, axis: inputs[value][axis], {})
                   for c in self._conditions if c.op == 0):
            return ""
        run = watch = None

        def set_up(recorder):
            nonlocal run, watch
            run = Run(recorder.graph, sizes, {})
            recorder.watch = watch = _Watch(captured, self._conditions, run)

        error = self._repeat(shapes, set_up)
        watch.finish()
        if watch.asked is not None:
            return ""
        text = ", ".join("x".join(map(str, shape)) for shape in shapes)
        if watch.departed is None and error is None and not _same(captured, run.graph):
            watch.departed = len(run.graph.ops)
        if watch.hides_copy and not self._shows_copies:
            raise HiddenCopies
        if watch.departed is not None:
            return f"at {text} the network goes another way at {place(captured, watch.departed)}"
        if error is not None:
            return f"at {text} {error}"
        self.runs.append(run)
        return None


def is_across_one(run: Run, group: Group) -> bool:
    return (run.changed[group] == 1) != (group.size == 1)


def _groups(shapes) -> list[Group]:
    """Every dimension but the channels of images."""
    groups: dict[tuple, list] = {}
    for position, shape in enumerate(shapes):
        for axis, size in enumerate(shape):
            if not is_channels(shape, axis):
                groups.setdefault((axis, size), []).append((position, axis))
    return [Group(tuple(dims), size) for (_, size), dims in groups.items()]


def is_channels(shape, axis: int) -> bool:
    return axis == 1 and len(shape) >= 4


def place(graph, op: int) -> str:
    """"operator 7 (aten.view.default) in layer1"."""
    if op >= len(graph.ops):
        return "the end"
    path = graph.calls[graph.ops[op].call].path
    return f"operator {op} ({graph.ops[op].type})" + (f" in {path}" if path else "")
