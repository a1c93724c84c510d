"""What an operator's schema says of its arguments: read once for each operator."""

from __future__ import annotations

import torch

_TENSOR, _FLOAT, _OTHER = range(3)


class Signature:
    """One overload: its name, and how a call's arguments divide."""

    def __init__(self, func: torch._ops.OpOverload):
        self.name = str(func)
        self.takes_device = False
        self._arguments = []
        for argument in func._schema.arguments:
            kind = str(argument.type)
            self.takes_device |= "Device" in kind
            role = (_TENSOR if "Tensor" in kind else
                    _FLOAT if kind in ("float", "Optional[float]") else _OTHER)
            self._arguments.append((argument.name, argument.default_value, role))

    def split(self, args: tuple, kwargs: dict) -> tuple[list, dict]:
        """(tensors by schema position with None where absent, all other arguments by name)."""
        tensors: list = []
        others = {}
        given = len(args)
        for position, (name, default, role) in enumerate(self._arguments):
            value = (args[position] if position < given else
                     kwargs[name] if name in kwargs else default)
            if isinstance(value, torch.Tensor):
                tensors.append(value)
            elif role == _TENSOR:
                if isinstance(value, (list, tuple)):
                    tensors.extend(value)
                else:
                    tensors.append(None)
                    others[name] = value  # a number in a tensor's place, or None
            elif role == _FLOAT and isinstance(value, int):
                others[name] = float(value)
            else:
                others[name] = value
        return tensors, others
