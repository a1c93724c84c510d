"""What a capture says of inputs of other sizes. tests/golden/resized_test.cc holds whole networks
against captures at those sizes."""

import latcast
import pytest
import torch
from latcast.v1 import graph_pb2 as pb
from torch import nn
from torch.nn import functional as F

NAMES = {pb.SIZE_OPERATOR_ADD: "+", pb.SIZE_OPERATOR_SUBTRACT: "-", pb.SIZE_OPERATOR_MULTIPLY: "*",
         pb.SIZE_OPERATOR_FLOOR_DIVIDE: "//", pb.SIZE_OPERATOR_MODULO: "%"}
COMPARISONS = {pb.SIZE_COMPARISON_EQUAL: "==", pb.SIZE_COMPARISON_LESS: "<",
               pb.SIZE_COMPARISON_LESS_EQUAL: "<="}


class Function(nn.Module):
    """A module whose forward is a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


def capture(function, *shapes):
    return latcast.capture(Function(function), *(torch.empty(s) for s in shapes)).proto


def text(proto, index):
    """An expression for people; v2.0 is the first dimension of value 2."""
    e = proto.sizes.expressions[index]
    if e.operator == pb.SIZE_OPERATOR_CONSTANT:
        return str(e.left)
    if e.operator == pb.SIZE_OPERATOR_DIM:
        return f"v{e.left}.{e.right}"
    return f"({text(proto, e.left)} {NAMES[e.operator]} {text(proto, e.right)})"


def entries(proto):
    return {(i, e.attribute, e.entry): text(proto, e.expression)
            for i, op in enumerate(proto.ops) for e in op.sizes}


def conditions(proto):
    return {f"{'' if c.holds else 'not '}{text(proto, c.left)} {COMPARISONS[c.comparison]} "
            f"{text(proto, c.right)}" for c in proto.sizes.conditions}


def fixed(proto):
    return {(f.input, f.axis): f.reason for f in proto.sizes.fixed}


def free(proto):
    """Fixed dimensions but for the channels, which are never tried."""
    return {d: reason for d, reason in fixed(proto).items() if "channels" not in reason}


# What code does with sizes ------------------------------------------------------------------------


def test_a_plain_network_has_nothing_to_say():
    """One pass is enough: no size is read."""
    proto = latcast.capture(
        nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
                      nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 2)),
        torch.empty(1, 3, 16, 16)).proto
    assert proto.HasField("sizes")
    assert proto.sizes == pb.Sizes()


def test_views():
    """Entries of the list are found by position, a 1 that is the batch and one that is none."""
    def function(x):
        n, c, h, w = x.shape
        return x.view(n, 1, c, h * w)

    proto = capture(function, (1, 3, 4, 5))
    assert entries(proto) == {(0, "size", 0): "v0.0", (0, "size", 2): "v0.1",
                              (0, "size", 3): "(v0.2 * v0.3)"}
    assert not free(proto) and not conditions(proto)


def test_windows_that_do_not_divide():
    """Padding by a remainder is exact, though it is 0 at the captured size."""
    def function(x):
        h = x.shape[2]
        return F.pad(x, (0, 0, 0, (7 - h % 7) % 7))

    proto = capture(function, (1, 3, 14, 14))
    assert entries(proto) == {(0, "pad", 3): "((7 - (v0.2 % 7)) % 7)"}


def test_rounding_up():
    import math
    proto = capture(lambda x: x.new_zeros(math.ceil(x.shape[2] / 4), x.size(3) // 2) + 1,
                    (1, 3, 10, 8))
    assert entries(proto) == {(0, "size", 0): "(0 - ((0 - v0.2) // 4))",
                              (0, "size", 1): "(v0.3 // 2)"}


def test_functions_written_in_python():
    """Attention reads its sizes inside torch.nn.functional."""
    proto = latcast.capture(nn.MultiheadAttention(8, 2, batch_first=True),
                            *[torch.empty(2, 5, 8)] * 1, torch.empty(2, 5, 8),
                            torch.empty(2, 5, 8)).proto
    assert any(" * 2" in e or "2 *" in e for e in entries(proto).values())
    assert all(reason for reason in free(proto).values())


def test_slices():
    """x[:, :h] calls no operator where h is all there is: asked like anything else."""
    def function(x, y):
        return x[:, :, :y.shape[2]] + 1

    proto = capture(function, (1, 3, 8, 8), (1, 3, 6, 8))
    assert ("not v1.2 == v0.2") in conditions(proto)
    assert entries(proto)[0, "end", 0] == "v1.2"
    assert (0, "step", 0) not in entries(proto) and (0, "dim", 0) not in entries(proto)
    same = capture(function, (1, 3, 8, 8), (1, 3, 8, 8))
    assert "v1.2 == v0.2" in conditions(same)


def test_assignments():
    """What is written is widened to the part it is written to."""
    def function(x):
        mask = x.new_zeros(x.shape[2], x.shape[3])
        mask[:-2, 3:] = 1.0
        return mask + 1

    proto = capture(function, (1, 3, 8, 9))
    widened = [i for i, op in enumerate(proto.ops) if op.type == "aten.expand.default"][0]
    part = [op for op in proto.ops if op.type == "aten.slice.Tensor"][-1].outputs[0]
    assert entries(proto)[widened, "size", 0] == f"v{part}.0"
    assert entries(proto)[widened, "size", 1] == f"v{part}.1"


def test_constants_made_for_a_size():
    def function(x):
        return x + torch.arange(x.shape[3])

    proto = capture(function, (1, 3, 8, 9))
    (constant,) = proto.sizes.constants
    assert proto.values[constant.value].kind == pb.VALUE_KIND_CONSTANT
    assert [text(proto, e) for e in constant.shape] == ["v0.3"]


def test_einsum_is_the_same_at_any_size():
    """Its parts do not depend on whether there is one image."""
    def function(q, k):
        return torch.einsum("bhid,bhjd->bhij", q, k)

    one, three = (capture(function, (n, 2, 5, 4), (n, 2, 6, 4)) for n in (1, 3))
    assert [op.type for op in one.ops] == [op.type for op in three.ops]
    assert list(one.values[one.outputs[0]].shape) == [1, 2, 5, 6]
    assert not free(one) and not free(three)
    assert entries(one) == entries(three) != {}


@pytest.mark.parametrize("equation, shapes", [
    ("bhid,bhjd->bhij", [(2, 3, 4, 5), (2, 3, 6, 5)]), ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk->ki", [(2, 3), (3, 4)]), ("i,j->ij", [(2,), (3,)]), ("ij,ij->", [(2, 3), (2, 3)]),
    ("ij,ij->ij", [(2, 3), (2, 3)]), ("bij,kj->bki", [(1, 2, 3), (4, 3)]),
    ("ij,jk", [(2, 3), (3, 4)]), ("ij->ji", [(2, 3)]), ("ii->i", [(3, 3)]),
    ("bn...,bn...->b...", [(2, 3, 4), (2, 3, 4)]), ("ij,ik->j", [(2, 3), (2, 4)]),
    ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]), ("ij,jk->ik", [(2, 1), (3, 4)])])
def test_einsum_gives_torchs_shape(equation, shapes):
    """Whichever way it is taken apart."""
    proto = capture(lambda *x: torch.einsum(equation, *x), *shapes)
    expected = torch.einsum(equation, *(torch.empty(s) for s in shapes)).shape
    assert tuple(proto.values[proto.outputs[0]].shape) == expected


def test_modules_may_keep_sizes():
    """They are written with the module's next call, and nothing is asked for it."""
    class Keeps(nn.Module):
        height, shape = 0, ()

        def forward(self, x):
            self.height, self.shape = x.shape[2], x.shape
            return x.view(x.shape[0], -1)

    keeps = Keeps()
    proto = latcast.capture(Function(lambda x: keeps(x) + keeps(x)), torch.empty(2, 3, 4)).proto
    assert not proto.sizes.conditions
    module = nn.ModuleList([keeps])
    module.forward = lambda x: keeps(x) + keeps(x)
    kept = latcast.capture(module, torch.empty(2, 3, 4)).proto.calls[2]
    assert {a.name: a.int_value or list(a.ints.values) for a in kept.attributes} == {
        "height": 4, "shape": [2, 3, 4]}
    assert not latcast.capture(module, torch.empty(2, 3, 4)).proto.sizes.conditions


