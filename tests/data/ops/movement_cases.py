"""Random calls of views, copies, indexing, padding and detection; see make_torch_shapes.py."""

import random

import torch

rng = random.Random(20260314)


def shape(low=0, high=4, sizes=(0, 1, 1, 2, 3, 4, 6)):
    return [rng.choice(sizes) for _ in range(rng.randint(low, high))]


def some(**attributes):
    """Leaves some attributes out."""
    return {k: v for k, v in attributes.items() if rng.random() < 0.7}


def method(name, inputs, attributes):
    return inputs, attributes, lambda t: getattr(t[0], name)(**attributes)


# Views --------------------------------------------------------------------------------------------


def select():
    return method("select", [shape()], {"dim": rng.randint(-3, 3), "index": rng.randint(-4, 4)})


def slice_():
    a = some(dim=rng.randint(-3, 3), start=rng.choice([-9, -2, -1, 0, 1, 2, 9]),
             end=rng.choice([-9, -2, -1, 0, 1, 3, 9, 2**63 - 1]), step=rng.choice([0, 1, 1, 2, 3]))
    return [shape(0, 3)], a, lambda t: torch.ops.aten.slice(t[0], **a)


def narrow():
    a = {"dim": rng.randint(-3, 3), "start": rng.randint(-4, 4), "length": rng.randint(-1, 4)}
    return method("narrow", [shape(0, 3)], a)


def diagonal():
    a = some(offset=rng.randint(-4, 4), dim1=rng.randint(-3, 3), dim2=rng.randint(-3, 3))
    return method("diagonal", [shape()], a)


def unfold():
    a = {"dimension": rng.randint(-3, 3), "size": rng.randint(-1, 4), "step": rng.randint(0, 3)}
    return [shape(0, 3)], a, lambda t: t[0].unfold(*a.values())


def as_strided():
    n = rng.randint(0, 3)
    a = {"size": [rng.randint(0, 4) for _ in range(n)],
         "stride": [rng.randint(-1, 4) for _ in range(n + (rng.random() < 0.1))],
         "storage_offset": rng.randint(-1, 3)}
    x = shape()
    # The input is the front of a storage that is large enough for all.
    numel = torch.Size(x).numel()
    return [x], a, lambda t: torch.rand(10**4)[:numel].view(x).as_strided(*a.values())


def split():
    x = shape(0, 3)
    a = {"split_size": rng.randint(-1, 4), "dim": rng.randint(-3, 3)}
    if rng.random() < 0.5:
        a["split_size"] = [rng.randint(-1, 3) for _ in range(rng.randint(1, 3))]
        if x and rng.random() < 0.5:
            x[a["dim"] % len(x)] = max(0, sum(a["split_size"]))
    return [x], a, lambda t: torch.split(t[0], a["split_size"], a["dim"])


def chunk():
    return method("chunk", [shape(0, 3)], {"chunks": rng.randint(0, 4), "dim": rng.randint(-3, 3)})


def tensor_split():
    a = {"dim": rng.randint(-3, 3)}
    if rng.random() < 0.5:
        a["sections"] = rng.randint(0, 4)
        return [shape(0, 3)], a, lambda t: torch.tensor_split(t[0], a["sections"], a["dim"])
    a["indices"] = [rng.randint(-5, 5) for _ in range(rng.randint(0, 3))]
    return [shape(0, 3)], a, lambda t: torch.tensor_split(t[0], a["indices"], a["dim"])


def unbind():
    x = shape(0, 3)
    dim = rng.randint(-3, 3)
    if x:
        x[dim % len(x)] = max(1, x[dim % len(x)])  # no outputs have no row
    return method("unbind", [x], {"dim": dim})


def expand():
    x = shape(0, 3)
    a = {"size": [rng.choice([-1, d, d, 3]) if d != 1 else rng.randint(-2, 4) for d in x]}
    a["size"] = shape(0, 1, (-1, 0, 1, 2, 3)) + a["size"]
    if a["size"] and rng.random() < 0.1:
        a["size"].pop()
    return method("expand", [x], a)


def widened(x):
    """A shape that x may broadcast to."""
    y = shape(0, 1) + [d if d != 1 else rng.choice([1, 2, 5]) for d in x]
    if y and rng.random() < 0.2:
        y[rng.randrange(len(y))] = rng.randint(0, 3)
    return y


def expand_as():
    x = shape(0, 3)
    return [x, widened(x)], {}, lambda t: t[0].expand_as(t[1])


def broadcast_tensors():
    x = shape(0, 3)
    xs = [x] + [widened(x) for _ in range(rng.randint(0, 2))]
    rng.shuffle(xs)
    return xs, {}, lambda t: torch.broadcast_tensors(*t)


def meshgrid():
    xs = [shape(0, 1) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.1:
        xs.append([2, 2])
    a = {"indexing": rng.choice(["ij", "xy"])}
    return xs, a, lambda t: torch.meshgrid(*t, **a)


def squeeze():
    a = {}
    if rng.random() < 0.7:
        a["dim"] = rng.choice([rng.randint(-3, 3), [rng.randint(-3, 3) for _ in range(2)], [0]])
    return method("squeeze", [shape()], a)


def unsqueeze():
    return method("unsqueeze", [shape()], {"dim": rng.randint(-4, 4)})


def unflatten():
    x = shape(0, 3, (1, 2, 4, 6, 12))
    a = {"dim": rng.randint(-3, 2), "sizes": shape(0, 3, (-1, 1, 2, 2, 3))}
    return method("unflatten", [x], a)


def view_as():
    x = shape(0, 3, (1, 2, 3, 4, 6))
    y = list(reversed(x)) if rng.random() < 0.7 else shape(0, 2, (1, 2, 6, 8))
    return [x, y], {}, lambda t: t[0].view_as(t[1])


def movedim():
    x = shape()
    if rng.random() < 0.4:
        return method("movedim", [x], {"source": rng.randint(-4, 3), "destination": rng.randint(-4, 3)})
    n = rng.randint(0, min(2, len(x)))
    a = {"source": [rng.randint(-4, 3) for _ in range(n)],
         "destination": [rng.randint(-4, 3) for _ in range(n + (rng.random() < 0.1))]}
    return method("movedim", [x], a)


CASES = [("select", select, 30), ("slice", slice_, 60), ("narrow", narrow, 40),
         ("diagonal", diagonal, 40), ("unfold", unfold, 40), ("as_strided", as_strided, 30),
         ("split", split, 50), ("chunk", chunk, 40), ("tensor_split", tensor_split, 50),
         ("unbind", unbind, 20), ("expand", expand, 50), ("expand_as", expand_as, 30),
         ("broadcast_tensors", broadcast_tensors, 30), ("meshgrid", meshgrid, 30),
         ("squeeze", squeeze, 40), ("unsqueeze", unsqueeze, 20), ("unflatten", unflatten, 40),
         ("view_as", view_as, 20), ("movedim", movedim, 40)]
