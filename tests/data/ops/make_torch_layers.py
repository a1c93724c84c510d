"""Writes torch_layers.csv: what PyTorch makes of random calls of layers; see make_torch_elementwise.

    python tests/data/ops/make_torch_layers.py > tests/data/ops/torch_layers.csv
"""

import csv
import sys

import torch
import torch.nn.functional as F
from make_torch_elementwise import CALLS, rng, rows

aten = torch.ops.aten
DTYPES = ["float32", "float32", "float32", "float64"]


def sizes(dims, values):
    """One number, or one for each dimension."""
    return rng.choice(values) if rng.random() < 0.5 else [rng.choice(values) for _ in range(dims)]


def image(dims, channels, values=(1, 3, 5, 7, 8, 9)):
    """Batch, channels and sizes; at times without the batch."""
    batch = [rng.choice([1, 2])] if rng.random() < 0.8 else []
    return batch + [channels] + [rng.choice(values) for _ in range(dims)]


def of_one_type(shapes, others=0.02):
    """Tensors of one type, hardly ever of two."""
    dtype = rng.choice(DTYPES)
    types = [dtype if rng.random() >= others else rng.choice(DTYPES) for _ in shapes]
    return [None if s is None else (s, t) for s, t in zip(shapes, types)]


# Convolution --------------------------------------------------------------------------------------

