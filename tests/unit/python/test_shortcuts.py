"""Every shortcut says what torch's own kernel says, or nothing."""

import random

import pytest
import torch
from latcast._shortcuts import SHORTCUTS

aten = torch.ops.aten
choice, randint = random.choice, random.randint


def tensor(shape, dtype=None):
    """A tensor on meta: mostly contiguous and float32, now and then permuted, strided, another
    type, or expanded."""
    dtype = dtype or choice([torch.float32] * 9 + [torch.float16, torch.int64])
    kind = choice(["plain"] * 6 + ["permuted", "channels_last", "sliced", "expanded"])
    if kind == "permuted":
        order = random.sample(range(len(shape)), len(shape))
        base = torch.empty([shape[i] for i in order], dtype=dtype, device="meta")
        return base.permute([order.index(i) for i in range(len(shape))])
    plain = torch.empty(shape, dtype=dtype, device="meta")
    if kind == "channels_last" and len(shape) == 4:
        return plain.contiguous(memory_format=torch.channels_last)
    if kind == "sliced" and shape:
        return torch.empty([*shape[:-1], shape[-1] + 2], dtype=dtype, device="meta")[..., 1:-1]
    if kind == "expanded" and 1 in shape:
        return plain[(0,) * shape.count(0)].expand(shape)
    return plain


def size(low=1, high=9):
    return choice([1, low, randint(low, high), randint(low, high)])


def shape(*ranks):
    return [size() for _ in range(choice(ranks or (1, 2, 3, 4, 5)))]


def pair(low, high):
    return choice([[randint(low, high)], [randint(low, high), randint(low, high)]])


def off_by_one(value):
    """Now and then another number, so that arguments do not fit."""
    return value + 1 if random.random() < 0.05 else value


def optional(value):
    return choice([None, value, value])


def unary():
    return (tensor(shape()),)


def binary():
    full = shape()
    other = [choice([d, d, d, 1, off_by_one(d)]) for d in full][choice([0, 0, 0, 1]):]
    y = choice([tensor(other), tensor(full), 2, 0.5, True])
    x = choice([full, full, other])
    return choice([(tensor(x), y), (tensor(x), y), (tensor(full), tensor(x))])


def dropout():
    return tensor(shape()), 0.5, choice([False, False, True])


def linear():
    rows, columns = size(), size()
    bias = tensor([off_by_one(rows)])
    return (tensor([*shape(0, 1, 2, 3), columns]), tensor([rows, off_by_one(columns)]),
            optional(bias))


def matmul():
    batch, m, k, n = shape(0, 1, 2), size(), size(), size()
    other = batch if random.random() < 0.9 else shape(0, 1, 2)
    return tensor([*batch, m, k]), tensor([*other, off_by_one(k), n])


