#!/usr/bin/env python3
"""Makes the captured networks of this folder anew, from the pinned versions (README.md).

    python analyzer/zoo/make_zoo.py [--out DIR]
"""

import argparse
import pathlib
import sys

# Name, input. The files are listed for the build in CMakeLists.txt.
NETWORKS = [
    ("alexnet", (1, 3, 224, 224)),
    ("mobilenet_v2", (1, 3, 224, 224)),
    ("resnet18", (1, 3, 224, 224)),
    ("resnet50", (1, 3, 224, 224)),
    ("vgg16", (1, 3, 224, 224)),
]
PINNED = {"torch": "2.11.0", "torchvision": "0.26.0"}


def make(out: pathlib.Path) -> None:
    import torch
    import torchvision  # noqa: F401: its version is checked
    from latcast import capture
    from latcast._loading import load_model

    for name, version in PINNED.items():
        found = sys.modules[name].__version__.partition("+")[0]
        if found != version:
            raise SystemExit(f"make_zoo.py: {name} {version} is pinned, {found} is installed")
    for name, shape in NETWORKS:
        graph = capture(load_model(f"torchvision.models:{name}", {}),
                        torch.empty(shape, device="meta"))
        graph.name = name
        graph.save(out / f"{name}.lcg")
        print(graph)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent,
                        help="folder for the files (default: this one)")
    make(parser.parse_args().out)
