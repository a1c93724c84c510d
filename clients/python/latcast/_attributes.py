"""Python values -> the attributes of a graph."""

from __future__ import annotations

import torch

_INT64 = range(-(2**63), 2**63)


def add_attributes(target, values: dict) -> None:
    """Appends what has a form in the graph, sorted by name; None and all else is left out."""
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
