"""Result shapes of the commonest operators, without torch's kernel for meta tensors.

Those kernels are written in Python and take up to 0.3 ms a call; these take a few microseconds. A
shortcut has the operator's arguments and answers the result, or None where it would have to think:
tensors that are not contiguous, types that mix, arguments that are wrong. The kernel then decides.
"""

from __future__ import annotations

import torch

aten = torch.ops.aten
_META = torch.device("meta")
Tensor = torch.Tensor


def _new(like: Tensor, shape) -> Tensor:
    """Contiguous. torch.empty() takes three times as long."""
    strides, step = [], 1
    for size in reversed(shape):
        strides.append(step)
        step *= size or 1
    return torch.empty_strided(shape, strides[::-1], dtype=like.dtype, device=_META)


def _floats(*tensors: Tensor | None) -> bool:
    """With elements, of one floating-point type."""
    dtype = tensors[0].dtype
    if not dtype.is_floating_point:
        return False
    for t in tensors:
        if t is not None and (t.dtype != dtype or not t.numel()):
            return False
    return True


def _plain(*tensors: Tensor | None) -> bool:
    """The same, and contiguous."""
    return _floats(*tensors) and all(t is None or t.is_contiguous() for t in tensors)


def _each(value, count: int) -> tuple[int, ...] | None:
    """The arguments of `count` spatial dimensions: one number may stand for all."""
    if isinstance(value, int):
        return (value,) * count
    if len(value) == count:
        return value
    return tuple(value) * count if len(value) == 1 else None


# Element by element -------------------------------------------------------------------------------


def _like(x: Tensor) -> Tensor:
    return torch.empty_strided(x.shape, x.stride(), dtype=x.dtype, device=_META)


