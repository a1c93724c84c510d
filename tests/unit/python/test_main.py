"""python -m latcast capture: what it writes, and one clear line for all that can be wrong."""

import pytest
import torch
from latcast import Graph
from latcast.__main__ import main

NET = """
import torch

class Net(torch.nn.Module):
    def __init__(self, width=4, weights="DEFAULT"):
        super().__init__()
        assert weights is None
        self.scale = [p.item() for p in torch.linspace(0, 1, 3)]
        self.first = torch.nn.Linear(8, width)
        self.second = torch.nn.Linear(8, width)
        self.second.weight = self.first.weight
        assert self.first.weight.is_meta

    def forward(self, x, y=None):
        return self.first(x) + self.second(x if y is None else y)

class Probing(Net):
    # Runs itself in its constructor.
    def __init__(self):
        super().__init__(weights=None)
        self.norm = torch.nn.BatchNorm1d(4)
        self.register_buffer("seen", torch.zeros(2, 4))
        self.seen.copy_(self.norm(self.first(torch.zeros(2, 8))))
        assert not self.seen.is_meta and self.first.weight.is_meta

class Branching(Net):
    def forward(self, x):
        return x if x.max() > 0 else -x

class Fetching(Net):
    def __init__(self):
        super().__init__(weights=None)
        torch.hub.load_state_dict_from_url("https://example.invalid/w.pth", "{folder}")

def number():
    return 7

constant = 3
"""


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(NET.replace("{folder}", str(tmp_path)))
    return str(path)


def run(capsys, *arguments):
    """Exit code and the lines on stderr."""
    try:
        code = main(["capture", *arguments])
    except SystemExit as stop:
        code = stop.code
    return code, capsys.readouterr().err.splitlines()


def test_capture_from_a_file(net, tmp_path, capsys):
    """Class, constructor arguments, several inputs and a data type; weights are never made."""
    out = tmp_path / "out.lcg"
    code, errors = run(capsys, f"{net}:Net", "--input", "2x8", "--input", "2x8",
                       "--dtype", "float16", "--kwargs", '{"width": 5}', "-o", str(out))
    assert (code, errors) == (0, [])
    graph = Graph.load(out)
    assert graph.name == "Net"
    assert graph.num_parameters == 40 + 5 + 5
    assert {v.dtype for v in graph.proto.values} == {3}
    assert [list(graph.proto.values[i].shape) for i in graph.proto.inputs] == [[2, 8], [2, 8]]


def test_constructors_that_run_the_network(net, tmp_path, capsys):
    """Where parameters without data meet tensors with data, those without win."""
    out = tmp_path / "out.lcg"
    assert run(capsys, f"{net}:Probing", "--input", "2x8", "-o", str(out)) == (0, [])
    assert Graph.load(out).num_parameters == 32 + 4 + 4 + 8


def test_capture_of_a_detector(tmp_path, capsys):
    """Its input is a list of images; the number of boxes is an argument."""
    pytest.importorskip("torchvision")
    out = tmp_path / "ssd.lcg"
    assert run(capsys, "torchvision.models.detection:ssdlite320_mobilenet_v3_large",
               "--image", "3x32x48", "--detections", "7", "-o", str(out)) == (0, [])
    proto = Graph.load(out).proto
    assert [list(proto.values[i].shape) for i in proto.inputs] == [[3, 32, 48]]
    assert [list(proto.values[i].shape) for i in proto.outputs] == [[7, 4], [7], [7]]


def test_output_is_named_after_the_model(net, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, f"{net}:Net", "--input", "1x8")[0] == 0
    assert Graph.load("Net.lcg").name == "Net"


@pytest.mark.parametrize("code, message, arguments", [
    (2, "neither module:name nor file.py:name", ["resnet18", "--input", "1x3"]),
    (2, "'1x3x' is no shape such as 1x3x224x224", ["a:b", "--input", "1x3x"]),
    (2, "'0x3' is no shape", ["a:b", "--input", "0x3"]),
    (2, "one of the arguments --input --image is required", ["a:b"]),
    (2, "'many' is no number of boxes", ["a:b", "--input", "1", "--detections", "many"]),
    (2, "invalid choice: 'float31'", ["a:b", "--input", "1", "--dtype", "float31"]),
    (2, "'{' is no JSON", ["a:b", "--input", "1", "--kwargs", "{"]),
    (2, "'[1]' is no JSON object", ["a:b", "--input", "1", "--kwargs", "[1]"]),
    (1, "No module named 'no_such_module' (no_such_module)", ["no_such_module:b", "--input", "1"]),
    (1, "no such file (/no/such.py)", ["/no/such.py:Net", "--input", "1"]),
    (1, "did you mean 'Net'?", ["NET:Nets", "--input", "1x8"]),
    (1, "'constant' is a int, not a model", ["NET:constant", "--input", "1x8"]),
    (1, "'number' makes a int, not a torch.nn.Module", ["NET:number", "--input", "1x8"]),
    (1, "unexpected keyword argument 'depth'",
     ["NET:Net", "--input", "1x8", "--kwargs", '{"depth": 1}']),
    (1, "cannot build 'Net': AssertionError",
     ["NET:Net", "--input", "1x8", "--kwargs", '{"weights": "DEFAULT"}']),
    (1, "weights are not fetched: https://example.invalid/w.pth",
     ["NET:Fetching", "--input", "1x8"]),
    (1, "(in first)", ["NET:Net", "--input", "1x9"]),
    (1, "proposals and detections are arguments for torchvision's detectors (Net)",
     ["NET:Net", "--input", "1x8", "--detections", "3"]),
    (1, "Branching fails on meta tensors", ["NET:Branching", "--input", "1x8"]),
    (1, "No such file or directory (/no/such/x.lcg)",
     ["NET:Net", "--input", "1x8", "-o", "/no/such/x.lcg"]),
])
def test_errors_are_one_line(net, capsys, code, message, arguments):
    """`latcast: <what> (<where>)`; exit code 1 for bad input, 2 for bad usage."""
    found, errors = run(capsys, *(a.replace("NET", net) for a in arguments))
    assert found == code
    assert len(errors) == 1
    assert errors[0].startswith("latcast: ") and message in errors[0]


def test_a_file_that_fails_is_named(tmp_path, capsys):
    path = tmp_path / "broken.py"
    path.write_text("import sys\nsys.exit('bye')\n")
    code, errors = run(capsys, f"{path}:Net", "--input", "1")
    assert (code, errors) == (1, [f"latcast: cannot run it: SystemExit: bye ({path})"])


def test_help(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["capture", "--help"])
    assert stop.value.code == 0
    assert "--input SHAPE" in capsys.readouterr().out


def test_parameters_are_real_again_afterwards():
    """Building a model for capture changes nothing for those built later."""
    assert not torch.nn.Linear(2, 2).weight.is_meta
