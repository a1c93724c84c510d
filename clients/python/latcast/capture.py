"""latcast.capture(): one forward pass of a torch module, on tensors that have no data."""

from __future__ import annotations

import inspect
import sys

from latcast.errors import CaptureError, describe
from latcast.graph import SCHEMA_VERSION, Graph
from latcast.v1 import graph_pb2

# torch is imported by the first capture, not with the package: it takes seconds, and graphs are
# read without it.


def capture(model, *inputs, proposals: int | None = None, detections: int | None = None,
            **kwargs) -> Graph:
    """Captures model(*inputs, **kwargs) in evaluation mode.

    Runs on meta tensors: no weight is read, nothing is computed, and the inputs count only by shape
    and dtype. The module is left as it was. Raises CaptureError naming the module call that failed.

    A detector of torchvision is captured with as many proposals and detections an image as it is
    configured to keep at most, or with fewer: `proposals`, `detections`.
    """
    import torch

    from latcast._detection import assumed
    from latcast._modules import prepared
    from latcast._recorder import Recorder

    model = getattr(model, "_orig_mod", model)  # what torch.compile wrapped
    if not isinstance(model, torch.nn.Module):
        raise CaptureError(f"a torch.nn.Module is captured, not a {type(model).__name__}")
    proto = graph_pb2.Graph(schema_version=SCHEMA_VERSION, name=type(model).__name__,
                            producer=_producer(model))
    recorder = Recorder(proto)
    try:
        with prepared(model, recorder):
            inputs, kwargs = _add_inputs(recorder, model, inputs, kwargs)
            boxes = assumed(model, proposals, detections, recorder.open_class)
            with boxes, torch.inference_mode(), recorder:
                output = model(*inputs, **kwargs)
            proto.outputs.extend(recorder.values_of(output))
    except CaptureError:
        raise
    except Exception as error:
        where = recorder.open_path()
        raise CaptureError(f"{proto.name} fails on meta tensors: {describe(error)}",
                           f"in {where}" if where else "") from error
    if not proto.outputs:
        raise CaptureError(f"{proto.name} returns no tensor")
    return Graph(proto)


def _add_inputs(recorder, model, inputs, kwargs):
    """Moves the inputs to meta and names their values after the arguments of forward()."""
    import torch
    from torch.utils import _pytree as pytree

    inputs, kwargs = pytree.tree_map_only(torch.Tensor, recorder.values.to_meta, (inputs, kwargs))
    try:
        bound = inspect.signature(model.forward).bind(*inputs, **kwargs)
    except TypeError as error:
        raise CaptureError(f"{type(model).__name__}.forward(): {error}") from error
    for name, argument in bound.arguments.items():
        tensors = [t for t in pytree.tree_leaves(argument) if isinstance(t, torch.Tensor)]
        for i, tensor in enumerate(tensors):
            recorder.add_input(tensor, name if len(tensors) == 1 else f"{name}.{i}")
    return inputs, kwargs


def _producer(model) -> str:
    """"torch 2.11.0, torchvision 0.26.0": torch and the package the model's class comes from."""
    packages = ["torch"]
    package = type(model).__module__.partition(".")[0]
    if package not in ("torch", "__main__"):
        packages.append(package)
    found = []
    for name in packages:
        version = getattr(sys.modules.get(name), "__version__", None)
        if isinstance(version, str):
            found.append(f"{name} {version.partition('+')[0]}")
    return ", ".join(found)
