"""Python values -> the attributes of a graph."""

from __future__ import annotations

import torch

from latcast._dims import Dim, plain

_INT64 = range(-(2**63), 2**63)


class AttributeWriter:
    """Writes the attributes of operators and module calls. Most repeat: those are copied."""

    def __init__(self):
        self._written = {}

    def write(self, owner, values: dict) -> None:
        """Appends to `owner.attributes` what has a form in the graph, sorted by name; None and all
        else is left out."""
        try:
            key = (type(owner), tuple(values), tuple(map(_key, values.values())))
            written = self._written.get(key)
        except TypeError:  # something that cannot be hashed
            _add(owner.attributes, values)
            return
        if written is None:
            written = self._written[key] = type(owner)()
            _add(written.attributes, values)
        owner.MergeFrom(written)


def _key(value):
    """Equal for equal values of equal types only: 1, 1.0 and True are three values."""
    kind = type(value)
    if kind is Dim:
        return int, plain(value)
    if kind is list or kind is tuple or isinstance(value, (list, tuple)):
        return kind, tuple(map(_key, value))
    return kind, value


def _add(target, values: dict) -> None:
    for name in sorted(values):
        value = values[name]
        if isinstance(value, (torch.dtype, torch.memory_format)):
            value = str(value).partition(".")[2]
        if isinstance(value, bool):
            target.add(name=name, bool_value=value)
        elif isinstance(value, int):
            if value in _INT64:
                target.add(name=name, int_value=value)
        elif isinstance(value, float):
            target.add(name=name, float_value=value)
        elif isinstance(value, str):
            target.add(name=name, string_value=value)
        elif isinstance(value, (list, tuple)):
            if all(isinstance(v, int) and v in _INT64 for v in value):
                target.add(name=name).ints.values.extend(value)
            elif all(isinstance(v, (int, float)) for v in value):
                target.add(name=name).floats.values.extend(value)
