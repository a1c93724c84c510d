"""Writes torch_movement.csv: views, copies, indexing, padding and detection; the columns are those
of make_torch_elementwise.py.

    python tests/data/ops/make_torch_movement.py > tests/data/ops/torch_movement.csv

Whole numbers are indices: what is saved stands wherever all floating-point inputs want a gradient.
"""

import csv
import random
import sys

import torch

import make_torch_elementwise as oracle

rng = random.Random(20260314)


# What a maker of calls chooses from ---------------------------------------------------------------

def shape(low=0, high=4, sizes=(0, 1, 1, 2, 3, 4, 6)):
    return [rng.choice(sizes) for _ in range(rng.randint(low, high))]


def tensor(dims, dtypes=("float32", "float32", "float32", "float16", "int64", "bool")):
    return dims, rng.choice(dtypes)


def floats(dims):
    return dims, "float32"


def index(dims, high=1):
    return dims, "int64", high


def dim():
    return rng.randint(-3, 3)


def some(**attributes):
    """Leaves some attributes out."""
    return {k: v for k, v in attributes.items() if rng.random() < 0.7}


def simple(low=0, high=4, **choices):
    """One tensor and attributes drawn from functions."""
    return lambda: ([tensor(shape(low, high))], {name: draw() for name, draw in choices.items()})


def ints(low, high):
    return lambda: rng.randint(low, high)


def widened(x):
    """A shape that x may broadcast to."""
    y = shape(0, 1) + [d if d != 1 else rng.choice([1, 2, 5]) for d in x]
    if y and rng.random() < 0.2:
        y[rng.randrange(len(y))] = rng.randint(0, 3)
    return y


# Views --------------------------------------------------------------------------------------------

def slice_():
    a = some(dim=dim(), start=rng.choice([-9, -2, -1, 0, 1, 2, 9]),
             end=rng.choice([-9, -2, -1, 0, 1, 3, 9, 2**63 - 1]), step=rng.choice([0, 1, 1, 2, 3]))
    return [tensor(shape(0, 3))], a


def diagonal():
    return [tensor(shape())], some(offset=rng.randint(-4, 4), dim1=dim(), dim2=dim())


def as_strided():
    while True:
        x, n = shape(), rng.randint(0, 3)
        a = {"size": [rng.randint(0, 4) for _ in range(n)],
             "stride": [rng.randint(-1, 4) for _ in range(n + (rng.random() < 0.1))],
             "storage_offset": rng.randint(-1, 2)}
        # What lies outside the storage is not for the shape rule to refuse.
        reach = a["storage_offset"] + sum((d - 1) * s for d, s in zip(a["size"], a["stride"]))
        if 0 in a["size"] or reach < torch.Size(x).numel():
            return [tensor(x)], a


def split():
    x, a = shape(0, 3), {"split_size": rng.randint(-1, 4), "dim": dim()}
    if rng.random() < 0.5:
        a["split_size"] = [rng.randint(-1, 3) for _ in range(rng.randint(1, 3))]
        if x and rng.random() < 0.5:
            x[a["dim"] % len(x)] = max(0, sum(a["split_size"]))
    return [tensor(x)], a


def tensor_split():
    a = {"dim": dim()}
    if rng.random() < 0.5:
        a["sections"] = rng.randint(0, 4)
    else:
        a["indices"] = [rng.randint(-5, 5) for _ in range(rng.randint(0, 3))]
    return [tensor(shape(0, 3))], a


def unbind():
    x, at = shape(0, 3), dim()
    if x:
        x[at % len(x)] = max(1, x[at % len(x)])  # no outputs have no row
    return [tensor(x)], {"dim": at}


def expand():
    x = shape(0, 3)
    a = {"size": [rng.choice([-1, d, d, 3]) if d != 1 else rng.randint(-1, 4) for d in x]}
    a["size"] = shape(0, 1, (-1, 0, 1, 2, 3)) + a["size"]
    if a["size"] and rng.random() < 0.1:
        a["size"].pop()
    return [tensor(x)], a


def expand_as():
    x = shape(0, 3)
    return [tensor(x), tensor(widened(x))], {}


def broadcast_tensors():
    x = shape(0, 3)
    xs = [x] + [widened(x) for _ in range(rng.randint(0, 2))]
    rng.shuffle(xs)
    return [tensor(x) for x in xs], {}