def _dense(x: Tensor) -> bool:
    """Whether the elements fill the memory without gap, in whichever order of dimensions."""
    if x.is_contiguous():
        return True
    expected = 1
    for stride, size in sorted(zip(x.stride(), x.shape)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def _unary(x: Tensor, *args, **kwargs):
    return _like(x) if _floats(x) and _dense(x) else None


def _unary_inplace(x: Tensor, *args, **kwargs):
    return x if x.dtype.is_floating_point else None


def _fits(small: Tensor, large: Tensor) -> bool:
    """Whether `small` can be broadcast to the shape of `large`."""
    if small.shape == large.shape:
        return True
    if small.dim() > large.dim():
        return False
    return all(s in (1, l) for s, l in zip(reversed(small.shape), reversed(large.shape)))


def _binary(x: Tensor, y, *args, **kwargs):
    if not isinstance(x, Tensor):
        return None
    if isinstance(y, (int, float)) and not isinstance(y, bool):
        return _like(x) if _floats(x) and _dense(x) else None
    if not isinstance(y, Tensor) or not _floats(x, y):
        return None
    if x.shape == y.shape:
        return _like(x) if x.stride() == y.stride() and _dense(x) else None
    if not _plain(x, y):
        return None
    if _fits(y, x):
        return _like(x)
    return _like(y) if _fits(x, y) else None


def _binary_inplace(x: Tensor, y, *args, **kwargs):
    if not x.dtype.is_floating_point or x.numel() == 0:
        return None
    if isinstance(y, (int, float)) and not isinstance(y, bool):
        return x
    return x if isinstance(y, Tensor) and y.dtype == x.dtype and _fits(y, x) else None


def _dropout(x: Tensor, p, train):
    return x if not train and x.dtype.is_floating_point else None


# Products and windows -----------------------------------------------------------------------------


def _linear(x: Tensor, weight: Tensor, bias=None):
    if not _floats(x, weight, bias) or x.dim() < 2 or weight.dim() != 2:
        return None
    *rows, columns = x.shape
    features = weight.size(0)
    if columns != weight.size(1):
        return None
    if bias is not None and (bias.dim() != 1 or bias.size(0) != features):
        return None
    return _new(x, (*rows, features))


def _matmul(x: Tensor, y: Tensor):
    if not _floats(x, y) or x.dim() < 2 or x.dim() != y.dim() or x.shape[:-2] != y.shape[:-2]:
        return None
    return _new(x, (*x.shape[:-1], y.shape[-1])) if x.shape[-1] == y.shape[-2] else None


def _conv2d(x: Tensor, weight: Tensor, bias=None, stride=(1, 1), padding=(0, 0), dilation=(1, 1),
            groups=1):
    if x.dim() != 4 or weight.dim() != 4 or groups < 1 or not _floats(x, weight, bias):
        return None
    images, channels, *sizes = x.shape
    filters, depth, *kernel = weight.shape
    if channels != depth * groups or filters % groups:
        return None
    if bias is not None and (bias.dim() != 1 or bias.size(0) != filters):
        return None
    spatial = _windows(sizes, kernel, stride, padding, dilation)
    return spatial and _new(x, (images, filters, *spatial))


def _windows(sizes, kernel, stride, padding, dilation, ceil_mode=False):
    """Output sizes of windows that slide over `sizes`; None where the arguments are unusual."""
    count = len(sizes)
    kernel, stride = _each(kernel, count), _each(stride or kernel, count)
    padding, dilation = _each(padding, count), _each(dilation, count)
    if None in (kernel, stride, padding, dilation):
        return None
    result = []
    for size, k, s, p, d in zip(sizes, kernel, stride, padding, dilation):
        span = size + 2 * p - d * (k - 1) - 1
        if span < 0 or p < 0 or k < 1 or s < 1 or d < 1:
            return None
        windows = span // s + 1
        if ceil_mode and span % s and windows * s < size + p:
            windows += 1  # the last window starts inside the input or its left padding
        result.append(windows)
    return result


def _max_pool2d(x: Tensor, kernel_size, stride=(), padding=(0,), dilation=(1,), ceil_mode=False):
    kernel, pads = _each(kernel_size, 2), _each(padding, 2)
    if not _plain(x) or x.dim() != 4 or None in (kernel, pads):
        return None
    if any(2 * p > k for k, p in zip(kernel, pads)):
        return None
    spatial = _windows(x.shape[2:], kernel, stride, pads, dilation, ceil_mode)
    return spatial and _new(x, (*x.shape[:2], *spatial))


def _avg_pool2d(x: Tensor, kernel_size, stride=(), padding=(0,), ceil_mode=False,
                count_include_pad=True, divisor_override=None):
    return None if divisor_override == 0 else _max_pool2d(x, kernel_size, stride, padding, (1,),
                                                          ceil_mode)


def _adaptive_avg_pool2d(x: Tensor, output_size):
    if not _plain(x) or x.dim() not in (3, 4) or len(output_size) != 2 or min(output_size) < 0:
        return None
    if x.shape[-1] * x.shape[-2] == 1:  # the layout of the result is then the kernel's choice
        return None
    return _new(x, (*x.shape[:-2], *output_size))


# Normalisation and the rest -----------------------------------------------------------------------


def _batch_norm(x: Tensor, weight, bias, mean, var, training, *args):
    if training or mean is None or var is None or x.dim() < 2 or not _plain(x):
        return None
    channels, dtype = x.size(1), x.dtype
    for t in (weight, bias, mean, var):
        if t is not None and (t.dtype != dtype or t.dim() != 1 or t.size(0) != channels
                              or not t.is_contiguous()):
            return None
    return _like(x)


def _layer_norm(x: Tensor, normalized_shape, weight=None, bias=None, eps=0.0, cudnn_enable=True):
    normalized, shape = tuple(normalized_shape), tuple(x.shape)
    if not _floats(x, weight, bias) or not normalized or shape[-len(normalized):] != normalized:
        return None
    if any(t is not None and tuple(t.shape) != normalized for t in (weight, bias)):
        return None
    return _new(x, x.shape)


def _attention(query: Tensor, key: Tensor, value: Tensor, attn_mask=None, *args, **kwargs):
    if attn_mask is not None or not _floats(query, key, value) or query.dim() != 4:
        return None
    if (query.shape[:2], query.shape[3]) != (key.shape[:2], key.shape[3]):
        return None
    if key.shape[:3] != value.shape[:3]:
        return None
    return _new(query, (*query.shape[:3], value.shape[3]))


def _softmax(x: Tensor, dim, dtype=None):
    return _new(x, x.shape) if dtype is None and _plain(x) and -x.dim() <= dim < x.dim() else None


def _cat(tensors, dim=0):
    if not tensors or not _plain(*tensors):
        return None
    first = tensors[0]
    rank = first.dim()
    if not -rank <= dim < rank or any(t.dim() != rank for t in tensors):
        return None
    axis = dim % rank
    shape = list(first.shape)
    for t in tensors[1:]:
        if t.shape[:axis] != first.shape[:axis] or t.shape[axis + 1:] != first.shape[axis + 1:]:
            return None
        shape[axis] += t.shape[axis]
    return _new(first, shape)


# Recurrent networks: the kernels run every time step ----------------------------------------------


def _lstm(x: Tensor, states, weights, has_biases, num_layers, dropout, train, bidirectional,
          batch_first):
    if len(states) != 2 or states[0].shape[:2] != states[1].shape[:2]:
        return None
    if weights[0].shape[0] != 4 * states[1].shape[2]:
        return None
    result = _recurrent(x, states[0], weights, has_biases, num_layers, dropout, train,
                        bidirectional, batch_first)
    return result and (*result, _new(states[1], states[1].shape))


def _recurrent(x: Tensor, state: Tensor, weights, has_biases, num_layers, dropout, train,
               bidirectional, batch_first):
    if not _floats(x, state, *weights) or x.dim() != 3 or state.dim() != 3:
        return None
    directions = 2 if bidirectional else 1
    steps, batch = (x.shape[1], x.shape[0]) if batch_first else x.shape[:2]
    if state.shape[:2] != (num_layers * directions, batch):
        return None
    if x.shape[2] != weights[0].shape[1] or state.shape[2] != weights[1].shape[1]:
        return None
    output = _new(x, (steps, batch, directions * state.shape[2]))
    return output.transpose(0, 1) if batch_first else output, _new(state, state.shape)


SHORTCUTS = {
    **dict.fromkeys((aten.relu.default, aten.gelu.default, aten.silu.default,
                     aten.sigmoid.default, aten.tanh.default, aten.hardtanh.default,
                     aten.relu6.default, aten.hardswish.default, aten.hardsigmoid.default,
                     aten.leaky_relu.default, aten.elu.default, aten.mish.default), _unary),
    **dict.fromkeys((aten.relu_.default, aten.silu_.default, aten.sigmoid_.default,
                     aten.hardtanh_.default, aten.relu6_.default, aten.hardswish_.default,
                     aten.hardsigmoid_.default, aten.leaky_relu_.default), _unary_inplace),
    **dict.fromkeys((aten.add.Tensor, aten.sub.Tensor, aten.mul.Tensor, aten.div.Tensor), _binary),
    **dict.fromkeys((aten.add_.Tensor, aten.sub_.Tensor, aten.mul_.Tensor, aten.div_.Tensor),
                    _binary_inplace),
    aten.dropout.default: _dropout,
    aten.linear.default: _linear,
    aten.matmul.default: _matmul,
    aten.conv2d.default: _conv2d,
    aten.max_pool2d.default: _max_pool2d,
    aten.avg_pool2d.default: _avg_pool2d,
    aten.adaptive_avg_pool2d.default: _adaptive_avg_pool2d,
    aten.batch_norm.default: _batch_norm,
    aten.layer_norm.default: _layer_norm,
    aten.scaled_dot_product_attention.default: _attention,
    aten.softmax.int: _softmax,
    aten.cat.default: _cat,
    aten.lstm.input: _lstm,
    **dict.fromkeys((aten.gru.input, aten.rnn_tanh.input, aten.rnn_relu.input), _recurrent),
}
