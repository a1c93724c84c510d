"""latcast.capture(): what it records, and that it leaves the model alone."""

import importlib.metadata
import pathlib

import latcast
import pytest
import torch
from latcast.v1 import graph_pb2 as pb
from torch import nn


def capture(model, *shapes, **kwargs):
    return latcast.capture(model, *(torch.empty(s) for s in shapes), **kwargs).proto


def types(proto):
    return [op.type for op in proto.ops]


def attributes(owner):
    return {a.name: list(getattr(a, a.WhichOneof("value")).values)
            if a.WhichOneof("value") in ("ints", "floats") else getattr(a, a.WhichOneof("value"))
            for a in owner.attributes}


def values(proto, ids):
    return [proto.values[i] for i in ids]


class Function(nn.Module):
    """A module whose forward is a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


# What is recorded ---------------------------------------------------------------------------------


def test_operator_arguments_by_schema():
    """Tensors by position with -1 where absent, all else by name with the schema's defaults."""
    proto = capture(nn.Conv2d(3, 8, 3, stride=2, bias=False), (1, 3, 9, 9))
    (op,) = proto.ops
    assert op.type == "aten.conv2d.default"
    assert [v.name for v in values(proto, op.inputs[:2])] == ["input", "weight"]
    assert op.inputs[2] == -1
    assert attributes(op) == {"stride": [2, 2], "padding": [0, 0], "dilation": [1, 1], "groups": 1}
    assert [a.name for a in op.attributes] == sorted(a.name for a in op.attributes)
    assert list(proto.values[op.outputs[0]].shape) == [1, 8, 4, 4]


def test_composite_operators_stay_whole():
    """The level of inference mode: one operator for each thing a person would name."""
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4), nn.ReLU6(),
                          nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(4, 2),
                          nn.Softmax(1))
    assert types(capture(model, (1, 3, 4, 4))) == [
        "aten.conv2d.default", "aten.batch_norm.default", "aten.hardtanh.default",
        "aten.adaptive_avg_pool2d.default", "aten.flatten.using_ints", "aten.dropout.default",
        "aten.linear.default", "aten.softmax.int"]


def test_attention_is_captured_as_its_operators():
    """With a padding mask or without, never as the fused call that inference would take."""
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, batch_first=True), 1)
    mask = torch.zeros(3, 5, dtype=torch.bool)
    for kwargs in ({}, {"src_key_padding_mask": mask}):
        found = types(capture(model, (3, 5, 8), **kwargs))
        assert found.count("aten.linear.default") == 4
        assert found.count("aten.scaled_dot_product_attention.default") == 1
    assert torch.backends.mha.get_fastpath_enabled()


def test_recurrent_networks_are_one_operator():
    """As long as they may be, no time step runs."""
    proto = capture(nn.LSTM(8, 16, 2, bidirectional=True, batch_first=True), (3, 100_000, 8))
    op = proto.ops[-1]
    assert op.type == "aten.lstm.input"
    assert [list(v.shape) for v in values(proto, op.outputs)] == [
        [3, 100_000, 32], [4, 3, 16], [4, 3, 16]]


def test_lists_of_tensors_are_inputs_in_place():
    """cat reads its tensors one by one."""
    proto = capture(Function(lambda x, y: torch.cat([x, y, x], 1)), (1, 2), (1, 3))
    assert list(proto.ops[0].inputs) == [0, 1, 0]
    assert attributes(proto.ops[0]) == {"dim": 1}


def test_numbers_in_a_tensors_place_are_attributes():
    """x * 2 has one tensor; the other operand is a number."""
    proto = capture(Function(lambda x: x * 2), (3,))
    assert list(proto.ops[0].inputs) == [0, -1]
    assert attributes(proto.ops[0]) == {"other": 2}


def test_einsum_is_expanded():
    """Its cost depends on the equation: what it is made of is recorded."""
    proto = capture(Function(lambda x, y: torch.einsum("ij,kj->ik", x, y)), (2, 3), (4, 3))
    assert "aten.einsum.default" not in types(proto)
    assert "aten.bmm.default" in types(proto)


