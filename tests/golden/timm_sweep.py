#!/usr/bin/env python3
"""Captures every network of a table of timm networks and compares parameters, MACs and activations
with what others counted. Run by hand: it takes minutes.

    python tests/golden/timm_sweep.py TABLE.csv [--max-params 90] [--out DIR]

TABLE has a row a network: model, img_size, params, conv_matmul_gmacs, macts_M, counted by others.
Needs timm and the latcast package. Prints a line for each network that differs, and a summary.
"""

import argparse
import csv
import pathlib
import sys
import time
import warnings

import macs
import torch


def build(name: str, size: int):
    """The network without weights, at its input size where it is built for one."""
    import timm
    from latcast._loading import parameters_on_meta

    with parameters_on_meta():
        try:
            return timm.create_model(name, img_size=size)
        except TypeError:
            return timm.create_model(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--max-params", type=float, default=90, help="in millions")
    parser.add_argument("--out", type=pathlib.Path, help="folder for the captured graphs")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    from latcast import capture

    rows = [row for row in csv.DictReader(arguments.table.open())
            if float(row["pub_params_M"]) <= arguments.max_params]
    bad = {"fails": 0, "params": 0, "MACs": 0, "activations": 0}
    seconds = []
    for row in rows:
        name, size = row["model"], int(row["img_size"])
        try:
            model = build(name, size)
            start = time.perf_counter()
            graph = capture(model, torch.empty(1, 3, size, size, device="meta"))
            seconds.append(time.perf_counter() - start)
        except Exception as error:  # one network must not end the sweep
            bad["fails"] += 1
            print(f"{name}-{size}: fails: {error}", flush=True)
            continue
        if arguments.out:
            graph.name = name
            graph.save(arguments.out / f"{name}-{size}.lcg")
        total, activations = macs.count(graph)
        for what, found, expected, slack in (
                ("params", graph.num_parameters, row["params"], 0),
                ("MACs", total / 1e9, row["conv_matmul_gmacs"], 0.001),
                ("activations", activations / 1e6, row["macts_M"], 0.001)):
            if expected and abs(found - float(expected)) > slack:
                bad[what] += 1
                print(f"{name}-{size}: {what} {found}, expected {expected}", flush=True)
    print(f"{len(rows)} rows, {len({row['model'] for row in rows})} networks; differ: "
          + ", ".join(f"{what} {number}" for what, number in bad.items()))
    seconds.sort()
    print(f"capture: median {seconds[len(seconds) // 2]:.3f} s, longest {seconds[-1]:.3f} s")
    return 1 if bad["fails"] else 0


if __name__ == "__main__":
    sys.exit(main())
