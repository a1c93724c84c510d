"""The values of a graph being recorded: which tensor is which value, and what shares memory."""

from __future__ import annotations

import torch

from latcast.errors import CaptureError
from latcast.v1 import graph_pb2

DTYPES = {
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
META = torch.device("meta")


class Values:
    """Fills graph.values."""

    def __init__(self, graph: graph_pb2.Graph, where=str):
        """`where` says in which module call the network is, for errors."""
        self._values = graph.values
        self._where = where
        self._ids: dict[int, int] = {}  # id(tensor) -> the value it holds now
        self._kept: list[torch.Tensor] = []  # alive, so that ids and storages stay unique
        self._storages: dict[int, int] = {}  # StorageImpl of a meta tensor -> number
        self._meta_storages: dict[int, torch.UntypedStorage] = {}  # of any other -> its stand-in
        self._meta: dict[int, torch.Tensor] = {}  # id(tensor) -> its stand-in
        self._owned: dict[int, list] = {}  # StorageImpl -> parameters and buffers, their values
        self.owned: set[int] = set()  # parameters and buffers
        self._names: set[str] = set()

    def find(self, tensor: torch.Tensor) -> int | None:
        """The value the tensor holds, if it holds one."""
        return self._ids.get(id(tensor))

    def of(self, tensor: torch.Tensor) -> int:
        """The value the tensor holds; one never seen is a constant."""
        value = self._ids.get(id(tensor))
        return self.add(tensor, graph_pb2.VALUE_KIND_CONSTANT) if value is None else value

    def add(self, tensor: torch.Tensor, kind: int, name: str = "", **more) -> int:
        """A new value, which the tensor holds from now on."""
        dtype = DTYPES.get(tensor.dtype)
        if dtype is None:
            raise CaptureError(f"{tensor.dtype} tensors are not known", self._where())
        if name:
            more["name"] = self._unique(name)
        value = len(self._values)
        storage = self.to_meta(tensor).untyped_storage()._cdata
        self._values.add(kind=kind, dtype=dtype, shape=tensor.shape, **more,
                         storage=self._storages.setdefault(storage, len(self._storages)))
        self.bind(tensor, value)
        return value

    def add_owned(self, tensor: torch.Tensor, kind: int, name: str) -> int:
        """A parameter or buffer; one that lies where an earlier one does is that one."""
        there = self._owned.setdefault(tensor.untyped_storage()._cdata, [])
        for earlier, value in there:
            if _place(earlier) == _place(tensor):
                self.bind(tensor, value)
                return value
        value = self.add(tensor, kind, name, requires_grad=tensor.requires_grad)
        self.owned.add(value)
        there.append((tensor, value))
        return value

    def bind(self, tensor: torch.Tensor, value: int) -> None:
        self._ids[id(tensor)] = value
        self._kept.append(tensor)

    def to_meta(self, tensor: torch.Tensor) -> torch.Tensor:
        """The tensor's stand-in without data; tensors that share memory get such that do."""
        if tensor.is_meta:
            return tensor
        meta = self._meta.get(id(tensor))
        if meta is None:
            meta = self._meta[id(tensor)] = self._stand_in(tensor)
            self._kept.append(tensor)
        return meta

    def _stand_in(self, tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        stand_in = self._meta_storages.get(storage._cdata)
        if stand_in is None and storage.nbytes() == tensor.numel() * tensor.itemsize:
            meta = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype,
                                       device=META)
            self._meta_storages[storage._cdata] = meta.untyped_storage()
        else:
            meta = self._part_of(storage, stand_in, tensor)
        if isinstance(tensor, torch.nn.Parameter):
            meta = torch.Tensor._make_subclass(torch.nn.Parameter, meta, tensor.requires_grad)
        return meta

    def _part_of(self, storage, stand_in, tensor: torch.Tensor) -> torch.Tensor:
        if stand_in is None:
            stand_in = torch.UntypedStorage(storage.nbytes(), device=META)
            self._meta_storages[storage._cdata] = stand_in
        with torch.no_grad():
            return torch.empty(0, dtype=tensor.dtype, device=META).set_(
                stand_in, tensor.storage_offset(), tensor.shape, tensor.stride())

    def _unique(self, name: str) -> str:
        unique, count = name, 0
        while unique in self._names:
            count += 1
            unique = f"{name}_{count}"
        self._names.add(unique)
        return unique


def _place(tensor: torch.Tensor) -> tuple:
    """Where its elements lie within its storage."""
    return tensor.storage_offset(), tensor.shape, tensor.stride(), tensor.dtype