def test_work_on_constants_is_not_recorded():
    """Tables computed without any input are constants of the graph."""
    proto = capture(Function(lambda x: x + torch.arange(3).float() * 2), (2, 3))
    assert types(proto) == ["aten.add.Tensor"]
    constant = proto.values[proto.ops[0].inputs[1]]
    assert (constant.kind, list(constant.shape)) == (pb.VALUE_KIND_CONSTANT, [3])


def test_inputs_are_named_after_forwards_arguments():
    """Also those given by keyword, and lists of them."""
    class Two(nn.Module):
        def forward(self, image, others, *, mask=None):
            return image + others[0] + others[1] + mask

    proto = latcast.capture(Two(), torch.empty(2), [torch.empty(2), torch.empty(2)],
                            mask=torch.empty(2)).proto
    names = [v.name for v in values(proto, proto.inputs)]
    assert names == ["image", "others.0", "others.1", "mask"]


def test_nested_inputs_and_outputs():
    """Dictionaries and lists of tensors go in and come out."""
    proto = latcast.capture(Function(lambda x: [{"sum": x["a"] + x["b"][0]}, (x["a"],)]),
                            {"a": torch.empty(2), "b": [torch.empty(2)]}).proto
    assert len(proto.inputs) == 2
    assert list(proto.outputs) == [proto.ops[0].outputs[0], proto.inputs[0]]


# Storage ------------------------------------------------------------------------------------------


def test_views_and_inplace_results_share_storage():
    """A view or an in-place result is a new value in the memory of its source; a copy is not."""
    def forward(x):
        y = x + 1
        z = y.view(-1)
        z.relu_()
        return z.clone()

    proto = capture(Function(forward), (2, 3))
    add, view, relu, clone = (proto.values[op.outputs[0]] for op in proto.ops)
    assert types(proto) == ["aten.add.Tensor", "aten.view.default", "aten.relu_.default",
                            "aten.clone.default"]
    assert add.storage == view.storage == relu.storage
    assert clone.storage != add.storage != proto.values[proto.inputs[0]].storage


def test_reads_after_an_inplace_operator_see_its_result():
    """x.relu_() gives a new value, and every later read of x means that value."""
    def forward(x):
        x = x * 2
        x.relu_()
        return x + 1

    proto = capture(Function(forward), (2,))
    mul, relu, add = proto.ops
    assert relu.inputs[0] == mul.outputs[0] and relu.outputs[0] != mul.outputs[0]
    assert add.inputs[0] == relu.outputs[0]


def test_writing_a_computed_value_into_a_constant():
    """A tensor made in forward() without a device takes part like any other."""
    def forward(x):
        table = torch.zeros(2, 3)
        table[0] = x
        return table * 2

    proto = capture(Function(forward), (3,))
    assert types(proto)[-2:] == ["aten.copy_.default", "aten.mul.Tensor"]
    assert list(proto.values[proto.outputs[0]].shape) == [2, 3]


def test_shared_parameters_appear_once():
    """Tied weights are one value, owned by both modules, under the first name."""
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))
    model[1].weight = model[0].weight
    model[2].weight = nn.Parameter(model[0].weight.data)  # another tensor, the same memory
    proto = capture(model, (1, 4))
    names = [v.name for v in proto.values if v.kind == pb.VALUE_KIND_PARAMETER]
    assert names == ["0.weight", "0.bias", "1.bias", "2.bias"]
    assert len({call.parameters[0] for call in proto.calls[1:]}) == 1
    assert latcast.capture(model, torch.empty(1, 4)).num_parameters == 16 + 3 * 4