def test_one_pass_on_request():
    """The same operators, and nothing said of sizes."""
    class Counting(nn.Module):
        passes = 0

        def forward(self, x):
            Counting.passes += 1
            return x.view(x.shape[0], -1)

    x = torch.empty(2, 3, 4)
    full = latcast.capture(Counting(), x).proto
    assert Counting.passes > 1
    Counting.passes = 0
    once = latcast.capture(Counting(), x, resizable=False).proto
    assert Counting.passes == 1
    assert not once.HasField("sizes") and not any(op.sizes for op in once.ops)
    assert [op.type for op in once.ops] == [op.type for op in full.ops]


# What cannot be followed --------------------------------------------------------------------------


def test_branches_are_conditions():
    def function(x):
        return x.relu() if x.shape[2] > 10 else x.sigmoid()

    assert conditions(capture(function, (1, 3, 12, 8))) == {"10 < v0.2"}
    assert conditions(capture(function, (1, 3, 9, 8))) == {"not 10 < v0.2"}


def test_a_loop_over_a_size_fixes_it():
    """Nobody sees what range() is given; another pass does, and the reason says where."""
    def function(x):
        for _ in range(x.shape[2]):
            x = x.relu()
        return x

    proto = capture(function, (1, 3, 4, 8))
    assert set(free(proto)) == {(0, 2)}
    assert "at 1x3x36x8 the network goes another way at the end" in free(proto)[0, 2]


