"""Records every operator torch dispatches on meta tensors, and which values it reads and writes.

The level is that of torch.inference_mode(): conv2d, batch_norm, linear, attention stay whole.
"""

from __future__ import annotations

import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

from latcast._attributes import add_attributes
from latcast.errors import CaptureError
from latcast.v1 import graph_pb2

aten = torch.ops.aten

_DTYPES = {
    torch.float32: graph_pb2.DTYPE_FLOAT32,
    torch.float64: graph_pb2.DTYPE_FLOAT64,
    torch.float16: graph_pb2.DTYPE_FLOAT16,
    torch.bfloat16: graph_pb2.DTYPE_BFLOAT16,
    torch.int64: graph_pb2.DTYPE_INT64,
    torch.int32: graph_pb2.DTYPE_INT32,
    torch.int16: graph_pb2.DTYPE_INT16,
    torch.int8: graph_pb2.DTYPE_INT8,
    torch.uint8: graph_pb2.DTYPE_UINT8,
    torch.bool: graph_pb2.DTYPE_BOOL,
}

# Their cost depends on an equation or axes: what they are made of is recorded instead.
_EXPANDED = {aten.einsum, aten.tensordot, aten.inner}
# Book-keeping of autograd; the result is the same tensor.
_IDENTITIES = {aten.detach, aten.detach_, aten.alias, aten.lift, aten.lift_fresh}