def test_parameters_and_buffers():
    """All of them are listed, used or not, with kind, dtype and whether they are trained."""
    model = nn.BatchNorm1d(4)
    model.bias.requires_grad_(False)
    model.unused = nn.Linear(2, 2)
    found = {v.name: (v.kind, v.dtype, v.requires_grad) for v in capture(model, (2, 4)).values[:7]}
    parameter, buffer, float32 = pb.VALUE_KIND_PARAMETER, pb.VALUE_KIND_BUFFER, pb.DTYPE_FLOAT32
    assert found == {
        "weight": (parameter, float32, True), "bias": (parameter, float32, False),
        "running_mean": (buffer, float32, False), "running_var": (buffer, float32, False),
        "num_batches_tracked": (buffer, pb.DTYPE_INT64, False),
        "unused.weight": (parameter, float32, True), "unused.bias": (parameter, float32, True)}


# Module calls -------------------------------------------------------------------------------------


def test_module_calls():
    """Path, class, parent, constructor attributes, what goes in and out, and what they own."""
    model = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3)), nn.ReLU(inplace=True))
    proto = capture(model, (1, 3, 8, 8))
    assert [(c.path, c.class_name, c.parent) for c in proto.calls] == [
        ("", "Sequential", -1), ("0", "Sequential", 0), ("0.0", "Conv2d", 1), ("1", "ReLU", 0)]
    conv, relu = proto.calls[2], proto.calls[3]
    assert attributes(conv)["kernel_size"] == [3, 3]
    assert attributes(conv)["padding_mode"] == "zeros"
    assert "training" not in attributes(conv)
    assert attributes(relu) == {"inplace": True}
    assert list(conv.inputs) == list(proto.inputs)
    assert list(relu.inputs) == list(conv.outputs)
    assert list(relu.outputs) == list(proto.outputs)
    assert [proto.values[i].name for i in conv.parameters] == ["0.0.weight", "0.0.bias"]
    assert [op.call for op in proto.ops] == [2, 3]


def test_containers_that_are_empty_and_never_called():
    """A tool that looks at what is registered, not at what runs, takes their class for a layer."""
    class Net(nn.Module):
        def __init__(self, branch):
            super().__init__()
            self.body = nn.Sequential(nn.ReLU())
            self.branch = branch

        def forward(self, x):
            return self.body(x)

    def said(branch):
        graph = capture(Net(branch), (1, 4))
        return attributes(graph.calls[0]).get("empty_containers")

    assert said(nn.Sequential()) == "Sequential"
    assert said(nn.Sequential(nn.ReLU())) is None
    assert said(nn.Dropout()) is None  # no class of a module that is called with children


def test_a_reused_module_has_a_call_index():
    """The second call of a module is call 1, also when it hangs at two places."""
    relu = nn.ReLU()
    proto = capture(nn.Sequential(relu, nn.Linear(2, 2), relu), (1, 2))
    assert [(c.path, c.index) for c in proto.calls] == [("", 0), ("0", 0), ("1", 0), ("0", 1)]


# The model stays as it was ------------------------------------------------------------------------


def test_model_is_left_untouched():
    """Hooks, training flags, tensors, attributes are what they were, after success and failure."""
    class Counting(nn.Linear):
        calls = 0

        def forward(self, x):
            self.calls += 1
            self.cache = x
            if x.shape[-1] != 4:
                raise ValueError("four features")
            return super().forward(x)

    model = nn.Sequential(Counting(4, 4), nn.BatchNorm1d(4), nn.Dropout())
    model[1].eval()
    weight = model[0].weight
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    latcast.capture(model, torch.empty(2, 4))
    with pytest.raises(latcast.CaptureError):
        latcast.capture(model, torch.empty(2, 5))
    assert [m.training for m in model.modules()] == [True, True, False, True]
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert model[0].weight is weight and weight.device.type == "cpu"
    assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
    assert model[0].calls == 0 and not hasattr(model[0], "cache")


