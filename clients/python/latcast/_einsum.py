"""einsum of two tensors as the operators it is made of, the same ones at any size: torch's own
expansion differs where a dimension is 1."""

from __future__ import annotations

import math

import torch

aten = torch.ops.aten


def expand_einsum(equation: str, tensors, *, path=None):
    """The result by permute, reshape, bmm; None where the equation is none of two tensors whose
    indices each stand once in a tensor and, unless summed over in both, in the result."""
    terms, arrow, result = equation.replace(" ", "").partition("->")
    terms = terms.split(",")
    if not arrow or len(terms) != 2 or len(tensors) != 2 or "." in equation:
        return None
    left, right = terms
    if any(len(set(term)) != len(term) for term in (left, right, result)):
        return None
    if (left, right) != tuple(term[:t.dim()] for term, t in zip(terms, tensors)):
        return None
    sizes = dict(zip(left + right, (*tensors[0].shape, *tensors[1].shape)))
    if any(sizes[i] != size for term, t in zip(terms, tensors) for i, size in zip(term, t.shape)):
        return None  # an index of size 1 in one tensor only: broadcast
    if set(result) != set(left) ^ set(right) | set(left) & set(result):
        return None
    batch = [i for i in left if i in right and i in result]
    summed = [i for i in left if i in right and i not in result]
    rows = [i for i in left if i not in right]
    columns = [i for i in right if i not in left]

    def matrix(tensor, term, *parts):
        order = [term.index(i) for part in parts for i in part]
        shape = [math.prod(sizes[i] for i in part) for part in parts]
        return aten.reshape.default(aten.permute.default(tensor, order), shape)

    product = aten.bmm.default(matrix(tensors[0], left, batch, rows, summed),
                               matrix(tensors[1], right, batch, summed, columns))
    found = batch + rows + columns
    product = aten.view.default(product, [sizes[i] for i in found])
    return aten.permute.default(product, [found.index(i) for i in result])
