"""Writes torch_shapes.csv: what PyTorch says of random operator calls, shapes or a refusal.

    python tests/data/ops/make_torch_shapes.py > tests/data/ops/torch_shapes.csv
"""

import csv
import random
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(0)
rng = random.Random(20240517)


def shape(low=3, high=4, sizes=(1, 2, 3, 4, 6, 8)):
    return [rng.choice(sizes) for _ in range(rng.randint(low, high))]


def pair(values):
    return rng.choice(values) if rng.random() < 0.5 else [rng.choice(values), rng.choice(values)]


def conv2d():
    cin, groups = rng.choice([1, 2, 4, 6]), rng.choice([1, 1, 2, 3, 4])
    cout = rng.choice([1, 2, 4, 6])
    x = shape(3, 4, (1, 3, 5, 7, 8, 9))
    x[-3] = cin
    w = [cout, max(1, cin // groups), rng.randint(1, 5), rng.randint(1, 5)]
    a = {"stride": pair([1, 2, 3]), "padding": pair([0, 1, 2]), "dilation": pair([1, 2]),
         "groups": groups}
    if rng.random() < 0.15:
        a["padding"] = rng.choice(["same", "valid"])
    inputs = [x, w] + ([[cout]] if rng.random() < 0.3 else [])
    return inputs, a, lambda t: F.conv2d(*t, **a)


def pool(kind):
    def make():
        x = shape(3, 4, (1, 2, 3, 4, 5, 7, 8, 11))
        a = {"kernel_size": pair([1, 2, 3, 5]), "padding": pair([0, 0, 1, 2]),
             "ceil_mode": rng.random() < 0.5}
        if rng.random() < 0.7:
            a["stride"] = pair([1, 2, 3, 4])
        if kind == "max_pool2d" and rng.random() < 0.4:
            a["dilation"] = pair([1, 2, 3])
        return [x], a, lambda t: getattr(F, kind)(*t, **a)
    return make


def adaptive(kind):
    def make():
        x = shape(3, 4, (1, 2, 3, 5, 7))
        a = {"output_size": pair([1, 2, 3, 6])}
        return [x], a, lambda t: getattr(F, kind)(*t, **a)
    return make


def binary():
    a, b = shape(0, 4, (1, 1, 2, 3)), shape(0, 4, (1, 1, 2, 3))
    return [a, b], {}, lambda t: t[0] + t[1]


def matmul():
    return [shape(0, 4, (1, 2, 3)), shape(0, 4, (1, 2, 3))], {}, lambda t: t[0] @ t[1]


def linear():
    x = shape(0, 4, (1, 2, 3))
    return [x, [rng.choice([1, 4]), rng.choice([2, 3])]], {}, lambda t: F.linear(*t)


def flatten():
    a = {"start_dim": rng.randint(-4, 3), "end_dim": rng.randint(-4, 3)}
    return [shape(0, 4)], a, lambda t: torch.flatten(*t, **a)


def view():
    a = {"size": shape(0, 4, (-1, -1, 0, 1, 2, 3, 4, 6, 12))}
    return [shape(1, 3, (1, 2, 3, 4, 6))], a, lambda t: t[0].view(a["size"])


def permute():
    n = rng.randint(1, 4)
    dims = rng.sample(range(n), n)
    if rng.random() < 0.3:
        dims[0] = rng.randint(-n - 1, n)
    a = {"dims": [d - n if rng.random() < 0.3 else d for d in dims]}
    return [shape(n, n)], a, lambda t: t[0].permute(a["dims"])


def transpose():
    a = {"dim0": rng.randint(-4, 3), "dim1": rng.randint(-4, 3)}
    return [shape(0, 4)], a, lambda t: t[0].transpose(**a)


def mean():
    a = {"dim": [rng.randint(-3, 3) for _ in range(rng.randint(0, 2))],
         "keepdim": rng.random() < 0.5}
    return [shape(0, 4)], a, lambda t: t[0].mean(**a)


def softmax():
    a = {"dim": rng.randint(-4, 3)}
    return [shape(0, 4)], a, lambda t: t[0].softmax(**a)


def cat():
    x = shape(1, 3, (1, 2, 3))
    xs = [list(x) for _ in range(rng.randint(1, 3))]
    a = {"dim": rng.randint(-3, 2)}
    for y in xs:
        y[a["dim"] % len(y)] = rng.choice([0, 1, 4])
        if rng.random() < 0.1:
            y[0] += 1
    if rng.random() < 0.15:
        xs.append([0])
    return xs, a, lambda t: torch.cat(t, **a)


def prelu():
    x = shape(0, 4, (1, 2, 3))
    return [x, rng.choice([[], [1], [2], [3]])], {}, lambda t: F.prelu(*t)


def batch_norm():
    x = shape(1, 4, (1, 2, 3))
    c = [rng.choice([1, 2, 3])]
    return [x, c, c, c, c], {}, lambda t: F.batch_norm(t[0], t[3], t[4].abs(), t[1], t[2])


CASES = [("conv2d", conv2d, 150), ("max_pool2d", pool("max_pool2d"), 80),
         ("avg_pool2d", pool("avg_pool2d"), 80),
         ("adaptive_avg_pool2d", adaptive("adaptive_avg_pool2d"), 25),
         ("adaptive_max_pool2d", adaptive("adaptive_max_pool2d"), 25),
         ("add", binary, 40), ("matmul", matmul, 60), ("linear", linear, 25),
         ("flatten", flatten, 40), ("view", view, 60), ("permute", permute, 25),
         ("transpose", transpose, 25), ("mean", mean, 40), ("softmax", softmax, 20),
         ("cat", cat, 40), ("prelu", prelu, 25), ("batch_norm", batch_norm, 25)]


def dims(x):
    return "x".join(map(str, x)) if len(x) else "scalar"


def text(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    return "[" + " ".join(map(str, v)) + "]" if isinstance(v, list) else str(v)


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["type", "inputs", "attributes", "output"])
for name, make, count in CASES:
    written = 0
    while written < count:
        inputs, attributes, call = make()
        try:
            result = call([torch.rand(s) for s in inputs])
            output = dims((result[0] if isinstance(result, tuple) else result).shape)
        except (RuntimeError, IndexError, ValueError):
            if rng.random() < 0.7:
                continue  # keep most of the table for shapes
            output = "error"
        out.writerow([name, ";".join(map(dims, inputs)),
                      ";".join(f"{k}={text(v)}" for k, v in attributes.items()), output])
        written += 1
