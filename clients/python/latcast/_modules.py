"""Readies a module for capture, records its calls, and puts everything back."""

from __future__ import annotations

import contextlib
from collections import OrderedDict

import torch

from latcast._recorder import Recorder
from latcast.errors import CaptureError
from latcast.v1 import graph_pb2


@contextlib.contextmanager
def prepared(model: torch.nn.Module, recorder: Recorder):
    """Within: evaluation mode, parameters and buffers on meta and recorded, calls being recorded,
    attention as the operators it is made of and not as one fused call.
    Afterwards the modules have the attributes, tensors and hooks they had."""
    paths = {module: path for path, module in model.named_modules()}
    for module, path in paths.items():
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError("a scripted module cannot be captured, only what it was made of",
                               path or type(module).__name__)
    saved = [(module, dict(module.__dict__), dict(module._parameters), dict(module._buffers),
              dict(module._modules)) for module in paths]
    fused_attention = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)
        model.eval()
        owned = {module: _move_tensors(module, path, recorder) for module, path in paths.items()}
        recorders = {}
        for module, path in paths.items():
            calls = recorders[module] = _CallRecorder(recorder, path, owned[module])
            _add_hook(module, "_forward_pre_hooks", calls.enter, first=True)
            _add_hook(module, "_forward_hooks", calls.leave)
        yield
        _record_empty_containers(recorder, recorders)
    finally:
        torch.backends.mha.set_fastpath_enabled(fused_attention)
        for module, attributes, *tables in saved:
            module.__dict__.clear()
            module.__dict__.update(attributes)
            own = (module._parameters, module._buffers, module._modules)
            for table, content in zip(own, tables):
                table.clear()
                table.update(content)


def _add_hook(module: torch.nn.Module, table: str, hook, first: bool = False) -> None:
    """What register_forward_hook(hook, with_kwargs=True) does, on copies of the module's tables:
    putting its attributes back removes it."""
    for name, entry in ((table, hook), (f"{table}_with_kwargs", True)):
        hooks = OrderedDict(module.__dict__[name])
        hooks[id(hook)] = entry
        if first:
            hooks.move_to_end(id(hook), last=False)
        module.__dict__[name] = hooks


def _move_tensors(module: torch.nn.Module, path: str, recorder: Recorder) -> list[int]:
    """Puts stand-ins for the module's own tensors in place; returns their values."""
    values = []
    for table, kind in ((module._parameters, graph_pb2.VALUE_KIND_PARAMETER),
                        (module._buffers, graph_pb2.VALUE_KIND_BUFFER)):
        for name, tensor in table.items():
            if tensor is None:
                continue
            qualified = f"{path}.{name}" if path else name
            if torch.nn.parameter.is_lazy(tensor):
                raise CaptureError("a lazy parameter has no shape yet: call the model once",
                                   qualified)
            table[name] = recorder.values.to_meta(tensor)
            values.append(recorder.values.add_owned(table[name], kind, qualified))
    return values


def _record_empty_containers(recorder: Recorder, recorders: dict) -> None:
    """Classes that are called with children, and have an instance without any that is not: a tool
    that looks at what is registered takes them for layers."""
    full = {type(module).__name__ for module, calls in recorders.items()
            if calls.count and _children(module)}
    empty = {type(module).__name__ for module, calls in recorders.items()
             if not calls.count and not _children(module)}
    if full & empty and recorder.graph.calls:
        recorder.attributes.write(recorder.graph.calls[0],
                                  {"empty_containers": " ".join(sorted(full & empty))})


def _children(module: torch.nn.Module) -> int:
    return sum(child is not None for child in module._modules.values())


class _CallRecorder:
    """The two hooks of one module."""

    def __init__(self, recorder: Recorder, path: str, owned: list[int]):
        self._recorder = recorder
        self._path = path
        self._owned = owned
        self.count = 0

    def enter(self, module, args, kwargs):
        recorder = self._recorder
        parent = recorder.open_calls[-1] if recorder.open_calls else -1
        inputs = recorder.values_of((args, kwargs) if kwargs else args)
        recorder.open_calls.append(len(recorder.graph.calls))
        call = recorder.graph.calls.add(
            path=self._path, class_name=type(module).__name__, parent=parent, index=self.count,
            inputs=inputs, parameters=self._owned,
            children=_children(module))
        recorder.attributes.write(call, {
            name: value for name, value in vars(module).items()
            if not name.startswith("_") and name != "training"})
        self.count += 1

    def leave(self, module, args, kwargs, output):
        call = self._recorder.open_calls.pop()
        self._recorder.graph.calls[call].outputs.extend(self._recorder.values_of(output))