def test_a_size_the_network_cannot_take():
    class Positions(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.zeros(1, 3, 16, 16))

        def forward(self, x):
            return (x + self.bias).reshape(x.shape[0], -1)

    proto = latcast.capture(Positions(), torch.empty(2, 3, 16, 16)).proto
    assert set(free(proto)) == {(0, 2), (0, 3)}
    assert "RuntimeError" in free(proto)[0, 2] and "2x3x48x16" in free(proto)[0, 2]


def test_numbers_nobody_can_explain_fix_the_size():
    """A size that went through something else than arithmetic."""
    proto = capture(lambda x: x.new_zeros(len(str(x.shape[2] * 100))) + 1, (1, 3, 9, 8))
    assert set(free(proto)) == {(0, 2)}
    assert "is not understood: entry 0 of size" in free(proto)[0, 2]
    assert "aten.new_zeros.default" in free(proto)[0, 2]


def test_scripted_functions():
    """They read sizes where nobody sees it: other passes tell that it is the batch."""
    @torch.jit.script
    def flat(x):
        return x.view(x.size(0), -1)

    proto = capture(lambda x: flat(x) + 1, (1, 3, 4, 4))
    assert entries(proto) == {(0, "size", 0): "v0.0"}


def test_copies_that_depend_on_the_batch():
    """With one image the dimensions may lie as they should by chance: fewer copies."""
    def function(x):
        return x.transpose(0, 1).reshape(x.shape[1], -1) + 1

    one, two = capture(function, (1, 3, 4)), capture(function, (2, 3, 4))
    for proto in (one, two):
        (change,) = proto.sizes.storages
        assert (change.input, change.axis) == (0, 0)
    assert list(one.sizes.storages[0].storages) == [two.values[v].storage
                                                    for v in one.sizes.storages[0].values]


def test_copies_that_depend_on_the_resolution_fix_it():
    """Where only one window is left, its dimensions lie as they should by chance."""
    def function(x):
        windows = x.view(x.shape[0], 3, x.shape[2] // 4, 4)
        return windows.transpose(1, 2).reshape(-1, 4) + 1

    proto = capture(function, (2, 3, 4))
    assert "another operator copies: operator 2 (aten.reshape.default)" in free(proto)[0, 2]
    assert (0, 2) not in free(capture(function, (2, 3, 8)))


def test_contiguous_is_shown_where_it_copies_at_some_batch():
    def function(x):
        return x.transpose(0, 1).contiguous().relu()

    one, two = capture(function, (1, 3, 4)), capture(function, (2, 3, 4))
    assert [op.type for op in one.ops] == [op.type for op in two.ops]
    copy = one.ops[1]
    assert copy.type == "aten.contiguous.default"
    assert one.values[copy.outputs[0]].storage == one.values[copy.inputs[0]].storage
    assert not free(one) and not free(two)


def test_the_batch_of_several_inputs_is_one():
    proto = capture(lambda x, y: (x + y).reshape(x.shape[0], -1), (2, 3, 4, 4), (2, 3, 4, 4))
    assert not free(proto)


def test_capture_is_repeatable():
    def function(x):
        return x.view(x.shape[0], -1).relu()

    first, second = (capture(function, (2, 3, 4, 4)) for _ in range(2))
    assert first == second
