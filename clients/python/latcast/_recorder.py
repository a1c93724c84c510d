"""Records every operator torch dispatches on meta tensors, and which values it reads and writes.

The level is that of torch.inference_mode(): conv2d, batch_norm, linear, attention stay whole.
"""

from __future__ import annotations

import functools

import torch
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from latcast._attributes import write_attributes
from latcast._einsum import expand_einsum
from latcast._meta import run_on_meta
from latcast._schema import Signature
from latcast._shortcuts import SHORTCUTS
from latcast._trace import SizeTrace
from latcast._values import Values
from latcast.v1 import graph_pb2

aten = torch.ops.aten

# Their cost depends on an equation or axes: what they are made of is recorded instead.
_EXPANDED = {aten.einsum, aten.tensordot, aten.inner}
_ACTIVATION = graph_pb2.VALUE_KIND_ACTIVATION
# Book-keeping of autograd; the result is the same tensor.
_IDENTITIES = {aten.detach, aten.detach_, aten.alias, aten.lift, aten.lift_fresh}


class Recorder(TorchDispatchMode):
    """Fills a graph_pb2.Graph while it is entered. With `shows_copies`, x.contiguous() is recorded
    where it returns x too (within ShownCopies)."""

    def __init__(self, graph: graph_pb2.Graph, shows_copies: bool = False):
        super().__init__()
        self.graph = graph
        self.shows_copies = shows_copies
        self.open_calls: list[int] = []  # indices into graph.calls, outermost first
        self.values = Values(graph, lambda: f"in {self.open_path()}")
        self.trace = SizeTrace(self)
        self.given: dict[int, list[int]] = {}  # op -> numbers its caller gave, some of them Dims
        self.operands: dict[int, list[int]] = {}  # op -> values of what it is a part of
        self.watch = None  # called with index, name and inputs of an operator before it is added
        self._expanded: list[int] | None = None
        self._computed: set[int] = set()  # storages with data that recorded operators wrote to
        self._paused = False
        self._failure: Exception | None = None
        self._failed_path = ""

    def add_input(self, tensor: torch.Tensor, name: str) -> None:
        value = self.values.find(tensor)
        if value is None:
            value = self.values.add(tensor, graph_pb2.VALUE_KIND_INPUT, name)
        self.graph.inputs.append(value)

    def values_of(self, tree) -> list[int]:
        """The values of all tensors in nested arguments or results."""
        tensors = tensors_in(tree)
        values = [self.values.find(t) for t in tensors]
        if None in values:  # constants, which are added
            self._paused = True
            values = [self.values.of(t) for t in tensors]
            self._paused = False
        return values

    def open_path(self) -> str:
        """Path of the innermost open module call."""
        return self.graph.calls[self.open_calls[-1]].path if self.open_calls else ""

    def note_failure(self, error: Exception) -> None:
        """Of the innermost open module call. The network may catch the error and go on."""
        if error is not self._failure:
            self._failure, self._failed_path = error, self.open_path()

    def path_of(self, error: Exception) -> str:
        """Path of the module call that failed with it."""
        return self._failed_path if error is self._failure else self.open_path()

    def open_class(self) -> str:
        """Class of the innermost open module call."""
        return self.graph.calls[self.open_calls[-1]].class_name if self.open_calls else ""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # torch would wrap __torch_dispatch__, which costs as much as it does

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if self._paused:
            return func(*args, **kwargs)
        signature, is_expanded, is_identity = _operator(func)
        if is_expanded:
            return self._expand(func, args, kwargs)
        tensors, others = signature.split(args, kwargs)
        on_meta = [t.is_meta for t in tensors if t is not None]
        if on_meta and not any(on_meta) and not any(map(self._is_computed, tensors)):
            return func(*args, **kwargs)  # of constants only: done once, beforehand
        inputs = [-1 if t is None else self.values.of(t) for t in tensors]
        if on_meta and (signature.takes_device or not all(on_meta)):
            result = run_on_meta(func, args, kwargs, self.values.to_meta, _run)
        else:
            result = _run(func, args, kwargs)
        outputs = tensors_in(result)
        if is_identity:
            self.values.bind(outputs[0], inputs[0])
        elif outputs and (on_meta or outputs[0].is_meta):
            self._add_op(signature.name, inputs, outputs, others)
        return result

    def add_contiguous(self, tensor: torch.Tensor) -> None:
        """Of a tensor that is contiguous: torch calls no operator."""
        signature = _operator(aten.contiguous.default)[0]
        self._add_op(signature.name, [self.values.of(tensor)], [tensor],
                     signature.split((tensor,), {})[1])

    def _expand(self, func, args, kwargs):
        outer = self._expanded
        self._expanded = self.values_of((args, kwargs)) if outer is None else outer
        try:
            with self:
                result = expand_einsum(*args, **kwargs) if func is aten.einsum.default else None
                return func.decompose(*args, **kwargs) if result is None else result
        finally:
            self._expanded = outer

    def _add_op(self, name: str, inputs: list[int], outputs: list[torch.Tensor], others) -> None:
        if self.watch is not None:
            self.watch(len(self.graph.ops), name, inputs)
        given = self.trace.given_to(name)
        if given:
            self.given[len(self.graph.ops)] = given
        if self._expanded:
            self.operands[len(self.graph.ops)] = self._expanded
        values = [self.values.add(t, _ACTIVATION) for t in outputs]
        op = self.graph.ops.add(type=name, inputs=inputs, call=self.open_calls[-1], outputs=values)
        write_attributes(op, others)
        for tensor in outputs:
            if not tensor.is_meta:
                self._computed.add(tensor.untyped_storage()._cdata)

    def _is_computed(self, tensor: torch.Tensor | None) -> bool:
        return tensor is not None and tensor.untyped_storage()._cdata in self._computed


class ShownCopies(TorchFunctionMode):
    """Tells the recorder of x.contiguous() where x is contiguous."""

    def __init__(self, recorder: Recorder):
        super().__init__()
        self._recorder = recorder

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if func is torch.Tensor.contiguous and result is args[0] and result.is_meta:
            self._recorder.add_contiguous(result)
        return result


def tensors_in(tree) -> list[torch.Tensor]:
    """All tensors in nested arguments or results."""
    if isinstance(tree, torch.Tensor):
        return [tree]
    if type(tree) is tuple and all(isinstance(t, torch.Tensor) for t in tree):
        return list(tree)
    return [t for t in pytree.tree_leaves(tree) if isinstance(t, torch.Tensor)]


@functools.cache
def _operator(func: torch._ops.OpOverload):
    """Its signature, whether it is expanded, and whether it is an identity: that does not change."""
    packet = func.overloadpacket
    return Signature(func), packet in _EXPANDED, packet in _IDENTITIES


def _run(func, args, kwargs):
    """The operator's result on meta tensors: by its shortcut, or by torch's own kernel."""
    shortcut = SHORTCUTS.get(func)
    result = None if shortcut is None else shortcut(*args, **kwargs)
    return func(*args, **kwargs) if result is None else result
