"""Networks of timm, captured without weights, and what the convention of fvcore counts for them."""

import json
import pathlib
import subprocess
import tempfile


def captured(name: str, size: int):
    """The graph of the network at that input size, in evaluation."""
    import timm
    import torch
    from latcast import capture
    from latcast._loading import parameters_on_meta

    with parameters_on_meta():
        try:
            model = timm.create_model(name, img_size=size)
        except TypeError:  # built for any size
            model = timm.create_model(name)
    graph = capture(model, torch.empty(1, 3, size, size, device="meta"), resizable=False)
    graph.name = name
    return graph


def fvcore_macs(graph, latcast: pathlib.Path) -> tuple[int, list]:
    """What `latcast analyze --convention fvcore` prints, and the operators nobody knows."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "network.lcg"
        graph.save(path)
        result = subprocess.run(
            [latcast, "analyze", path, "--convention", "fvcore", "--format", "json"],
            capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(result.stderr.strip())
    report = json.loads(result.stdout)
    return report["totals"]["fvcore_flops"], [op["op"] for op in report["unknown_ops"]]


def as_published(gmacs: float, published: float) -> bool:
    """Within the last digit timm's tables have, or 0.2 %."""
    return abs(gmacs - published) <= max(0.01, 0.002 * published)
