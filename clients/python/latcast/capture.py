"""latcast.capture(): one forward pass of a torch module, on tensors that have no data."""

from __future__ import annotations

import contextlib
import inspect
import sys

from latcast.errors import CaptureError, describe
from latcast.graph import SCHEMA_VERSION, Graph
from latcast.v1 import graph_pb2

# torch is imported by the first capture, not with the package: it takes seconds, and graphs are
# read without it.


def capture(model, *inputs, proposals: int | None = None, detections: int | None = None,
            resizable: bool = True, **kwargs) -> Graph:
    """Captures model(*inputs, **kwargs) in evaluation mode.

    Runs on meta tensors: no weight is read, nothing is computed, and the inputs count only by shape
    and dtype. The module is left as it was. Raises CaptureError naming the module call that failed.

    A detector of torchvision is captured with as many proposals and detections an image as it is
    configured to keep at most, or with fewer: `proposals`, `detections`.

    A network whose code reads sizes is run a few times more, with inputs of other sizes, so that
    the graph holds for them too. `resizable=False` does without.
    """
    import torch
    from torch.utils import _pytree as pytree

    from latcast._probe import HiddenCopies
    from latcast._size_writer import add_sizes

    model = getattr(model, "_orig_mod", model)  # what torch.compile wrapped
    if not isinstance(model, torch.nn.Module):
        raise CaptureError(f"a torch.nn.Module is captured, not a {type(model).__name__}")

    tensors = [t for t in pytree.tree_leaves(named_inputs(model, inputs, kwargs))
               if isinstance(t, torch.Tensor)]

    def run(inputs, kwargs, shows_copies, set_up):
        return _run(model, inputs, kwargs, proposals, detections, shows_copies, set_up)

    def captured(shows_copies) -> graph_pb2.Graph:
        def repeat(shapes, set_up):
            others = {id(t): torch.empty(shape, dtype=t.dtype, device="meta")
                      for t, shape in zip(tensors, shapes)}
            return run(*pytree.tree_map_only(torch.Tensor, lambda t: others.get(id(t), t),
                                             (inputs, kwargs)), shows_copies, set_up)[1]

        recorder, error = run(inputs, kwargs, shows_copies, None if resizable else _as_it_is)
        if error is not None:
            raise error
        if not recorder.graph.outputs:
            raise CaptureError(f"{recorder.graph.name} returns no tensor")
        if resizable:
            add_sizes(recorder, repeat, [tuple(t.shape) for t in tensors])
        return recorder.graph

    try:
        return Graph(captured(False))
    except HiddenCopies:
        return Graph(captured(True))


def _as_it_is(recorder) -> None:
    """For a pass that is recorded and no more."""


def _run(model, inputs, kwargs, proposals, detections, shows_copies, set_up):
    """One recorded forward pass: the recorder and what went wrong, if anything did. Sizes are
    traced, unless there is a `set_up`, which gets the recorder before the network runs."""
    import torch

    from latcast._detection import assumed
    from latcast._modules import prepared
    from latcast._recorder import Recorder, ShownCopies
    from latcast._trace import entered

    proto = graph_pb2.Graph(schema_version=SCHEMA_VERSION, name=type(model).__name__,
                            producer=_producer(model))
    recorder = Recorder(proto, shows_copies)
    try:
        with contextlib.ExitStack() as stack:
            if "torch._dynamo" in sys.modules:  # compiled parts run as what they were made of
                stack.enter_context(torch.compiler.set_stance("force_eager"))
            stack.enter_context(prepared(model, recorder))
            inputs, kwargs = _add_inputs(recorder, model, inputs, kwargs)
            stack.enter_context(assumed(model, proposals, detections, recorder.open_class))
            stack.enter_context(torch.inference_mode())
            stack.enter_context(recorder)
            if shows_copies:
                stack.enter_context(ShownCopies(recorder))
            if set_up is None:
                stack.enter_context(entered(recorder.trace))
            else:
                set_up(recorder)
            output = model(*inputs, **kwargs)
            proto.outputs.extend(recorder.values_of(output))
    except CaptureError as error:
        return recorder, error
    except Exception as error:
        where = recorder.path_of(error)
        wrapped = CaptureError(f"{proto.name} fails on meta tensors: {describe(error)}",
                               f"in {where}" if where else "")
        wrapped.__cause__ = error
        return recorder, wrapped
    return recorder, None


def named_inputs(model, inputs, kwargs) -> dict:
    """The arguments by the names of forward()."""
    try:
        return inspect.signature(model.forward).bind(*inputs, **kwargs).arguments
    except TypeError as error:
        raise CaptureError(f"{type(model).__name__}.forward(): {error}") from error


def _add_inputs(recorder, model, inputs, kwargs):
    """Moves the inputs to meta and names their values after the arguments of forward()."""
    import torch
    from torch.utils import _pytree as pytree

    inputs, kwargs = pytree.tree_map_only(torch.Tensor, recorder.values.to_meta, (inputs, kwargs))
    for name, argument in named_inputs(model, inputs, kwargs).items():
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
