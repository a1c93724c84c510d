#!/usr/bin/env python3
"""How accurate the model families are on files of measured latencies: one row a file and family.

    python3 tests/perf/accuracy_table.py tests/data/latency/*.csv [--calibration-points 100]

Each file is a points file. A family is fitted on points drawn at random and forecasts the others
(`latcast evaluate --train N --repeats R`); a file of fewer than 150 points has its groups left out
one by one instead, as all have with --leave-group-out. Whatever a fit decides (family, columns,
lengths, intervals) it decides on its own calibration points.

Columns: MdRE and MAPE of the forecasts [%], share within 10 % [%], Kendall's tau, share of the
measurements inside the 90 % interval [%], and what `auto` chose in how many fits.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

COLUMNS = ["file", "family", "MdRE", "MAPE", "in10", "tau", "in 90 %", "chosen"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--calibration-points", type=int, default=100)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", default="auto,relative,corrected,classic")
    parser.add_argument("--features", default="auto", help="feature set, but for classic")
    parser.add_argument("--without", default="", help="columns that are taken out of the files")
    parser.add_argument("--leave-group-out", action="store_true")
    parser.add_argument("--latcast", default="build/ci/bin/latcast")
    parser.add_argument("--json", type=pathlib.Path, help="writes the rows there, too")
    return parser.parse_args()


def ways(path, options):
    """How the file is evaluated: the flags of `latcast evaluate`."""
    points = sum(1 for line in path.open() if line.strip()) - 1
    if options.leave_group_out or points < 150:
        return ["--leave-group-out"]
    # A file with few points beside the calibration's gives 30 % of them to the test.
    train = min(options.calibration_points, points * 7 // 10)
    return ["--train", str(train), "--repeats", str(options.draws)]


def without(path, columns, folder):
    """The points file, or a copy that lacks these columns."""
    if not columns:
        return path
    with path.open() as file:
        rows = list(csv.reader(file))
    kept = [i for i, name in enumerate(rows[0]) if name not in columns.split(",")]
    copy = pathlib.Path(folder) / path.name
    with copy.open("w") as file:
        csv.writer(file).writerows([row[i] for i in kept] for row in rows)
    return copy


def rows_of(path, options):
    """One row a family; a family that refuses the points says why on standard error."""
    for name in options.families.split(","):
        command = [options.latcast, "evaluate", str(path), *ways(path, options), "--family", name,
                   "--features", options.features, "--seed", str(options.seed), "--format", "json"]
        ran = subprocess.run(command, capture_output=True, text=True)
        if ran.returncode != 0:
            print(f"accuracy_table: no {name} on {path}: {ran.stderr.strip()}", file=sys.stderr)
            continue
        for family in json.loads(ran.stdout)["families"]:
            yield {"file": path.stem, "how": " ".join(command[3:]), **family}


def cells(row):
    chosen = ", ".join(f"{name} {count}" for name, count in row["chosen"].items())
    return [row["file"], row["family"], f"{row['mdre']:.2f}", f"{row['mape']:.1f}",
            f"{row['in10']:.0f}", f"{row['tau']:.3f}", f"{row['coverage90']:.1f}",
            chosen if row["family"] == "auto" else ""]


def main():
    options = arguments()
    rows = []
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        for path in options.files:
            for row in rows_of(without(path, options.without, folder), options):
                rows.append(row)
                print("| " + " | ".join(cells(row)) + " |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
