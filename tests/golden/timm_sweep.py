#!/usr/bin/env python3
"""Captures every network of a table of timm networks and compares parameters, MACs and activations
with what others counted. Run by hand: it takes an hour.

    python tests/golden/timm_sweep.py TABLE.csv --log sweep.csv [--latcast build/ci/bin/latcast]

TABLE has a row a network: model, img_size, pub_params_M, pub_gmacs, pub_macts_M as timm's results
publish them, and params, conv_matmul_gmacs, macts_M as counted again by others. Needs timm and the
latcast package. Each network goes to the log at once, and what stands there is not done again.
Prints every network that differs, and a summary.
"""

import argparse
import csv
import pathlib
import sys
import time
import warnings

import macs
import timm_networks

COLUMNS = ("model", "img_size", "error", "params", "fvcore_gmacs", "conv_matmul_gmacs", "macts_M",
           "unknown_ops", "seconds")


def measure(row: dict, latcast: pathlib.Path) -> dict:
    """The row of the log: what this project counts for that network."""
    found = dict.fromkeys(COLUMNS, "") | {"model": row["model"], "img_size": row["img_size"]}
    try:
        start = time.perf_counter()
        graph = timm_networks.captured(row["model"], int(row["img_size"]))
        found["seconds"] = f"{time.perf_counter() - start:.3f}"
        found["params"] = graph.num_parameters
        fvcore_macs, unknown = timm_networks.fvcore_macs(graph, latcast)
        found["fvcore_gmacs"] = fvcore_macs / 1e9
        found["unknown_ops"] = " ".join(unknown)
        total, activations = macs.count(graph)
        found["conv_matmul_gmacs"] = total / 1e9
        found["macts_M"] = activations / 1e6
    except Exception as error:  # one network must not end the sweep
        found["error"] = str(error).splitlines()[0] if str(error) else type(error).__name__
    return found


def differences(row: dict, found: dict) -> dict:
    """What differs, with both numbers."""
    if found["error"]:
        return {"fails": found["error"]}
    differ = {"unknown operators": found["unknown_ops"]} if found["unknown_ops"] else {}
    published = float(row["pub_gmacs"])
    if not timm_networks.as_published(float(found["fvcore_gmacs"]), published):
        differ["published MACs"] = f"{found['fvcore_gmacs']}, published {published}"
    for what, column, slack in (("params", "params", 0), ("MACs", "conv_matmul_gmacs", 0.001),
                                ("activations", "macts_M", 0.001)):
        if row[column] and abs(float(found[column]) - float(row[column])) > slack:
            differ[what] = f"{found[column]}, expected {row[column]}"
    return differ


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=pathlib.Path)
    parser.add_argument("--max-params", type=float, default=float("inf"), help="in millions")
    parser.add_argument("--log", type=pathlib.Path, required=True)
    parser.add_argument("--latcast", type=pathlib.Path, default="build/ci/bin/latcast")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")

    done = {}
    if arguments.log.exists():
        with arguments.log.open() as log:
            done = {(line["model"], line["img_size"]): line for line in csv.DictReader(log)}
    bad = {"fails": 0, "unknown operators": 0, "published MACs": 0, "params": 0, "MACs": 0, "activations": 0}
    rows = [row for row in csv.DictReader(arguments.table.open())
            if float(row["pub_params_M"]) <= arguments.max_params]
    with arguments.log.open("a", newline="") as log:
        writer = csv.DictWriter(log, COLUMNS)
        if not done:
            writer.writeheader()
        for row in rows:
            key = (row["model"], row["img_size"])
            if key not in done:
                done[key] = measure(row, arguments.latcast)
                writer.writerow(done[key])
                log.flush()
            for what, numbers in differences(row, done[key]).items():
                bad[what] += 1
                print(f"{row['model']}-{row['img_size']}: {what}: {numbers}", flush=True)
    built = len(rows) - bad["fails"]
    print(f"{len(rows)} rows, {built} built; published MACs equal for "
          f"{built - bad['published MACs']} ({1 - bad['published MACs'] / max(built, 1):.2%}); differ: "
          + ", ".join(f"{what} {number}" for what, number in bad.items()))
    return 1 if bad["fails"] else 0


if __name__ == "__main__":
    sys.exit(main())
