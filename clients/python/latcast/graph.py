"""The captured graph and its file (.lcg): the message latcast.v1.Graph, gzipped."""

from __future__ import annotations

import os
import zlib

from google.protobuf.message import DecodeError

from latcast.errors import GraphError
from latcast.v1 import graph_pb2

SCHEMA_VERSION = 1
_GZIP = 16 + zlib.MAX_WBITS  # zlib's name for "with a gzip header"


class Graph:
    """A network without weights. `proto` is the message itself, documented in graph.proto."""

    def __init__(self, proto: graph_pb2.Graph):
        self.proto = proto

    @property
    def name(self) -> str:
        return self.proto.name

    @name.setter
    def name(self, name: str) -> None:
        self.proto.name = name

    @property
    def num_parameters(self) -> int:
        """Elements of all parameters, shared ones counted once."""
        total = 0
        for value in self.proto.values:
            if value.kind == graph_pb2.VALUE_KIND_PARAMETER:
                elements = 1
                for dim in value.shape:
                    elements *= dim
                total += elements
        return total

    def to_bytes(self) -> bytes:
        """The file's content. The same graph gives the same bytes: no time, no file name."""
        deflate = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
        return deflate.compress(self.proto.SerializeToString(deterministic=True)) + deflate.flush()

    @classmethod
    def from_bytes(cls, data: bytes) -> Graph:
        inflate = zlib.decompressobj(_GZIP)
        try:
            raw = inflate.decompress(data)
        except zlib.error as error:
            raise GraphError("not a captured graph: no gzip data") from error
        if not inflate.eof:
            raise GraphError("the graph is truncated")
        proto = graph_pb2.Graph()
        try:
            proto.ParseFromString(raw)
        except DecodeError as error:
            raise GraphError("not a captured graph: no latcast.v1.Graph inside") from error
        if proto.schema_version != SCHEMA_VERSION:
            raise GraphError(f"schema version {proto.schema_version}; "
                             f"version {SCHEMA_VERSION} is read")
        return cls(proto)

    def save(self, path: str | os.PathLike) -> None:
        with open(path, "wb") as file:
            file.write(self.to_bytes())

    @classmethod
    def load(cls, path: str | os.PathLike) -> Graph:
        with open(path, "rb") as file:
            data = file.read()
        try:
            return cls.from_bytes(data)
        except GraphError as error:
            raise GraphError(str(error), os.fspath(path)) from error

    def __repr__(self) -> str:
        return (f"<Graph {self.name!r}: {len(self.proto.ops)} operators, "
                f"{len(self.proto.calls)} module calls, {self.num_parameters} parameters>")