def meshgrid():
    xs = [shape(0, 1) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.1:
        xs.append([2, 2])
    dtypes = rng.choice([("float32",), ("int64",), ("float32", "int64")])
    return [tensor(x, dtypes) for x in xs], {"indexing": rng.choice(["ij", "xy"])}


def squeeze():
    choices = [rng.randint(-3, 3), [rng.randint(-3, 3) for _ in range(2)], [0]]
    return [tensor(shape())], some(dim=rng.choice(choices))


def unflatten():
    x = shape(0, 3, (1, 2, 4, 6, 12))
    return [tensor(x)], {"dim": dim(), "sizes": shape(0, 3, (-1, 1, 2, 2, 3))}


def view_as():
    x = shape(0, 3, (1, 2, 3, 4, 6))
    y = list(reversed(x)) if rng.random() < 0.7 else shape(0, 2, (1, 2, 6, 8))
    return [tensor(x), tensor(y)], {}


def movedim():
    x = shape()
    if rng.random() < 0.4:
        return [tensor(x)], {"source": rng.randint(-4, 3), "destination": rng.randint(-4, 3)}
    n = rng.randint(0, min(2, len(x)))
    a = {"source": [rng.randint(-4, 3) for _ in range(n)],
         "destination": [rng.randint(-4, 3) for _ in range(n + (rng.random() < 0.1))]}
    return [tensor(x)], a


VIEWS = [("select", simple(dim=dim, index=ints(-4, 4)), 25), ("slice", slice_, 50),
         ("narrow", simple(0, 3, dim=dim, start=ints(-4, 4), length=ints(-1, 4)), 30),
         ("diagonal", diagonal, 30),
         ("unfold", simple(0, 3, dimension=dim, size=ints(-1, 4), step=ints(0, 3)), 30),
         ("as_strided", as_strided, 25), ("split", split, 40),
         ("chunk", simple(0, 3, chunks=ints(0, 4), dim=dim), 30),
         ("tensor_split", tensor_split, 40), ("unbind", unbind, 15), ("expand", expand, 40),
         ("expand_as", expand_as, 25), ("broadcast_tensors", broadcast_tensors, 25),
         ("meshgrid", meshgrid, 25), ("squeeze", squeeze, 30),
         ("unsqueeze", simple(dim=ints(-4, 4)), 15), ("unflatten", unflatten, 40),
         ("view_as", view_as, 15), ("movedim", movedim, 40), ("alias", simple(), 3),
         ("detach", simple(), 3)]


# Copies -------------------------------------------------------------------------------------------

def stack():
    x = shape(0, 3)
    xs = [list(x) for _ in range(rng.randint(1, 3))]
    if x and rng.random() < 0.2:
        xs[-1][0] += 1
    return [tensor(x) for x in xs], {"dim": rng.randint(-4, 3)}


def repetitions(x):
    """PyTorch overlooks negative numbers where there is nothing to repeat."""
    return [0, 1, 1, 2, 3] if 0 in x else [-1, 0, 1, 1, 2, 3]


def repeat():
    x = shape(0, 3)
    n = rng.choice([len(x), len(x), len(x) + 1, max(0, len(x) - 1)])
    return [tensor(x)], {"repeats": [rng.choice(repetitions(x)) for _ in range(n)]}


def tile():
    x = shape(0, 3)
    return [tensor(x)], {"dims": shape(0, 4, repetitions(x))}


def repeat_interleave():
    x, a = shape(0, 3), some(dim=dim())
    if rng.random() < 0.5:
        return [tensor(x)], a | {"repeats": rng.randint(-1, 3)}
    size = torch.Size(x).numel() if "dim" not in a else ([1] if not x else x)[a["dim"] % max(1, len(x))]
    repeats = rng.choice([[], [1], [size], [size], [2]])
    if rng.random() < 0.2:
        return [index(repeats, 3)], {}
    return [tensor(x), index(repeats, 3)], a


def roll():
    n = rng.randint(0, 2)
    a = {"shifts": [rng.randint(-2, 3) for _ in range(max(n, 1))], "dims": [dim() for _ in range(n)]}
    if rng.random() < 0.1:
        a["shifts"].append(1)
    return [tensor(shape())], a


def pad():
    x = shape(1, 5, (0, 1, 2, 2, 3, 3, 4, 5))
    mode = rng.choice(["constant", "reflect", "replicate", "circular"])
    dims = rng.choice([len(x), len(x) - 1, len(x) - 2, 1, 2])
    a = {"pad": [rng.choice([-2, -1, 0, 0, 1, 1, 2, 3]) for _ in range(2 * max(0, dims))]}
    if rng.random() < 0.05:
        a["pad"].append(1)
    if mode != "constant" or rng.random() < 0.5:
        a["mode"] = mode
    elif rng.random() < 0.5:
        a["value"] = 0.5
    return [floats(x)], a


def shuffle(name):
    def make():
        # Nothing comes back as it was from pixel_unshuffle, under any shape.
        x = shape(2, 5, (1, 2, 3, 4, 8, 12, 18))
        return [floats(x)], {name: rng.choice([-1, 0, 1, 2, 2, 3])}
    return make


def windows():
    def pair(values):
        return [rng.choice(values), rng.choice(values)]
    return {"kernel_size": pair([0, 1, 2, 3]), "dilation": pair([0, 1, 1, 2]),
            "padding": pair([0, 0, 1, 2]), "stride": pair([0, 1, 1, 2, 3])}


def im2col():
    return [floats(shape(2, 5, (0, 1, 2, 3, 5, 6, 7, 8)))], windows()


def col2im():
    a = {"output_size": [rng.choice([0, 1, 4, 5, 6]), rng.choice([1, 3, 4, 6])]} | windows()
    try:
        columns = torch.nn.functional.unfold(torch.rand([2, 3] + a["output_size"]), **{
            k: v for k, v in a.items() if k != "output_size"}).shape
    except RuntimeError:
        columns = [2, 12, 4]
    x = list(columns[rng.choice([0, 1]):])
    if rng.random() < 0.2:
        x[rng.randrange(len(x))] = rng.choice([0, 1, 2, 4])
    return [floats(x)], a


COPIES = [("stack", stack, 30), ("repeat", repeat, 30), ("tile", tile, 30),
          ("repeat_interleave", repeat_interleave, 60), ("roll", roll, 40),
          ("flip", lambda: ([tensor(shape())], {"dims": [dim() for _ in range(rng.randint(0, 2))]}), 30),
          ("tril", simple(diagonal=ints(-2, 2)), 15), ("triu", simple(diagonal=ints(-2, 2)), 15),
          ("pad", pad, 200), ("pixel_shuffle", shuffle("upscale_factor"), 30),
          ("pixel_unshuffle", shuffle("downscale_factor"), 30),
          ("channel_shuffle", shuffle("groups"), 30), ("im2col", im2col, 60),
          ("col2im", col2im, 60)]


# The table ----------------------------------------------------------------------------------------

# What depends on data: the attribute that keeps what was seen, and how to see it.
SEEN = {"repeat_interleave": ("output_size", lambda a, i, o: "repeats" not in a and
                              o[0].shape[a.get("dim", 0)])}


def run(name, inputs, attributes):
    """(outputs, what is saved); None where there is no such call."""
    tensors = [oracle.data(spec) for spec in inputs]
    packed = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t):
        result = oracle.call(name, tensors, attributes)
    if result is None:
        return None
    outputs = list(result) if isinstance(result, (tuple, list)) else [result]
    if name in SEEN:
        attribute, see = SEEN[name]
        seen = see(attributes, tensors, outputs)
        if seen is not False:
            attributes[attribute] = seen
    if not any(t.requires_grad for t in outputs):
        return outputs, "?"
    return outputs, oracle.saved_text(packed, tensors, outputs)


def rows(name, make, count):
    written = 0
    while written < count:
        inputs, attributes = make()
        output, saved = "error", "?"
        try:
            result = run(name, inputs, attributes)
            if result is None:
                continue
            output = ";".join(oracle.typed(t.shape, str(t.dtype)[6:]) for t in result[0])
            saved = result[1]
        except (RuntimeError, IndexError, ValueError, TypeError) as error:
            # Most of the table is for shapes; what only lacks a kernel is no refusal.
            if "not implemented for" in str(error) or rng.random() < 0.7:
                continue
        yield [name, ";".join("-" if i is None else oracle.typed(*i[:2]) for i in inputs),
               ";".join(f"{k}={oracle.text(v)}" for k, v in attributes.items()), output, saved]
        written += 1


if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["type", "inputs", "attributes", "outputs", "saved"])
    for name, make, count in VIEWS + COPIES:
        rng.seed(name)  # the rows of an operator depend on no other
        torch.manual_seed(0)
        out.writerows(rows(name, make, count))
