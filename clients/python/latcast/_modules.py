"""Readies a module for capture, records its calls, and puts everything back."""

from __future__ import annotations

import contextlib

import torch

from latcast._attributes import write_attributes
from latcast._recorder import Recorder
from latcast.errors import CaptureError
from latcast.v1 import graph_pb2

# Attributes that say nothing of a module.
_EVERY_MODULE = frozenset(vars(torch.nn.Module()))


@contextlib.contextmanager
def prepared(model: torch.nn.Module, recorder: Recorder):
    """Within: evaluation mode, parameters and buffers on meta and recorded, calls being recorded,
    attention as the operators it is made of and not as one fused call.
    Afterwards the modules have the attributes, tensors and hooks they had."""
    paths: dict[torch.nn.Module, str] = {}
    _add_paths(model, "", paths)
    for module, path in paths.items():
        if isinstance(module, torch.jit.ScriptModule):
            raise CaptureError("a scripted module cannot be captured, only what it was made of",
                               path or type(module).__name__)
    saved = [(table, table.copy()) for module in paths for table in (
        module.__dict__, module._parameters, module._buffers, module._modules)]
    fused_attention = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)
        if any(module.training for module in paths):
            model.eval()
        owned = {module: _move_tensors(module, path, recorder) for module, path in paths.items()}
        recorders = {module: _CallRecorder(recorder, module, path, owned[module])
                     for module, path in paths.items()}
        for module, calls in recorders.items():
            # What Module.__call__ calls in place of _call_impl, if it is there.
            module.__dict__["_compiled_call_impl"] = calls
        yield
        _record_empty_containers(recorder, recorders)
    finally:
        torch.backends.mha.set_fastpath_enabled(fused_attention)
        for table, content in saved:
            if table or content:
                table.clear()
                table.update(content)


def _add_paths(module: torch.nn.Module, path: str, paths: dict) -> None:
    """What named_modules() gives, by module. That is several times slower."""
    paths[module] = path
    for name, child in module._modules.items():
        if child is not None and child not in paths:
            _add_paths(child, f"{path}.{name}" if path else name, paths)


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
        write_attributes(recorder.graph.calls[0],
                                  {"empty_containers": " ".join(sorted(full & empty))})


def _children(module: torch.nn.Module) -> int:
    children = module._modules
    return len(children) - list(children.values()).count(None) if children else 0


class _CallRecorder:
    """Calls one module, with its own hooks, and records that."""

    def __init__(self, recorder: Recorder, module: torch.nn.Module, path: str, owned: list[int]):
        self._recorder = recorder
        self._module = module
        self._path = path
        self._owned = owned
        self.count = 0

    def __call__(self, *args, **kwargs):
        recorder = self._recorder
        depth = len(recorder.open_calls)
        call = self._add_call((args, kwargs) if kwargs else args)
        try:
            output = self._module._call_impl(*args, **kwargs)
        except Exception as error:
            recorder.note_failure(error)
            raise
        finally:
            del recorder.open_calls[depth:]
        call.outputs.extend(recorder.values_of(output))
        return output

    def _add_call(self, arguments) -> graph_pb2.ModuleCall:
        recorder, module = self._recorder, self._module
        parent = recorder.open_calls[-1] if recorder.open_calls else -1
        inputs = recorder.values_of(arguments)
        recorder.open_calls.append(len(recorder.graph.calls))
        call = recorder.graph.calls.add(
            path=self._path, class_name=type(module).__name__, parent=parent, index=self.count,
            inputs=inputs, parameters=self._owned, children=_children(module))
        write_attributes(call, {
            name: value for name, value in module.__dict__.items()
            if name not in _EVERY_MODULE and not name.startswith("_")})
        self.count += 1
        return call
