"""Operators on tensors with data and tensors without: all run as if none had any."""

from __future__ import annotations

import torch
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode


def call(func, args, kwargs):
    return func(*args, **kwargs)


def run_on_meta(func, args, kwargs, to_meta, run=call):
    """run(func, args, kwargs) on the stand-ins that `to_meta` gives for tensors with data. Where
    the result is one of those, as after writing in place, it is the tensor itself."""
    originals: dict[int, torch.Tensor] = {}

    def move(leaf):
        if isinstance(leaf, torch.device):
            return torch.device("meta")
        if not isinstance(leaf, torch.Tensor) or leaf.is_meta:
            return leaf
        meta = to_meta(leaf)
        originals[id(meta)] = leaf
        return meta

    args, kwargs = pytree.tree_map(move, (args, kwargs))
    result = run(func, args, kwargs)
    return pytree.tree_map_only(torch.Tensor, lambda t: originals.get(id(t), t), result)


class MetaWins(TorchDispatchMode):
    """Within, an operator that gets tensors of both kinds gives tensors without data."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        on_meta = [leaf.is_meta for leaf in pytree.tree_leaves((args, kwargs))
                   if isinstance(leaf, torch.Tensor)]
        if not any(on_meta):
            return func(*args, **kwargs)
        return run_on_meta(func, args, kwargs, lambda tensor: tensor.to("meta"))