class Recorder(TorchDispatchMode):
    """Fills a graph_pb2.Graph while it is entered."""

    def __init__(self, graph: graph_pb2.Graph):
        super().__init__()
        self.graph = graph
        self.open_calls: list[int] = []  # indices into graph.calls, outermost first
        self._ids: dict[int, int] = {}  # id(tensor) -> the value it holds now
        self._kept: list[torch.Tensor] = []  # alive, so that ids and storages stay unique
        self._storages: dict[int, int] = {}  # StorageImpl of a meta tensor -> number
        self._meta_storages: dict[int, torch.UntypedStorage] = {}  # of any other -> its stand-in
        self._meta: dict[int, torch.Tensor] = {}  # id(tensor) -> its stand-in
        self._computed: set[int] = set()  # storages with data that recorded operators wrote to
        self._paused = False
        self._owned: dict[tuple, int] = {}  # place in memory -> parameter or buffer
        self._names: set[str] = set()

    # Values ---------------------------------------------------------------------------------------

    def add_input(self, tensor: torch.Tensor, name: str) -> None:
        if id(tensor) not in self._ids:
            self._add_value(tensor, graph_pb2.VALUE_KIND_INPUT, name)
        self.graph.inputs.append(self._ids[id(tensor)])

    def add_owned(self, tensor: torch.Tensor, kind: int, name: str) -> int:
        """A parameter or buffer; one that lies where an earlier one does is that one."""
        place = (self._storage_number(tensor), tensor.storage_offset(), tensor.shape,
                 tensor.stride(), tensor.dtype)
        if place not in self._owned:
            self._owned[place] = self._add_value(tensor, kind, name, tensor.requires_grad)
        self._bind(tensor, self._owned[place])
        return self._owned[place]

    def values_of(self, tree) -> list[int]:
        """The values of all tensors in nested arguments or results."""
        return [self._value_of(t) for t in pytree.tree_leaves(tree) if isinstance(t, torch.Tensor)]

    def open_path(self) -> str:
        """Path of the innermost open module call."""
        return self.graph.calls[self.open_calls[-1]].path if self.open_calls else ""

    def to_meta(self, tensor: torch.Tensor) -> torch.Tensor:
        """The tensor's stand-in without data; tensors that share memory get such that do."""
        if tensor.is_meta:
            return tensor
        if id(tensor) not in self._meta:
            storage = tensor.untyped_storage()
            stand_in = self._meta_storages.setdefault(
                storage._cdata, torch.UntypedStorage(storage.nbytes(), device="meta"))
            self._paused = True
            with torch.no_grad():
                meta = torch.empty(0, dtype=tensor.dtype, device="meta").set_(
                    stand_in, tensor.storage_offset(), tensor.shape, tensor.stride())
            if isinstance(tensor, torch.nn.Parameter):
                meta = torch.nn.Parameter(meta, requires_grad=tensor.requires_grad)
            self._paused = False
            self._meta[id(tensor)] = meta
            self._kept.append(tensor)
        return self._meta[id(tensor)]

    def _value_of(self, tensor: torch.Tensor) -> int:
        if id(tensor) not in self._ids:
            self._add_value(tensor, graph_pb2.VALUE_KIND_CONSTANT)
        return self._ids[id(tensor)]

    def _add_value(self, tensor, kind, name="", requires_grad=False) -> int:
        if tensor.dtype not in _DTYPES:
            raise CaptureError(f"{tensor.dtype} tensors are not known", f"in {self.open_path()}")
        self.graph.values.add(name=self._unique(name), kind=kind, dtype=_DTYPES[tensor.dtype],
                              shape=tensor.shape, storage=self._storage_number(tensor),
                              requires_grad=requires_grad)
        self._bind(tensor, len(self.graph.values) - 1)
        return len(self.graph.values) - 1

    def _bind(self, tensor: torch.Tensor, value: int) -> None:
        self._ids[id(tensor)] = value
        self._kept.append(tensor)

    def _unique(self, name: str) -> str:
        unique, count = name, 0
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        if name:
            self._names.add(unique)
        return unique

    def _storage_number(self, tensor: torch.Tensor) -> int:
        storage = self.to_meta(tensor).untyped_storage()._cdata
        return self._storages.setdefault(storage, len(self._storages))

    # Operators ------------------------------------------------------------------------------------

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if self._paused:
            return func(*args, **kwargs)
        packet = func.overloadpacket
        if packet in _EXPANDED:
            with self:
                return func.decompose(*args, **kwargs)
        tensors = [t for t in pytree.tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
        if tensors and not any(self._is_computed(t) for t in tensors):
            return func(*args, **kwargs)  # of constants only: done once, beforehand
        inputs, attributes = self._split(func, args, kwargs)
        args, kwargs, originals = self._on_meta(args, kwargs) if tensors else (args, kwargs, {})
        result = func(*args, **kwargs)
        result = pytree.tree_map_only(torch.Tensor, lambda t: originals.get(id(t), t), result)
        outputs = [t for t in pytree.tree_leaves(result) if isinstance(t, torch.Tensor)]
        if packet in _IDENTITIES:
            self._bind(outputs[0], inputs[0])
        elif outputs and (tensors or outputs[0].is_meta):
            op = self.graph.ops.add(type=str(func), inputs=inputs, call=self.open_calls[-1])
            op.outputs.extend([self._add_value(t, graph_pb2.VALUE_KIND_ACTIVATION)
                               for t in outputs])
            add_attributes(op.attributes, attributes)
            self._computed.update(t.untyped_storage()._cdata for t in outputs if not t.is_meta)
        return result

    def _is_computed(self, tensor: torch.Tensor) -> bool:
        return tensor.is_meta or tensor.untyped_storage()._cdata in self._computed

    def _split(self, func, args, kwargs):
        """Arguments -> (values of the tensors by schema position, the others by name)."""
        inputs: list[int] = []
        attributes = {}
        for position, argument in enumerate(func._schema.arguments):
            if position < len(args):
                given = args[position]
            elif argument.name in kwargs:
                given = kwargs[argument.name]
            else:
                given = argument.default_value
            takes_tensor = "Tensor" in str(argument.type)
            if takes_tensor and isinstance(given, (list, tuple)):
                inputs.extend(-1 if t is None else self._value_of(t) for t in given)
            elif isinstance(given, torch.Tensor):
                inputs.append(self._value_of(given))
            elif takes_tensor:
                inputs.append(-1)
                attributes[argument.name] = given  # a number in a tensor's place, or None
            elif isinstance(given, int) and str(argument.type) in ("float", "Optional[float]"):
                attributes[argument.name] = float(given)
            else:
                attributes[argument.name] = given
        return inputs, attributes

    def _on_meta(self, args, kwargs):
        """The arguments with stand-ins for tensors that have data, and the way back."""
        originals: dict[int, torch.Tensor] = {}

        def move(leaf):
            if isinstance(leaf, torch.device):
                return torch.device("meta")
            if not isinstance(leaf, torch.Tensor) or leaf.is_meta:
                return leaf
            meta = self.to_meta(leaf)
            originals[id(meta)] = leaf
            return meta

        args, kwargs = pytree.tree_map(move, (args, kwargs))
        return args, kwargs, originals
