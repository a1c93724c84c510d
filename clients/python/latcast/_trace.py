"""Follows the sizes that a network's code reads off shapes into the arguments of operators."""

from __future__ import annotations

import contextlib
import sys
import threading

import torch
import torch._tensor
import torch.functional
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from latcast._dims import Condition, Dim, Node

_DEEPEST = 100  # operations on the way to a number; beyond, it is a number like any other
_lock = threading.RLock()  # what is replaced is replaced for all threads


class SizeTrace(TorchFunctionMode):
    """While it is entered, shapes of the recorded values that depend on inputs hold Dims."""

    def __init__(self, recorder):
        super().__init__()
        self.conditions: list[Condition] = []
        self.by_number: dict[int, dict[Node, None]] = {}  # every expression, by the number it gave
        self.given: list[int] = []  # numbers among the arguments of the running torch function
        self._assigned_from: int | None = None  # within x[i] = y: its first operator
        self._recorder = recorder
        self.has_read = False  # whether the network's code asked for sizes
        self._nodes: dict[tuple, Node] = {}
        self._known: set[tuple] = set()  # conditions

    def dim(self, number: int, operator: str, left, right) -> int:
        node = self.node(operator, left, right)
        if node.depth > _DEEPEST:
            return number
        self.by_number.setdefault(number, {})[node] = None
        return Dim(number, node, self)

    def node(self, operator: str, left, right) -> Node:
        key = operator, left, right
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = Node(*key)
        return node

    def condition(self, comparison: str, left, right, holds: bool) -> None:
        key = comparison, left, right
        if left is not right and key not in self._known:
            self._known.add(key)
            recorder = self._recorder
            self.conditions.append(Condition(len(recorder.graph.ops), recorder.open_calls[-1],
                                             *key, holds))

    def given_to(self, name: str) -> list[int]:
        """The numbers that the next operator may have got."""
        if self._assigned_from is None or name != "aten.expand.default":
            return self.given
        # y is widened to the part of x that was taken last.
        graph = self._recorder.graph
        for op in reversed(graph.ops[self._assigned_from:]):
            if op.type in _PARTS:
                part = op.outputs[0]
                return [self.dim(size, "dim", part, axis)
                        for axis, size in enumerate(graph.values[part].shape)]
        return self.given

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func in _NOTICED:
            read = _READS.get(func)
            if read is not None:
                if sys._getframe(1).f_code not in _HARMLESS:
                    self.has_read = True
                return read(self, func(*args, **kwargs), *args, **kwargs)
            self.has_read = self.has_read or func == _CONTIGUOUS
            if func == _ASSIGN:
                self._assigned_from = len(self._recorder.graph.ops)
            if func in _INDEXING and self._nodes:
                self._compare_slices(*args[:2])
        elif not self._nodes:
            return func(*args, **kwargs)
        given = []
        if self._nodes and _collect((args, tuple(kwargs.values())), given):
            self.given = given
        try:
            return func(*args, **kwargs)
        finally:
            self.given = []
            self._assigned_from = None

    def _dims_of(self, tensor: torch.Tensor):
        """The value the tensor holds, if its shape can depend on the network's inputs."""
        value = self._recorder.values.find(tensor)
        if value is None or value in self._recorder.values.owned:
            return None
        return value

    def _compare_slices(self, tensor, index):
        """x[:stop] calls no operator where stop is the size of x: a condition like any other."""
        value = self._dims_of(tensor)
        index = index if isinstance(index, tuple) else (index,)
        if value is None or any(isinstance(i, torch.Tensor) for i in index):
            return
        taken = sum(i is not None and i is not Ellipsis for i in index)
        axis = 0
        for i in index:
            if i is Ellipsis:
                axis += tensor.dim() - taken
            elif i is not None:
                if isinstance(i, slice) and isinstance(i.stop, Dim):
                    i.stop == self.dim(tensor.size(axis), "dim", value, axis)  # noqa: B015
                axis += 1

    def _read_shape(self, shape, tensor):
        value = self._dims_of(tensor)
        if value is None:
            return shape
        return torch.Size([self.dim(size, "dim", value, axis) for axis, size in enumerate(shape)])

    def _read_size(self, result, tensor, dim=None):
        if dim is None:
            return self._read_shape(result, tensor)
        value = self._dims_of(tensor)
        if value is None or not isinstance(dim, int):
            return result
        return self.dim(result, "dim", value, dim % tensor.dim())

    def _read_elements(self, number, tensor):
        elements = 1
        for size in self._read_shape(tensor.shape, tensor):
            elements = size * elements
        return elements


def _collect(arguments, numbers: list[int]) -> bool:
    """Appends the numbers in nested arguments, in order. Whether any is a Dim."""
    found = False
    for argument in arguments:
        kind = type(argument)
        if kind is Dim:
            numbers.append(argument)
            found = True
        elif kind is int:
            numbers.append(argument)
        elif kind is tuple or kind is list or kind is torch.Size:
            found |= _collect(argument, numbers)
        elif kind is slice:
            found |= _collect((argument.start, argument.stop, argument.step), numbers)
    return found


_READS = {
    torch.Tensor.shape.__get__: SizeTrace._read_shape,
    torch.Tensor.size: SizeTrace._read_size,
    torch.Tensor.numel: SizeTrace._read_elements,
    torch.Tensor.nelement: SizeTrace._read_elements,
}
_ASSIGN = torch.Tensor.__setitem__
_CONTIGUOUS = torch.Tensor.contiguous  # asks for strides, which depend on sizes
_PARTS = {"aten.slice.Tensor", "aten.select.int", "aten.unsqueeze.default"}
_INDEXING = {torch.Tensor.__getitem__, _ASSIGN}
_NOTICED = {*_READS, *_INDEXING, _CONTIGUOUS}
# They read sizes for an output size of None only, and hand those to the operator.
_HARMLESS = {F.adaptive_avg_pool2d.__code__, F.adaptive_avg_pool3d.__code__,
             F.adaptive_max_pool1d_with_indices.__code__,
             F.adaptive_max_pool2d_with_indices.__code__,
             F.adaptive_max_pool3d_with_indices.__code__}

_CHECKS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


@contextlib.contextmanager
def entered(trace: SizeTrace):
    """Within: the trace, also inside torch's functions that are written in Python. Those hand
    themselves to a mode as a whole where these names say that there is one."""
    with _lock:
        saved = [(module, name, vars(module)[name]) for module in (F, torch.functional, torch._tensor)
                 for name in _CHECKS if name in vars(module)]
        try:
            for module, name, _ in saved:
                setattr(module, name, _nothing)
            with trace:
                yield
        finally:
            for module, name, check in saved:
                setattr(module, name, check)


def _nothing(*arguments) -> bool:
    return False