def conv(dims):
    def make():
        cin, cout = rng.choice([1, 2, 4, 6]), rng.choice([1, 2, 4, 6])
        groups = rng.choice([1, 1, 2, 3, 4])
        kernel = [rng.randint(1, 4) for _ in range(dims)]
        a = {"stride": sizes(dims, [1, 2, 3]), "padding": sizes(dims, [0, 1, 2]),
             "dilation": sizes(dims, [1, 2]), "groups": groups}
        if rng.random() < 0.25:
            a["padding"] = rng.choice(["same", "valid"])
            a["stride"] = rng.choice([1, 1, 2])
        bias = [rng.choice([cout, cout, cout, 3])] if rng.random() < 0.4 else None
        return of_one_type([image(dims, cin), [cout, max(1, cin // groups)] + kernel, bias]), a
    return make


def conv_transpose(dims):
    def make():
        groups = rng.choice([1, 1, 2, 3])
        cin, cout = groups * rng.choice([1, 2]), groups * rng.choice([1, 2, 3])
        kernel = [rng.randint(1, 4) for _ in range(dims)]
        a = {"stride": sizes(dims, [1, 2, 3]), "padding": sizes(dims, [0, 0, 1, 2]),
             "output_padding": sizes(dims, [0, 0, 0, 1, 2]), "groups": groups,
             "dilation": sizes(dims, [1, 1, 2, 3])}
        bias = [rng.choice([cout, cout, cout, 3])] if rng.random() < 0.4 else None
        weight = [rng.choice([cin] * 9 + [5]), cout // groups] + kernel
        return of_one_type([image(dims, cin, (1, 2, 3, 5)), weight, bias]), a
    return make


# Pooling ------------------------------------------------------------------------------------------

def pool(dims, dilations=()):
    def make():
        a = {"kernel_size": sizes(dims, [1, 2, 3, 5]), "padding": sizes(dims, [0, 0, 1, 2]),
             "ceil_mode": rng.random() < 0.5}
        if rng.random() < 0.7:
            a["stride"] = sizes(dims, [1, 2, 3, 4])
        if dilations and rng.random() < 0.4:
            a["dilation"] = sizes(dims, dilations)
        return of_one_type([image(dims, 2, (1, 2, 3, 4, 5, 7, 8, 11))]), a
    return make


def adaptive(dims):
    def make():
        a = {"output_size": [rng.choice([1, 1, 1, 2, 3, 6]) for _ in range(dims)]}
        return of_one_type([image(dims, 2, (1, 2, 3, 5, 7))]), a
    return make


# Normalization ------------------------------------------------------------------------------------

def scales(shape, count):
    """Weight, bias, ...: mostly of the shape, at times absent or wrong."""
    wrong = [d + 1 for d in shape]
    return [(wrong if rng.random() < 0.05 else shape) if rng.random() < 0.8 else None
            for _ in range(count)]


def batch_norm():
    x = [rng.choice([2, 3]) for _ in range(rng.randint(1, 5))]
    means = scales([3], 1) * 2
    return of_one_type([x] + scales([3], 2) + means, 0), {"training": rng.random() < 0.7}


def instance_norm():
    x = [rng.choice([1, 2]), 3] + [rng.choice([2, 3]) for _ in range(rng.randint(1, 3))]
    means = scales([3], 1) * 2
    return of_one_type([x] + scales([3], 2) + means, 0), {"use_input_stats": rng.random() < 0.7}


def group_norm():
    c = rng.choice([4, 6])
    x = [rng.choice([1, 2]), c] + [rng.choice([1, 2, 3]) for _ in range(rng.randint(0, 3))]
    return of_one_type([x] + scales([c], 1) * 2, 0), {"num_groups": rng.choice([1, 2, 3, 4, 6])}


def trailing_norm(count):
    def make():
        x = [rng.choice([1, 2, 3]) for _ in range(rng.randint(1, 4))]
        normalized = x[rng.randint(0, len(x) - 1):]
        if rng.random() < 0.1:
            normalized[0] += 1
        return of_one_type([x] + scales(normalized, count), 0), {"normalized_shape": normalized}
    return make


# Softmax, resampling, attention -------------------------------------------------------------------

def softmax():
    x = [rng.choice([1, 2, 3]) for _ in range(rng.randint(0, 4))]
    return of_one_type([x]), {"dim": rng.randint(-4, 3)}


def interpolate():
    mode = rng.choice(["nearest", "nearest-exact", "linear", "bilinear", "trilinear", "bicubic"])
    own = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}.get(mode, rng.randint(1, 3))
    dims = own if rng.random() < 0.95 else rng.randint(1, 3)
    a = {"mode": mode}
    if rng.random() < 0.5:
        a["output_size"] = [rng.choice([1, 2, 5, 7, 13] + [0] * (rng.random() < 0.1))
                            for _ in range(dims)]
    else:
        a["scale_factors"] = [rng.choice([2.0, 1.5, 0.5, 0.3, 1.1, 3.7]) for _ in range(dims)]
    if mode in ("bilinear", "bicubic") and rng.random() < 0.3:
        a["antialias"] = True
    x = [rng.choice([1, 2]), 3] + [rng.choice([1, 2, 5, 9, 10]) for _ in range(dims)]
    return of_one_type([x]), a


def grid_sample():
    dims = rng.choice([2, 2, 3])
    n = rng.choice([1, 2])
    x = [n, 3] + [rng.choice([1, 4, 5]) for _ in range(dims)]
    grid = [n if rng.random() < 0.9 else 3] + [rng.choice([1, 2, 6]) for _ in range(dims)]
    grid.append(dims if rng.random() < 0.9 else 5 - dims)
    return of_one_type([x, grid]), {"interpolation_mode": rng.choice([0, 0, 1, 2])}


def attention():
    batch = [rng.choice([1, 2]) for _ in range(rng.choice([0, 1, 2, 2, 2, 2, 3]))]
    d, dv, sq, sk = (rng.choice([1, 4, 8]) for _ in range(4))
    dv = d if rng.random() < 0.7 else dv
    a = {"is_causal": rng.random() < 0.2}
    keys = list(batch)
    if len(batch) == 2 and rng.random() < 0.2:
        a["enable_gqa"] = True
        batch[1], keys[1] = rng.choice([4, 6]), rng.choice([1, 2, 3])
    elif keys and rng.random() < 0.1:
        keys[0] = rng.choice([1, 2, 3])
    if rng.random() < 0.05:
        sk += 1
    mask = rng.choice([[sq, sk], batch + [sq, sk], [sk], [1, sk], [sq, 1], [2, sk]])
    inputs = [batch + [sq, d], keys + [sk, d], keys + [sk + (rng.random() < 0.05), dv],
              mask if rng.random() < 0.3 and not a["is_causal"] else None]
    return of_one_type(inputs), a


# Calls --------------------------------------------------------------------------------------------

def call_interpolate(x, mode, output_size=None, scale_factors=None, antialias=False):
    name = {"nearest": f"upsample_nearest{x.dim() - 2}d", "linear": "upsample_linear1d",
            "nearest-exact": f"_upsample_nearest_exact{x.dim() - 2}d",
            "bilinear": "upsample_bilinear2d", "bicubic": "upsample_bicubic2d",
            "trilinear": "upsample_trilinear3d"}[mode]
    name = f"_{name}_aa" if antialias else name
    corners = [] if "nearest" in mode else [False]
    return getattr(aten, name).vec(x, output_size, *corners, scale_factors)


def call_batch_norm(x, weight, bias, mean, var, training):
    mean, var = (t if t is None else t.detach() for t in (mean, var))
    return F.batch_norm(x, mean, var, weight, bias, training)


def call_instance_norm(x, weight, bias, mean, var, use_input_stats):
    mean, var = (t if t is None else t.detach() for t in (mean, var))
    return torch.instance_norm(x, weight, bias, mean, var, use_input_stats, 0.1, 1e-5, True)


def call_attention(q, k, v, mask, **attributes):
    mask = mask if mask is None else mask.detach()
    return F.scaled_dot_product_attention(q, k, v, mask, **attributes)


CALLS |= {"interpolate": call_interpolate, "batch_norm": call_batch_norm,
          "instance_norm": call_instance_norm, "scaled_dot_product_attention": call_attention,
          "grid_sample": lambda x, grid, interpolation_mode:
              aten.grid_sampler(x, grid, interpolation_mode, 0, False)}
for d in (1, 2, 3):
    CALLS[f"conv{d}d"] = getattr(F, f"conv{d}d")
    CALLS[f"conv_transpose{d}d"] = getattr(F, f"conv_transpose{d}d")
    CALLS[f"adaptive_max_pool{d}d"] = lambda x, d=d, **a: (
        getattr(aten, f"adaptive_max_pool{d}d")(x, **a)[0])


def kept_otherwise(row):
    """Whether PyTorch's CPU keeps for the backward pass what no fused kernel or no training does."""
    name, inputs, attributes = row[:3]
    if name == "scaled_dot_product_attention":
        query, key = inputs.split(";")[:2]
        return (query.count("x") != 3 or query.split("x")[:2] != key.split("x")[:2]
                or query.split("x")[3:] != inputs.split(";")[2].split("x")[3:])
    return name == "rms_norm" or "training=false" in attributes or "stats=false" in attributes


CASES = [(f"conv{d}d", conv(d), n) for d, n in ((1, 50), (2, 50), (3, 40))]
CASES += [(f"conv_transpose{d}d", conv_transpose(d), n) for d, n in ((1, 50), (2, 70), (3, 50))]
CASES += [(f"max_pool{d}d", pool(d, [1, 2, 3]), 40) for d in (1, 2, 3)]
CASES += [(f"avg_pool{d}d", pool(d), 40) for d in (1, 2, 3)]
CASES += [(f"adaptive_{kind}_pool{d}d", adaptive(d), 15) for kind in ("avg", "max")
          for d in (1, 2, 3)]
CASES += [("batch_norm", batch_norm, 40), ("instance_norm", instance_norm, 40),
          ("group_norm", group_norm, 40), ("layer_norm", trailing_norm(2), 40),
          ("rms_norm", trailing_norm(1), 30), ("softmax", softmax, 15),
          ("log_softmax", softmax, 15), ("interpolate", interpolate, 120),
          ("grid_sample", grid_sample, 50), ("scaled_dot_product_attention", attention, 100)]

if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["type", "inputs", "attributes", "outputs", "saved"])
    for case in CASES:
        for row in rows(*case):
            out.writerow(row[:4] + ["?" if kept_otherwise(row) else row[4]])
