"""Writes torch_movement.csv: views, copies, indexing, sorting, padding and detection; the columns are those
of make_torch_elementwise.py.

    python tests/data/ops/make_torch_movement.py > tests/data/ops/torch_movement.csv

Whole numbers are indices: what is saved stands wherever all floating-point inputs want a gradient.
"""

import csv
import random
import sys

import torch
import torchvision  # noqa: F401, its operators

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


# Indices and order --------------------------------------------------------------------------------

MASKS = ("bool", "bool", "uint8")


def filled(low=1, high=4):
    """A shape without zeros, mostly."""
    return shape(low, high, (1, 2, 2, 3, 3, 4, 4, 5, 5, 0) if rng.random() < 0.1 else (1, 2, 3, 4, 5))


def index_shape(common):
    """A shape that broadcasts with others from the same place, mostly."""
    x = [d if rng.random() < 0.7 else 1 for d in common[rng.randint(0, len(common)):]]
    if x and rng.random() < 0.05:
        x[0] += 1
    return x


def indices(x):
    """An index, a mask or nothing for each dimension."""
    common, result, at = shape(0, 2, (1, 2, 3)), [], 0
    while at < len(x) and rng.random() < 0.8:
        kind = rng.random()
        if kind < 0.3:
            result.append(None)
        elif kind < 0.45:
            over = x[at:at + rng.randint(1, 2)]
            result.append((over, rng.choice(MASKS), 2))
            at += len(over) - 1
        else:
            result.append((index_shape(common), rng.choice(["int64", "int64", "int32"]), 1))
        at += 1
    # PyTorch overlooks one too many behind a mask.
    if rng.random() < 0.05 and not any(i and i[1] in MASKS for i in result):
        result.append(index([1]))
    return result


def index_():
    x = filled()
    places = indices(x)
    if 0 in x and not any(places):
        places = [index([2])]  # PyTorch overlooks that nothing is indexed
    return [tensor(x)] + places, {}


def index_put():
    x = filled()
    places = [i for i in indices(x) if i is None or i[1] not in MASKS]
    try:
        shown = oracle.call("index", [torch.rand(x)] + [i and oracle.data(i) for i in places], {}).shape
    except (RuntimeError, IndexError, AttributeError):
        shown = torch.Size([1])
    values = [d if rng.random() < 0.8 else 1 for d in shown[rng.choice([0, 0, 0, 1]):]]
    return [floats(x)] + places + [floats(values)], some(accumulate=rng.random() < 0.5)


def index_select():
    return [tensor(shape(0, 3)), index(rng.choice([[], [0], [1], [2], [4], [1, 1]]))], {"dim": dim()}


def positions(x, at, more=3):
    """An index like x, mostly no larger but along one dimension."""
    n = len(x)
    y = [max(0, d - rng.choice([0, 0, 1])) for d in x]
    if n:
        y[at % n] = rng.randint(0, more)
    if rng.random() < 0.1:
        y = y + [1] if rng.random() < 0.5 else [d + 1 for d in y]
    return y


def gather():
    x, at = shape(0, 3, (1, 2, 3, 4)), dim()
    return [tensor(x), index(positions(x, at))], {"dim": at}


def take():
    return [tensor(shape(0, 3, (1, 2, 3))), index(shape(0, 3))], {}


def take_along_dim():
    x, at = shape(0, 3, (1, 2, 3)), dim()
    y = [d if rng.random() < 0.7 else 1 for d in x]
    if y:
        y[at % len(y)] = rng.randint(1, 4)
    return [tensor(x), index(y)], some(dim=at)


def masked_select():
    x = shape(0, 3)
    return [tensor(x), (widened(x), rng.choice(MASKS), 2)], {}


def nonzero_static():
    x = shape(0, 3)
    return [(x, "int64", 2)], {"size": rng.randint(-1, 5)}


def scatter(name):
    def make():
        x, at = shape(0, 3, (1, 2, 3, 4)), dim()
        y = positions(x, at, 2)
        source = [d + rng.choice([0, 0, 0, 1]) for d in y]
        if source and rng.random() < 0.1:
            source[0] = max(0, source[0] - 1)
        a = {"dim": at}
        if name == "scatter_reduce":
            return [floats(x), index(y), floats(source)], a | {"reduce": rng.choice(["sum", "amax"])}
        if name == "scatter" and rng.random() < 0.3:
            return [floats(x), index(y)], a | {"value": 0.5}
        return [floats(x), index(y), floats(source)], a
    return make


