"""Python values -> the attributes of a graph."""

from __future__ import annotations

import marshal

import torch

from latcast._dims import plain


_MOST = 10_000
_written: dict[tuple, object] = {}  # attributes seen before, at most _MOST, the oldest first


def write_attributes(owner, values: dict) -> None:
    """Appends to `owner.attributes` what has a form in the graph, sorted by name; None and all else
    is left out. Most attributes repeat: those are copied."""
    try:
        # Equal for equal values of equal types only: 1, 1.0 and True are three values.
        key = type(owner), marshal.dumps(values, 2)
    except ValueError:  # something that is no number, text or list
        values = {name: value for name, value in values.items() if _has_form(value)}
        _add(owner.attributes, values)
        return
    written = _written.get(key)
    if written is None:
        written = type(owner)()
        _add(written.attributes, values)
        if len(_written) >= _MOST:
            _written.pop(next(iter(_written)), None)
        _written[key] = written
    owner.MergeFrom(written)


def _has_form(value) -> bool:
    return isinstance(value, (int, float, str, list, tuple, torch.dtype, torch.memory_format))


def _add(target, values: dict) -> None:
    for name in sorted(values):
        value = values[name]
        if isinstance(value, (torch.dtype, torch.memory_format)):
            value = str(value).partition(".")[2]
        if isinstance(value, bool):
            target.add(name=name, bool_value=value)
        elif isinstance(value, int):
            if _fits(value):
                target.add(name=name, int_value=plain(value))
        elif isinstance(value, float):
            target.add(name=name, float_value=value)
        elif isinstance(value, str):
            target.add(name=name, string_value=value)
        elif isinstance(value, (list, tuple)):
            if all(isinstance(v, int) and _fits(v) for v in value):
                target.add(name=name).ints.values.extend(map(plain, value))
            elif all(isinstance(v, (int, float)) for v in value):
                target.add(name=name).floats.values.extend(map(float, value))


def _fits(number: int) -> bool:
    return -(2**63) <= plain(number) < 2**63
