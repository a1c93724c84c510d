"""python -m latcast capture MODEL --input SHAPE: writes a captured graph."""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings

from latcast.errors import LatcastError

_DTYPES = ("float32", "float64", "float16", "bfloat16",
           "int64", "int32", "int16", "int8", "uint8", "bool")


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"latcast: {message} (see {self.prog} --help)\n")


def _shape(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"[1-9]\d*(x[1-9]\d*)*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no shape such as 1x3x224x224")
    return tuple(int(dim) for dim in text.split("x"))


def _count(text: str) -> int:
    if not re.fullmatch(r"\d+", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number of boxes")
    return int(text)


def _model(text: str) -> str:
    location, _, name = text.rpartition(":")
    if not location or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is neither module:name nor file.py:name")
    return text


def _kwargs(text: str) -> dict:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"'{text}' is no JSON object")
    return value


def _parse(argv):
    parser = _Parser(prog="python -m latcast",
                     description="What a network costs, without running it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    capture = commands.add_parser(
        "capture", help="write the graph of a torch model, without weights",
        description="Writes the graph of a torch model, without weights. The model's code runs, on "
                    "tensors that have no data.")
    capture.add_argument("model", type=_model, metavar="MODEL",
                         help="module:name or file.py:name of a class or function that makes it")
    capture.add_argument("--input", type=_shape, action="append", default=[], metavar="SHAPE",
                         help="shape of an input, such as 1x3x224x224; repeat for more inputs")
    capture.add_argument("--dtype", choices=_DTYPES, default="float32", metavar="DTYPE",
                         help="of the inputs, and, where it is a float, of the model "
                              "(default: float32)")
    capture.add_argument("--kwargs", type=_kwargs, default={}, metavar="JSON",
                         help="arguments for the class or function: '{\"num_classes\": 10}'")
    capture.add_argument("--image", type=_shape, action="append", default=[], metavar="SHAPE",
                         help="an image of the list that a detector takes, such as 3x800x800")
    for boxes in ("proposals", "detections"):
        capture.add_argument(f"--{boxes}", type=_count, metavar="N",
                             help=f"at most as many {boxes} an image in torchvision's detectors "
                                  "(default: as many as the model may keep)")
    capture.add_argument("-o", "--output", metavar="FILE", help="default: NAME.lcg")
    arguments = parser.parse_args(argv)
    if not arguments.input and not arguments.image:
        capture.error("one of the arguments --input --image is required")
    return arguments


def _capture(arguments) -> None:
    import torch

    from latcast._loading import load_model
    from latcast.capture import capture

    model = load_model(arguments.model, arguments.kwargs)
    dtype = getattr(torch, arguments.dtype)
    if dtype.is_floating_point:
        model = model.to(dtype)
    inputs, images = ([torch.empty(shape, dtype=dtype, device="meta") for shape in shapes]
                      for shapes in (arguments.input, arguments.image))
    graph = capture(model, *([images] if images else []), *inputs,
                    proposals=arguments.proposals, detections=arguments.detections)
    graph.name = arguments.model.rpartition(":")[2]
    path = arguments.output or f"{graph.name}.lcg"
    graph.save(path)
    print(f"{path}: {len(graph.proto.ops)} operators, {len(graph.proto.calls)} module calls, "
          f"{graph.num_parameters} parameters")


def main(argv=None) -> int:
    arguments = _parse(argv)
    warnings.simplefilter("ignore")  # those of the model's code
    try:
        _capture(arguments)
    except LatcastError as error:
        print(f"latcast: {error}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(f"latcast: {error} (capture needs torch)", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"latcast: {error.strerror} ({error.filename})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
