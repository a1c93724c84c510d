"""Builds the model a command line names, without weights."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import importlib.util
import inspect
import os
import sys
from unittest import mock

import torch
from torch.nn.modules import module as nn_module
from torch.utils.weak import WeakIdKeyDictionary

from latcast._meta import MetaWins
from latcast.errors import ModelError, describe

# Arguments that make a factory fetch weights, and what switches them off.
_WEIGHT_ARGUMENTS = {"weights": None, "weights_backbone": None,
                     "pretrained": False, "pretrained_backbone": False}


def load_model(source: str, kwargs: dict) -> torch.nn.Module:
    """`source` is module:name or file.py:name; name is a class, a function or a module object."""
    location, _, name = source.rpartition(":")
    scope = _import(location)
    factory = getattr(scope, name, None)
    if factory is None:
        near = difflib.get_close_matches(name, dir(scope), n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ModelError(f"no '{name}' in {location}{hint}", source)
    if isinstance(factory, torch.nn.Module):
        return factory
    if not callable(factory):
        raise ModelError(f"'{name}' is a {type(factory).__name__}, not a model", source)
    try:
        with parameters_on_meta(), _no_downloads():
            model = factory(**{**_without_weights(factory), **kwargs})
    except Exception as error:
        raise ModelError(f"cannot build '{name}': {describe(error)}", source) from error
    if not isinstance(model, torch.nn.Module):
        raise ModelError(f"'{name}' makes a {type(model).__name__}, not a torch.nn.Module", source)
    return model


def _import(location: str):
    if not location.endswith(".py"):
        try:
            return importlib.import_module(location)
        except Exception as error:
            raise ModelError(f"cannot import it: {describe(error)}", location) from error
    if not os.path.isfile(location):
        raise ModelError("no such file", location)
    name = os.path.splitext(os.path.basename(location))[0]
    spec = importlib.util.spec_from_file_location(name, location)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    sys.path.insert(0, os.path.dirname(os.path.abspath(location)))
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise ModelError(f"cannot run it: {describe(error)}", location) from error
    return module


def _without_weights(factory) -> dict:
    try:
        parameters = inspect.signature(factory).parameters
    except ValueError:  # a builtin
        return {}
    return {name: value for name, value in _WEIGHT_ARGUMENTS.items() if name in parameters}


@contextlib.contextmanager
def parameters_on_meta():
    """Parameters lose their data as they are registered, and so does what is computed with them;
    all else in a constructor stays real (networks compute widths and drop rates with tensors)."""
    moved = WeakIdKeyDictionary()

    def to_meta(module, name, parameter):
        if parameter is None or parameter.is_meta:
            return None
        if parameter not in moved:
            moved[parameter] = torch.nn.Parameter(parameter.to("meta"), parameter.requires_grad)
        return moved[parameter]

    handle = nn_module.register_module_parameter_registration_hook(to_meta)
    try:
        with MetaWins():
            yield
    finally:
        handle.remove()


def _no_downloads():
    def refuse(url, *args, **kwargs):
        raise RuntimeError(f"weights are not fetched: {url}")

    return mock.patch("torch.hub.download_url_to_file", refuse)
