#!/usr/bin/env python3
"""Counts the features of measured networks again: a points file in, one with every column of the
general and cuda sets out. Names, groups, batches and latencies stay as they are.

    PYTHONPATH=build/ci/python python tests/data/latency/count_features.py POINTS.csv -o OUT.csv

A row's network is told by its name: MODEL@SIZE is a network of timm at that input size,
MBInvertedResBlock_SIZE_IN_SE_OUT_kKERNEL_sSTRIDE_ACTIVATION_MID a block of TF-NAS. They are captured
without weights and analysed by `latcast analyze`. Needs timm and the latcast package. A name that
nobody can build is reported, and its row left out.
"""

import argparse
import csv
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

COLUMNS = ("acts inp macs_dense macs_pointwise macs_grouped macs_depthwise macs_matmul io_matmul "
           "elementwise weights kernels macs_idle macs_unaligned n_reduce io_reduce io_copy").split()
BLOCK = re.compile(r"MBInvertedResBlock_(\d+)_(\d+)_(\d+)_(\d+)_k(\d)_s(\d)_(relu|swish)_(\d+)")


def timm_network(name):
    """The network and the sides of its input."""
    import timm

    model, size = name.rsplit("@", 1)
    try:
        network = timm.create_model(model, img_size=int(size))
    except TypeError:  # built for any size
        network = timm.create_model(model)
    return network, (3, int(size), int(size))


def tfnas_block(name):
    """An inverted residual block: expansion (none where it would not widen), depthwise
    convolution, squeeze and excitation where it has channels, projection, and the input added
    where shapes allow."""
    import torch
    from torch import nn

    class Swish(nn.Module):
        def forward(self, x):
            return x.mul_(x.sigmoid())

    *sizes, activation, mid = BLOCK.fullmatch(name).groups()
    size, inside, se, outside, kernel, stride = map(int, sizes)
    mid = int(mid)
    if mid < inside:
        raise ValueError("narrower than its input: the published table extrapolates such blocks")
    act = Swish if activation == "swish" else lambda: nn.ReLU(inplace=True)

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            wide = mid > inside
            self.expand = nn.Sequential(nn.Conv2d(inside, mid, 1, bias=False), nn.BatchNorm2d(mid),
                                        act()) if wide else nn.Identity()
            self.depthwise = nn.Sequential(
                nn.Conv2d(mid, mid, kernel, stride, kernel // 2, groups=mid, bias=False),
                nn.BatchNorm2d(mid), act())
            self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(mid, se, 1), act(),
                                         nn.Conv2d(se, mid, 1), nn.Sigmoid()) if se else None
            self.project = nn.Sequential(nn.Conv2d(mid, outside, 1, bias=False),
                                         nn.BatchNorm2d(outside))

        def forward(self, x):
            y = self.depthwise(self.expand(x))
            if self.squeeze is not None:
                y = y * self.squeeze(y)
            y = self.project(y)
            return y.add_(x) if stride == 1 and inside == outside else y

    return Block(), (inside, size, size)


def features(row, latcast):
    """The features of the row's network at its batch size."""
    import torch
    from latcast import capture
    from latcast._loading import parameters_on_meta

    with parameters_on_meta():
        build = tfnas_block if BLOCK.fullmatch(row["name"]) else timm_network
        network, shape = build(row["name"])
    graph = capture(network, torch.empty(int(row["batch"]), *shape, device="meta"), resizable=False)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "network.lcg"
        graph.save(path)
        ran = subprocess.run([latcast, "analyze", path, "--format", "json"], capture_output=True,
                             text=True)
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr.strip())
    return json.loads(ran.stdout)["totals"]["features"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("points", type=pathlib.Path)
    parser.add_argument("-o", "--out", type=pathlib.Path, required=True)
    parser.add_argument("--latcast", default="build/ci/bin/latcast")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = list(csv.DictReader(options.points.open()))
    counted = {}  # by network and batch
    left_out = 0
    with options.out.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", "group", "batch", *COLUMNS, "latency_ms"])
        for row in rows:
            key = (row["name"], row["batch"])
            try:
                if key not in counted:
                    counted[key] = features(row, options.latcast)
            except Exception as error:  # one network must not end the file
                left_out += 1
                print(f"{row['name']}: {str(error).splitlines()[0]}", file=sys.stderr)
                continue
            writer.writerow([row["name"], row["group"], row["batch"],
                             *(counted[key][column] for column in COLUMNS), row["latency_ms"]])
    print(f"{len(rows) - left_out} of {len(rows)} rows")
    return 1 if left_out else 0


if __name__ == "__main__":
    sys.exit(main())