def index_add():
    x, at = shape(0, 3, (1, 2, 3, 4)), dim()
    count = rng.randint(0, 3)
    source = list(x)
    if source:
        source[at % len(source)] = count
    if rng.random() < 0.15:
        source = source + [1] if rng.random() < 0.5 else source[1:]
    places = rng.choice([[count], [count], [count], []])
    return [floats(x), index(places), floats(source)], {"dim": at}


def index_fill():
    x = [floats(shape(0, 3, (1, 2, 3))), index(rng.choice([[], [0], [2], [1, 1]]))]
    if rng.random() < 0.5:
        return x, {"dim": dim(), "value": 0.5}
    return x + [floats(rng.choice([[], [], [1]]))], {"dim": dim()}


def masked_scatter():
    x = shape(0, 3, (1, 2, 3))
    return [floats(x), (widened(x), "bool", 2), floats([60])], {}


def part_scatter(name):
    def make():
        x = shape(1, 3, (1, 2, 3, 4))
        if name == "select":
            a = {"dim": dim(), "index": rng.randint(-2, 2)}
        elif name == "slice":
            a = some(dim=dim(), start=rng.randint(-2, 2), end=rng.randint(0, 4), step=rng.choice([1, 2]))
        else:
            a = some(offset=rng.randint(-2, 2), dim1=dim(), dim2=dim())
        try:
            part = list(oracle.call(name, [torch.rand(x)], a).shape)
        except (RuntimeError, IndexError):
            part = [2]
        if rng.random() < 0.1:
            part = part[1:] or [2]
        return [floats(x), floats(part)], a
    return make


def topk():
    x, at = shape(0, 3, (1, 2, 3, 4)), dim()
    return [floats(x)], {"k": rng.randint(-1, 4)} | some(dim=at, largest=True)


def searchsorted():
    rows = shape(1, 3, (1, 2, 3))
    sought = rows[:-1] + [rng.randint(1, 4)] if rng.random() < 0.6 else shape(0, 3, (1, 2, 3))
    a = some(out_int32=rng.random() < 0.5, right=True)
    if rng.random() < 0.2:
        return [floats(rng.choice([rows, [4]])), None], a | {"self": 0.5}
    sorter = [(rows if rng.random() < 0.8 else [2], "int64", 1)] if rng.random() < 0.3 else []
    return [floats(rows if rng.random() < 0.6 else [4]), floats(sought)] + sorter, a


INDICES = [("index", index_, 150), ("index_select", index_select, 30), ("gather", gather, 40),
           ("take", take, 15), ("take_along_dim", take_along_dim, 40),
           ("masked_select", masked_select, 30), ("nonzero", lambda: ([(shape(0, 3), "int64", 2)], {}), 15),
           ("nonzero_numpy", lambda: ([(shape(0, 3), "int64", 2)], {}), 15),
           ("nonzero_static", nonzero_static, 15), ("scatter", scatter("scatter"), 60),
           ("scatter_add", scatter("scatter_add"), 40),
           ("scatter_reduce", scatter("scatter_reduce"), 40), ("index_add", index_add, 40),
           ("index_copy", index_add, 40), ("index_fill", index_fill, 30),
           ("index_put", index_put, 80), ("masked_scatter", masked_scatter, 20),
           ("select_scatter", part_scatter("select"), 20),
           ("slice_scatter", part_scatter("slice"), 20),
           ("diagonal_scatter", part_scatter("diagonal"), 20),
           ("sort", lambda: ([floats(shape(0, 3))], some(dim=dim(), descending=True)), 15),
           ("argsort", lambda: ([floats(shape(0, 3))], some(dim=dim())), 15), ("topk", topk, 30),
           ("searchsorted", searchsorted, 50)]


# Detection ----------------------------------------------------------------------------------------

def pooled(name):
    def make():
        x = [rng.choice([1, 2]), rng.choice([1, 4, 6, 12]), 5, 6][rng.random() < 0.05:]
        a = {"spatial_scale": 0.5, "pooled_height": rng.choice([1, 2, 2, 3]),
             "pooled_width": rng.choice([1, 2, 3])}
        if "align" in name:
            a["sampling_ratio"] = rng.choice([-1, 0, 2])
        if name == "roi_align":
            a["aligned"] = rng.random() < 0.5
        columns = [5] if name == "roi_pool" else [5, 5, 5, 5, 4]  # roi_pool reads past four
        return [floats(x), floats([rng.randint(0, 3), rng.choice(columns)])], a
    return make


