#!/usr/bin/env python3
"""Capture and analysis of torchvision networks beside the tools people use, in one run.

    PYTHONPATH=build/ci/python python tests/perf/capture_speed.py [--latcast build/ci/bin/latcast]
        [--repeats 20] [NETWORK...]

Prints the median wall time [ms] of each after one warm-up, in turn, so that all see the same
machine. Imports and the making of the model are left out. The others run as their pages say; one
that is not installed is said to be missing, one that fails says why.

    capture    latcast.capture(model, x)
    one pass   latcast.capture(model, x, resizable=False)
    analysis   latcast analyze of that file, the whole program from start to end
"""

import argparse
import contextlib
import io
import statistics
import subprocess
import tempfile
import time
import warnings

import torch
import torchvision


def latcast_capture(model, x, **options):
    import latcast

    return lambda: latcast.capture(model, x, **options)


def latcast_analysis(program, model, x, folder):
    import latcast

    path = f"{folder}/{type(model).__name__}.lcg"
    latcast.capture(model, x).save(path)
    return lambda: subprocess.run([program, "analyze", path], check=True,
                                  stdout=subprocess.DEVNULL)


def fvcore(model, x):
    from fvcore.nn import FlopCountAnalysis

    def run():
        FlopCountAnalysis(model, x).unsupported_ops_warnings(False).uncalled_modules_warnings(
            False).total()

    return run


def ptflops(model, x, backend):
    from ptflops import get_model_complexity_info

    return lambda: get_model_complexity_info(model, tuple(x.shape[1:]), as_strings=False,
                                             print_per_layer_stat=False, backend=backend)


def torchinfo(model, x):
    from torchinfo import summary

    return lambda: summary(model, input_data=x, verbose=0)


def thop(model, x):
    from thop import profile

    return lambda: profile(model, (x,), verbose=False)


def flop_counter(model, x):
    from torch.utils.flop_counter import FlopCounterMode

    def run():
        with FlopCounterMode(display=False), torch.no_grad():
            model(x)

    return run


def tools(name, arguments, folder):
    """(title, what to time or why it is missing)"""
    x = torch.empty(1, 3, 224, 224)

    def built(device="cpu"):
        with torch.device(device):
            return torchvision.models.get_model(name).eval()

    model, meta = built(), built("meta")
    for title, make in (
            ("latcast capture", lambda: latcast_capture(model, x)),
            ("latcast capture, one pass", lambda: latcast_capture(model, x, resizable=False)),
            ("latcast analysis", lambda: latcast_analysis(arguments.latcast, model, x, folder)),
            ("fvcore", lambda: fvcore(model, x)),
            ("ptflops (aten)", lambda: ptflops(model, x, "aten")),
            ("ptflops (pytorch)", lambda: ptflops(model, x, "pytorch")),
            ("torchinfo", lambda: torchinfo(model, x)),
            ("THOP", lambda: thop(model, x)),
            ("FlopCounterMode", lambda: flop_counter(model, x)),
            ("FlopCounterMode, meta", lambda: flop_counter(meta, x.to("meta")))):
        try:
            with silence():
                run = make()
                run()
        except ImportError as error:
            yield title, f"missing: {error}"
        except Exception as error:  # another's fault ends only its own line
            yield title, f"fails: {type(error).__name__}: {str(error).splitlines()[0]}"
        else:
            yield title, run


@contextlib.contextmanager
def silence():
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), \
            contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("networks", nargs="*", default=["resnet50", "vit_b_16"])
    parser.add_argument("--latcast", default="build/ci/bin/latcast", metavar="PROGRAM")
    parser.add_argument("--repeats", type=int, default=20)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, one thread, "
          f"median of {arguments.repeats}")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.networks:
            found = dict(tools(name, arguments, folder))
            seconds = {title: [] for title, run in found.items() if callable(run)}
            for _ in range(arguments.repeats):
                for title, measured in seconds.items():
                    with silence():
                        start = time.perf_counter()
                        found[title]()
                        measured.append(time.perf_counter() - start)
            print(f"\n{name}")
            for title, run in found.items():
                text = run
                if callable(run):
                    text = f"{statistics.median(seconds[title]) * 1e3:8.1f} ms"
                print(f"  {title:27}{text}")


if __name__ == "__main__":
    main()