def test_the_users_hooks_run_and_stay():
    """A hook of the model's owner is part of the model."""
    model = nn.Linear(2, 2)
    model.register_forward_hook(lambda module, args, output: output * 2)
    proto = capture(model, (1, 2))
    assert types(proto) == ["aten.linear.default", "aten.mul.Tensor"]
    assert list(proto.calls[0].outputs) == list(proto.outputs) == list(proto.ops[1].outputs)
    assert len(model._forward_hooks) == 1


def test_compiled_models_are_captured_as_they_were():
    """torch.compile only wraps the module."""
    assert types(capture(torch.compile(nn.Linear(2, 2)), (1, 2))) == ["aten.linear.default"]


def test_compiled_parts_are_captured_as_they_were(caplog):
    """Nothing is compiled on the way: neither a compiled module, nor a compiled function, nor the
    recorder itself. The parts stay compiled."""
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    model[0].compile(backend="eager")
    compiled = model[0]._compiled_call_impl
    double = torch.compile(lambda x: x + x, backend="eager")
    model.append(Function(double))
    for size in range(1, 12):
        assert types(capture(model, (size, 2))) == ["aten.linear.default", "aten.relu.default",
                                                    "aten.add.Tensor"]
    assert model[0]._compiled_call_impl is compiled
    assert not caplog.records


def test_a_call_that_fails_is_closed_where_the_network_goes_on():
    """What follows belongs to the module that caught the error."""

    class Fallback(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 3)
            self.second = nn.Linear(2, 2)

        def forward(self, x):
            try:
                x = self.first(x)
            except RuntimeError:
                x = self.second(x)
            return x.relu()

    graph = capture(Fallback(), (1, 2))
    assert [graph.calls[op.call].path for op in graph.ops] == ["second", ""]
    assert [call.parent for call in graph.calls] == [-1, 0, 0]


# Errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model, arguments, message", [
    (torch.relu, [torch.empty(2)], "a torch.nn.Module is captured, not a builtin"),
    (nn.Linear(3, 3), [], r"Linear.forward\(\): missing a required argument: 'input'"),
    (nn.Sequential(nn.Linear(3, 3)), [torch.empty(1, 4)], r"Sequential fails .* \(in 0\)"),
    (Function(lambda x: 7), [torch.empty(1)], "Function returns no tensor"),
    (Function(lambda x: x.to(torch.complex64)), [torch.empty(1)], "torch.complex64"),
    (Function(lambda x: x if x.sum() > 0 else -x), [torch.empty(1)], "fails on meta tensors"),
    (nn.LazyLinear(3), [torch.empty(1, 2)], "a lazy parameter has no shape yet.*weight"),
])
def test_errors_name_what_and_where(model, arguments, message):
    with pytest.raises(latcast.CaptureError, match=message):
        latcast.capture(model, *arguments)


def test_scripted_modules_are_refused():
    """Their code runs out of sight of hooks."""
    with pytest.raises(latcast.CaptureError, match=r"scripted module .* \(0\)"):
        latcast.capture(nn.Sequential(torch.jit.script(nn.ReLU())), torch.empty(1))


# Whole networks -----------------------------------------------------------------------------------


def version(package):
    try:
        return importlib.metadata.version(package).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def test_resnet18_is_captured_as_shipped(tmp_path):
    """The pinned versions make the zoo's file again, byte for byte, from a real model as from one
    that never had weights."""
    if (version("torch"), version("torchvision")) != ("2.11.0", "0.26.0"):
        pytest.skip("the zoo was made with torch 2.11.0 and torchvision 0.26.0")
    import torchvision
    from latcast.__main__ import main

    graph = latcast.capture(torchvision.models.resnet18(), torch.empty(1, 3, 224, 224))
    graph.name = "resnet18"
    shipped = pathlib.Path("analyzer/zoo/resnet18.lcg").read_bytes()
    assert graph.to_bytes() == shipped
    path = tmp_path / "resnet18.lcg"
    assert main(["capture", "torchvision.models:resnet18", "--input", "1x3x224x224",
                 "-o", str(path)]) == 0
    assert path.read_bytes() == shipped
