"""Errors people are meant to read."""


class LatcastError(Exception):
    """What is wrong, and where: printed as one line."""

    def __init__(self, what: str, where: str = ""):
        super().__init__(f"{what} ({where})" if where else what)


class GraphError(LatcastError):
    """The bytes are no captured graph."""


class CaptureError(LatcastError):
    """The model cannot be captured."""


class ModelError(LatcastError):
    """The model named on the command line cannot be built."""


def describe(error: BaseException) -> str:
    """The first line of an exception of somebody else's code, with its type."""
    lines = str(error).strip().splitlines()
    name = type(error).__name__
    return f"{name}: {lines[0]}" if lines else name