def conv2d():
    groups = choice([1, 1, 2, 3])
    channels, features = groups * size(1, 3), groups * size(1, 3)
    x = tensor([size(), off_by_one(channels), size(3, 20), size(3, 20)])
    weight = tensor([features, channels // groups, size(1, 5), size(1, 5)])
    return (x, weight, optional(tensor([features])), pair(1, 3), pair(0, 2), pair(1, 2),
            off_by_one(groups))


def max_pool2d():
    return (tensor([*shape(1, 2, 2), size(3, 20), size(3, 20)]), pair(1, 5),
            choice([[], pair(1, 4)]), pair(0, 2), pair(1, 2), choice([False, True]))


def avg_pool2d():
    return (tensor([*shape(1, 2, 2), size(3, 20), size(3, 20)]), pair(1, 5),
            choice([[], pair(1, 4)]), pair(0, 2), choice([False, True]), choice([False, True]),
            choice([None, 3]))


def adaptive_avg_pool2d():
    return tensor([*shape(1, 2), size(), size()]), [size(), size()]


def batch_norm():
    x = tensor(shape(2, 3, 4, 5))
    each = [tensor([off_by_one(x.shape[1])], x.dtype) for _ in range(4)]
    return x, *(optional(t) for t in each), choice([False, False, True]), 0.1, 1e-5, True


def layer_norm():
    x = tensor(shape(2, 3, 4))
    normalized = [off_by_one(d) for d in x.shape[-choice([1, 1, 2]):]]
    return x, normalized, optional(tensor(normalized, x.dtype)), optional(
        tensor(normalized, x.dtype)), 1e-5, True


def softmax():
    x = tensor(shape())
    return x, randint(-x.dim() - 1, x.dim()), choice([None, None, torch.float64])


def cat():
    base, dim = shape(1, 2, 3, 4), randint(-3, 3)
    shapes = [list(base) for _ in range(randint(1, 4))]
    for s in shapes:
        if -len(s) <= dim < len(s):
            s[dim] = size()
    return [tensor([off_by_one(d) for d in s]) for s in shapes], dim


def attention():
    batch, heads, length, width = size(), size(), size(), size()
    query = tensor([batch, heads, length, width])
    key = tensor([batch, heads, size(), off_by_one(width)])
    return query, key, tensor([*key.shape[:3], choice([width, size()])])


def recurrent(module, layers=2, **options):
    """What torch.nn.LSTM and its kin hand to their operator."""
    batch_first, bidirectional = choice([False, True]), choice([False, True])
    with torch.device("meta"):
        model = module(size(), randint(2, 9), layers, bidirectional=bidirectional,
                       batch_first=batch_first, bias=choice([False, True]), **options)
    steps, batch = size(), size()
    x = tensor([batch, steps, off_by_one(model.input_size)] if batch_first else
               [steps, batch, off_by_one(model.input_size)])
    width = model.proj_size or model.hidden_size
    states = [tensor([layers * (1 + bidirectional), off_by_one(batch), w], torch.float32)
              for w in (width, model.hidden_size)]
    return (x, states if module is torch.nn.LSTM else states[0],
            [w.detach() for w in model._flat_weights], model.bias, layers, 0.0, False,
            bidirectional, batch_first)


ARGUMENTS = {aten.lstm.input: lambda: recurrent(torch.nn.LSTM, proj_size=choice([0, 1])),
             aten.gru.input: lambda: recurrent(torch.nn.GRU),
             aten.rnn_tanh.input: lambda: recurrent(torch.nn.RNN),
             aten.rnn_relu.input: lambda: recurrent(torch.nn.RNN, nonlinearity="relu"),
             aten.dropout.default: dropout, aten.linear.default: linear,
             aten.matmul.default: matmul, aten.conv2d.default: conv2d,
             aten.max_pool2d.default: max_pool2d, aten.avg_pool2d.default: avg_pool2d,
             aten.adaptive_avg_pool2d.default: adaptive_avg_pool2d,
             aten.batch_norm.default: batch_norm, aten.layer_norm.default: layer_norm,
             aten.softmax.int: softmax, aten.cat.default: cat,
             aten.scaled_dot_product_attention.default: attention}


def arguments_of(func):
    if func in ARGUMENTS:
        return ARGUMENTS[func]
    return binary if "other" in str(func._schema) else unary


def described(result):
    """A dimension of size 1 is never stepped along: its stride says nothing."""
    if isinstance(result, tuple):
        return [described(each) for each in result]
    strides = [stride for stride, size in zip(result.stride(), result.shape) if size > 1]
    return result.shape, strides, result.dtype, result.device.type, result.storage_offset()


@pytest.mark.parametrize("func", SHORTCUTS, ids=str)
def test_shortcuts_agree_with_torchs_kernels(func):
    """Shape, strides, type and memory, over random arguments good and bad."""
    random.seed(str(func))
    make = arguments_of(func)
    answered = refused = 0
    for _ in range(150):
        with torch.inference_mode():
            args = make()
            quick = SHORTCUTS[func](*args)
            try:
                full = func(*args)
            except Exception as error:  # of whichever kind torch likes
                full = error
        if isinstance(full, Exception):
            assert quick is None, (args, full)
            refused += 1
        elif quick is not None:
            answered += 1
            assert described(quick) == described(full), (args, full)
            assert (quick is args[0]) == (full is args[0])
    assert answered > 15
