#!/usr/bin/env python3
"""What the constants of the fits do to accuracy on unseen points, each halved and doubled.

    python3 tests/perf/constant_sensitivity.py tests/data/latency/*.csv [--draws 12]

Builds a `latcast` whose constants are read from the environment, beside the built one (--build),
and evaluates `--family auto` with it as accuracy_table.py does. Prints a row a setting: the change
of MdRE (geometric mean over the files, then the worst and the best file), and the least and the
largest share of measurements inside the 90 % interval.
"""
import argparse
import json
import math
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import accuracy_table

# File, constant, what it is.
CONSTANTS = [
    ("relative.cc", "kRidge", "ridge of the relative family"),
    ("select.cc", "kWorthwhile", "gain that a richer model needs, beside the standard error"),
    ("select.cc", "kStandardErrors", "standard errors that a richer model has to be better by"),
    ("select.cc", "kCap", "cap of an error in the choice, in medians"),
    ("gaussian_process.cc", "kOffset", "offset of a feature under the logarithm"),
    ("gaussian_process.cc", "kDeviations", "cap of a target, in deviations"),
    ("gaussian_process.cc", "kTunePoints", "points that lengths are tuned on"),
    ("gaussian_process.cc", "kMaxNodes", "nodes of the correction"),
    ("intervals.cc", "kWorthwhile", "gain that a part of the spread needs"),
    ("leverage.cc", "kUnseen", "points that stand under the leverage"),
]

READER = """
#include <cstdlib>
#include <type_traits>
namespace {
template <class T>
T FromEnvironment(const char* name, T value) {
  const char* given = std::getenv(name);
  return given == nullptr ? value : static_cast<T>(std::atof(given));
}
}  // namespace
"""


def variable(file, constant):
    return f"{pathlib.Path(file).stem}_{constant}"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--draws", type=int, default=12)
    parser.add_argument("--calibration-points", type=int, default=100)
    parser.add_argument("--leave-group-out", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/ci"))
    parser.add_argument("--factors", default="0.5,2")
    return parser.parse_args()


def with_environment(source, file):
    """The source with its constants read from the environment, and their values."""
    values = {}
    for other, constant, _ in CONSTANTS:
        if other != file:
            continue
        found = re.search(rf"constexpr (\w+) {constant} = ([^;]+);", source)
        if not found:
            raise SystemExit(f"constant_sensitivity: no {constant} in {file}")
        kind, value = found.groups()
        name = variable(file, constant)
        values[name] = float(value)
        source = source.replace(
            found.group(0),
            f'const {kind} {constant} = FromEnvironment<{kind}>("{name}", {value});')
    opened = source.index("namespace latcast::regression {")
    return source[:opened] + READER + source[opened:], values


def build(folder, options):
    """The program, and the constants' values."""
    commands = {pathlib.Path(entry["file"]).name: entry["command"]
                for entry in json.loads((options.build / "compile_commands.json").read_text())
                if pathlib.Path(entry["file"]).parent.name == "regression"
                and "latcast_regression.dir" in entry["command"]}
    values, objects = {}, []
    for file in dict.fromkeys(file for file, _, _ in CONSTANTS):
        source, of_file = with_environment(pathlib.Path("regression", file).read_text(), file)
        values |= of_file
        path = folder / file
        path.write_text(source)
        command = shlex.split(commands[file])
        command[command.index("-o") + 1] = str(path.with_suffix(".o"))
        command[command.index("-c") + 1] = str(path)
        subprocess.run(command, check=True, cwd=options.build)
        objects.append(str(path.with_suffix(".o")))
    link = subprocess.run(["ninja", "-C", options.build, "-t", "commands", "bin/latcast"],
                          capture_output=True, text=True, check=True).stdout.splitlines()[-1]
    link = re.sub(r" -o bin/latcast ", f" {' '.join(objects)} -o {folder}/latcast ", link)
    subprocess.run(link, shell=True, check=True, cwd=options.build)
    return folder / "latcast", values


def evaluated(options):
    """MdRE and coverage of each file."""
    return {path: (row["mdre"], row["coverage90"])
            for path in options.files for row in accuracy_table.rows_of(path, options)}


def main():
    options = arguments()
    options.families, options.features, options.seed = "auto", "auto", 1
    with tempfile.TemporaryDirectory() as folder:
        options.latcast, values = build(pathlib.Path(folder), options)
        default = evaluated(options)
        print("| constant | value | MdRE | worst file | best file | in 90 % |")
        print("|---|---|---|---|---|---|")
        shares = [share for _, share in default.values()]
        print(f"| as it is | | | | | {min(shares):.1f} - {max(shares):.1f} |", flush=True)
        for file, constant, meaning in CONSTANTS:
            name = variable(file, constant)
            for factor in map(float, options.factors.split(",")):
                os.environ[name] = repr(values[name] * factor)
                rows = evaluated(options)
                del os.environ[name]
                ratios = [rows[path][0] / default[path][0] for path in rows]
                mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
                shares = [share for _, share in rows.values()]
                print(f"| {meaning} | {values[name] * factor:g} | {100 * (mean - 1):+.1f} % | "
                      f"{100 * (max(ratios) - 1):+.1f} % | {100 * (min(ratios) - 1):+.1f} % | "
                      f"{min(shares):.1f} - {max(shares):.1f} |", flush=True)


if __name__ == "__main__":
    main()
