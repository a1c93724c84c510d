#!/usr/bin/env python3
"""Captures every network that TABLES of tests/data/golden name, for the C++ tests: DIR/NAME.lcg;
and those of tests/data/sizes/resized.csv at every size it names: DIR/resized/NAME-INPUT.lcg.

    PYTHONPATH=build/ci/python python tests/golden/capture_models.py DIR

A file that is younger than all it depends on is kept.
"""

import csv
import importlib.util
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ["torchvision-13-tools", "seed-dnn-analyzer", "seed-thoplw", "seed-torchscan"]
PINNED = {"torch": "2.11.0", "torchvision": "0.26.0"}
# Heads that only training uses; random weights that nobody reads.
ALIASES = {"googlenet-aux": "googlenet"}  # with the heads
ARGUMENTS = {"googlenet": {"aux_logits": False, "init_weights": False},
             "inception_v3": {"aux_logits": False, "init_weights": False},
             "googlenet-aux": {"init_weights": False}}


def networks() -> dict:
    """The input of each torchvision classifier named in a column `model`."""
    inputs = {}
    for table in TABLES:
        with open(ROOT / f"tests/data/golden/{table}.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                size = 299 if row["model"] == "inception_v3" else 224
                shape = row.get("input") or f"1x3x{size}x{size}"
                if inputs.setdefault(row["model"], shape) != shape:
                    raise SystemExit(f"{table}.csv: a second input for {row['model']}")
    for alias, name in ALIASES.items():
        inputs[alias] = inputs[name]
    return inputs


def files(folder: pathlib.Path) -> dict:
    """Each file there should be: (network, input)."""
    found = {folder / f"{name}.lcg": (name, shape) for name, shape in networks().items()}
    with open(ROOT / "tests/data/sizes/resized.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for shape in [row["captured"]] + ([] if row["refused"] else [row["other"]]):
                path = folder / "resized" / f"{row['model']}-{shape}.lcg"
                found[path] = row["model"], shape
    return found


def youngest_source() -> float:
    sources = [__file__, *(ROOT / "clients/python/latcast").glob("*.py"),
               ROOT / "proto/latcast/v1/graph.proto",
               *(importlib.util.find_spec(name).origin for name in PINNED)]
    return max(os.path.getmtime(source) for source in sources)


def capture_into(folder: pathlib.Path) -> None:
    (folder / "resized").mkdir(parents=True, exist_ok=True)
    since = youngest_source()
    wanted = files(folder)
    missing = [path for path in wanted if not path.exists() or path.stat().st_mtime <= since]
    print(f"{len(wanted) - len(missing)} captured networks are up to date")
    if not missing:
        return
    import torch
    import torchvision  # noqa: F401: its version is checked
    from latcast import capture
    from latcast._loading import load_model

    for name, version in PINNED.items():
        found = sys.modules[name].__version__.partition("+")[0]
        if found != version:
            raise SystemExit(f"capture_models.py: {name} {version} is pinned, {found} is installed")
    models = {}
    for path in missing:
        name, shape = wanted[path]
        task, _, model = name.rpartition(".")
        if name not in models:
            model = ALIASES.get(model, model)
            models[name] = load_model(f"torchvision.models{task and '.' + task}:{model}",
                                      ARGUMENTS.get(name, {}))
        tensor = torch.empty([int(dim) for dim in shape.split("x")], device="meta")
        graph = capture(models[name], [tensor] if task == "detection" else tensor)
        graph.name = name
        partial = path.with_suffix(".partial")
        graph.save(partial)
        partial.replace(path)  # an interrupted run leaves no half file
        print(graph)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    capture_into(pathlib.Path(sys.argv[1]))