def nms():
    n = rng.randint(0, 5)
    boxes = [floats([n, rng.choice([4, 4, 4, 5])]), floats([n + (rng.random() < 0.1)])]
    return boxes, {"iou_threshold": 0.5}


def deform_conv2d():
    groups, parts = rng.choice([1, 1, 2]), rng.choice([1, 1, 2])
    cin, cout = rng.choice([2, 4]), rng.choice([2, 4, 6])
    kernel, size = [rng.randint(1, 3), rng.randint(1, 3)], [rng.randint(3, 7), rng.randint(3, 7)]
    a = {"stride_h": rng.randint(1, 2), "stride_w": rng.randint(1, 2), "pad_h": rng.randint(0, 1),
         "pad_w": rng.randint(0, 1), "dilation_h": rng.randint(1, 2), "dilation_w": rng.randint(1, 2),
         "groups": groups, "offset_groups": parts, "use_mask": rng.random() < 0.5}
    out = [(size[i] + 2 * a["pad_" + s] - a["dilation_" + s] * (kernel[i] - 1) - 1)
           // a["stride_" + s] + 1 for i, s in enumerate("hw")]
    n, area = rng.choice([1, 2]), kernel[0] * kernel[1]
    if rng.random() < 0.1:
        out[0] += 1
    if min(out) < 1:
        out = [1, 1]
    mask = [n, parts * area] + out if a["use_mask"] else [n, 1]
    shapes = [[n, cin] + size, [cout, cin // groups] + kernel, [n, 2 * parts * area] + out, mask, [cout]]
    if rng.random() < 0.05:
        shapes[4] = [cout + 1]
    return [floats(s) for s in shapes], a


DETECTION = [("roi_align", pooled("roi_align"), 20), ("ps_roi_align", pooled("ps_roi_align"), 20),
             ("roi_pool", pooled("roi_pool"), 15), ("ps_roi_pool", pooled("ps_roi_pool"), 15),
             ("nms", nms, 20), ("deform_conv2d", deform_conv2d, 60)]
for name, _, _ in DETECTION:
    oracle.CALLS[name] = getattr(torch.ops.torchvision, name)
oracle.CALLS["searchsorted"] = lambda rows, x, sorter=None, **a: torch.searchsorted(
    rows, a.pop("self", x), sorter=sorter, **a)


# The table ----------------------------------------------------------------------------------------

# What depends on data: the attribute that keeps what was seen, and how to see it.
def rows_of_result(attributes, inputs, outputs):
    return outputs[0].shape[0]


def true_of_masks(attributes, inputs, outputs):
    masks = [t for t in inputs[1:] if t is not None and t.dtype in (torch.bool, torch.uint8)]
    counts = [int(t.count_nonzero()) for t in masks]
    return next((c for c in counts if c != 1), 1) if counts else None


def sum_of_repeats(attributes, inputs, outputs):
    return None if "repeats" in attributes else outputs[0].shape[attributes.get("dim", 0)]


SEEN = {"repeat_interleave": ("output_size", sum_of_repeats), "index": ("count", true_of_masks),
        "masked_select": ("count", rows_of_result), "nonzero": ("count", rows_of_result),
        "nonzero_numpy": ("count", rows_of_result),
        "nms": ("count", rows_of_result)}


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
        if seen is not None:
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
            of_data = "could not be broadcast" in str(error) and any(i and i[1] in MASKS for i in inputs)
            if "not implemented for" in str(error) or of_data or rng.random() < 0.7:
                continue
            if name in SEEN and "repeats" not in attributes:
                attributes[SEEN[name][0]] = 1  # so that this is not what is missing
        yield [name, ";".join("-" if i is None else oracle.typed(*i[:2]) for i in inputs),
               ";".join(f"{k}={oracle.text(v)}" for k, v in attributes.items()), output, saved]
        written += 1


if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["type", "inputs", "attributes", "outputs", "saved"])
    for name, make, count in VIEWS + COPIES + INDICES + DETECTION:
        rng.seed(name)  # the rows of an operator depend on no other
        torch.manual_seed(0)
        out.writerows(rows(name, make, count))
