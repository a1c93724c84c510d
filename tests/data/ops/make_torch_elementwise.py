"""Writes torch_elementwise.csv: what PyTorch makes of random calls of operators by ATen names.

    python tests/data/ops/make_torch_elementwise.py > tests/data/ops/torch_elementwise.csv

A row has the operator, its inputs ("2x3:int64"; "-" where absent), its attributes, and either the
outputs and what autograd saves for the backward pass ("in0 out0 +24": the first input, the first
output, 24 bytes more; "?" where not everything is differentiable), or "error" where PyTorch
refuses. The last column has the MACs of recurrent operators, by PyTorch's own counter.
"""

import csv
import random
import sys

import torch
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(0)
torch.set_num_threads(1)
rng = random.Random(20250301)

FLOAT, REAL, ANY = ["float32"], ["float32", "float32", "float32", "float64", "bfloat16"], [
    "float32", "float32", "float32", "float64", "bfloat16", "float16", "int64", "int32", "uint8",
    "int8", "bool"]
BOOL = ["bool"]


# What a maker of calls chooses from ---------------------------------------------------------------

def shape(low=0, high=4, sizes=(1, 2, 3, 4)):
    return [rng.choice(sizes) for _ in range(rng.randint(low, high))]


def tensor(dims, dtypes=ANY):
    return dims, rng.choice(dtypes)


def number():
    return rng.choice([2, 3, 1, 0.5, 2.5, True])


def broadcastable(count):
    """Shapes that broadcast, mostly."""
    whole = shape()
    shapes = []
    for _ in range(count):
        dims = [1 if rng.random() < 0.2 else d for d in whole]
        shapes.append(dims[rng.randint(0, len(dims)):] if rng.random() < 0.4 else dims)
    if rng.random() < 0.15:
        shapes[rng.randrange(count)] = shape()
    return shapes


def unary(dtypes=ANY, **choices):
    def make():
        a = {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.6}
        return [tensor(shape(), dtypes)], a
    return make


def binary(name=None, dtypes=ANY, first=None, **choices):
    """Two tensors; with a name the second may be a number, with `first` the first one."""
    def make():
        a = {n: rng.choice(values) for n, values in choices.items() if rng.random() < 0.3}
        x, y = broadcastable(2)
        if name and rng.random() < 0.35:
            return [tensor(x, dtypes)], a | {name: number()}
        if first and rng.random() < 0.2:
            return [None, tensor(y, dtypes)], a | {first: number()}
        return [tensor(x, dtypes), tensor(y, dtypes)], a
    return make


def ternary(dtypes=REAL, **choices):
    def make():
        a = {n: rng.choice(values) for n, values in choices.items() if rng.random() < 0.5}
        return [tensor(s, [rng.choice(dtypes)] * 9 + ["float32"]) for s in broadcastable(3)], a
    return make


def where():
    c, x, y = broadcastable(3)
    call, a = [tensor(c, BOOL * 9 + ["uint8", "int64"])], {}
    for name, dims in (("self", x), ("other", y)):
        if rng.random() < 0.25:
            call.append(None)
            a[name] = number()
        else:
            call.append(tensor(dims))
    return call, a


def masked_fill():
    x, m = broadcastable(2)
    call = [tensor(x), tensor(m, BOOL * 9 + ["int64"])]
    if rng.random() < 0.6:
        return call, {"value": number() if call[0][1] in REAL else 1}
    return call + [tensor(shape(0, 1, (1,)) if rng.random() < 0.2 else [], [call[0][1]])], {}


def clamp():
    shapes = broadcastable(3)
    bounds = [rng.random() < 0.7, rng.random() < 0.7]
    if rng.random() < 0.6:
        return [tensor(shapes[0])], {n: number() for n, b in zip(("min", "max"), bounds) if b}
    call = [tensor(s, ["float32", "float32", "float64", "int64"]) for s in shapes]
    return [call[0]] + [t if b else None for t, b in zip(call[1:], bounds)], {}


def lerp():
    x, y, w = broadcastable(3)
    dtype = [rng.choice(REAL)] * 9 + ["float64"]
    if rng.random() < 0.5:
        return [tensor(x, dtype), tensor(y, dtype)], {"weight": rng.choice([0.25, 1, 0.5])}
    return [tensor(x, dtype), tensor(y, dtype), tensor(w, dtype)], {}


def glu():
    a = {"dim": rng.randint(-4, 3)} if rng.random() < 0.8 else {}
    return [tensor(shape(0, 4, (2, 3, 4, 6)), REAL)], a


def dtype(chance=0.4):
    return {"dtype": rng.choice(ANY)} if rng.random() < chance else {}


def fill(name):
    return {name: rng.choice([0, 1, 0.5, True])} if name else {}


def sized(value=None):
    return lambda: ([], {"size": shape(0, 3, (0, 1, 2, 3, 4, -1))} | fill(value) | dtype())


def new(value=None):
    return lambda: ([tensor(shape())], {"size": shape(0, 3)} | fill(value) | dtype())


def like(value=None):
    return lambda: ([tensor(shape())], fill(value) | dtype())


def arange():
    numbers = rng.choice([[0, 1, 5, 9, -4], [0, 0.5, 2.25, 7, -3.5]])
    a = {"end": rng.choice(numbers)}
    if rng.random() < 0.7:
        a["start"] = rng.choice(numbers)
        if rng.random() < 0.7:
            a["step"] = rng.choice(numbers)
    if rng.random() < 0.4:
        a["dtype"] = rng.choice(["float32", "int64", "int32"])
    return [], a


def linspace():
    return [], {"start": 0, "end": 1.5, "steps": rng.choice([0, 1, 4, -1])} | dtype()


def eye():
    return [], {"n": rng.choice([0, 1, 4, -1])} | rng.choice([{}, {"m": rng.choice([0, 3, -1])}])


def fill_or_copy(name, value):
    def make():
        x, y = broadcastable(2)
        call = [tensor(x), tensor([] if name == "fill" and rng.random() < 0.8 else y)]
        if name == "fill":
            call[1] = (call[1][0], call[0][1])  # what needs a gradient cannot go into integers
        return (call[:1], {value: number()}) if value and rng.random() < 0.5 else (call, {})
    return make


def probability():
    call = [tensor(shape(), REAL)]
    if rng.random() < 0.4:
        return call, {"p": 0.5}
    return call + ([(call[0][0], "float32")] if rng.random() < 0.4 else []), {}


def embedding():
    table = tensor([rng.randint(3, 9), rng.choice([1, 4])] + [2] * (rng.random() < 0.1), REAL)
    return [table, tensor(shape(), ["int64"] * 6 + ["int32", "float32"])], {}


def embedding_bag():
    mode, last, count = rng.randint(0, 2), rng.random() < 0.3, rng.randint(1, 5)
    kind = ["int64", "int32"][rng.random() < 0.2]
    offsets = rng.randint(1, 3) + last
    call = [tensor([5, rng.choice([1, 4])], FLOAT), ([count], kind), ([offsets], kind)]
    if rng.random() < 0.3:
        call.append(([count], "float32"))
    return call, {"mode": mode, "include_last_offset": last}


def reduction(dims="list", dtypes=ANY, needed=False, **choices):
    """Over a list of dimensions, one dimension or all."""
    def make():
        x = shape(0, 4, (1, 2, 3, 4, 0)[:5 - (dims == "scan" or rng.random() < 0.8)])
        a = {n: rng.choice(values) for n, values in choices.items() if rng.random() < 0.4}
        if needed or rng.random() < 0.8:
            some = [rng.randint(-4, 3) for _ in range(rng.randint(needed, 2))]
            a["dim"] = some if dims == "list" else rng.randint(-4, 3)
            if dims != "scan" and rng.random() < 0.5:
                a["keepdim"] = rng.random() < 0.7
        return [tensor(x, dtypes)], a
    return make


def recurrent(gates, states):
    """In float64, which no other library than PyTorch's own computes."""
    def make():
        layers, directions = rng.randint(1, 3), rng.randint(1, 2)
        biases, first = rng.random() < 0.7, rng.random() < 0.4
        steps, batch, features, hidden = (rng.randint(1, 5) for _ in range(4))
        output = rng.randint(1, 5) if states == 2 and rng.random() < 0.4 else hidden
        call = [[batch, steps, features] if first else [steps, batch, features]]
        call += [[layers * directions, batch, size] for size in [output, hidden][:states]]
        for layer in range(layers):
            for _ in range(directions):
                call += [[gates * hidden, output * directions if layer else features],
                         [gates * hidden, output]]
                call += [[gates * hidden]] * 2 * biases
                call += [[output, hidden]] * (output != hidden)
        if rng.random() < 0.15:
            call[rng.randrange(len(call))][-1] += 1
        if rng.random() < 0.05:
            call.pop()
        return [(dims, "float64") for dims in call], {
            "has_biases": biases, "num_layers": layers, "dropout": 0.0, "train": True,
            "bidirectional": directions == 2, "batch_first": first}
    return make


def cell(gates, states):
    def make():
        batch, features, hidden = (rng.randint(1, 5) for _ in range(3))
        call = [[batch, features]] + [[batch, hidden] for _ in range(states)]
        call += [[gates * hidden, features], [gates * hidden, hidden]]
        if rng.random() < 0.6:
            call += [[gates * hidden], [gates * hidden]]
        if rng.random() < 0.15:
            call[rng.randrange(len(call))][-1] += 1
        return [(dims, "float64") for dims in call], {}
    return make


FUNCTIONS = """exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal abs neg sign sin cos
    tan asin acos atan sinh cosh erf erfc erfinv floor ceil trunc frac sigmoid tanh isnan isinf
    isfinite logical_not bitwise_not relu""".split()
ACTIVATIONS = {
    "elu": {"alpha": [0.5, 1]}, "celu": {"alpha": [0.5, 2]}, "selu": {},
    "softplus": {"beta": [1, 2], "threshold": [20]}, "mish": {}, "log_sigmoid": {},
    "hardshrink": {"lambd": [0.3]}, "softshrink": {"lambd": [0.3]},
    "rrelu": {"training": [True, False]}, "silu": {}, "gelu": {}, "hardswish": {},
    "hardsigmoid": {}, "leaky_relu": {"negative_slope": [0.1]}, "hardtanh": {}}
TWO_TENSORS = "maximum minimum atan2 hypot logaddexp logical_and logical_or logical_xor".split()
OR_NUMBER = """mul remainder fmod eq ne lt le gt ge bitwise_and bitwise_or bitwise_xor
    bitwise_left_shift bitwise_right_shift""".split()

CASES = [(name, unary(), 8) for name in FUNCTIONS]
CASES += [(name, unary(REAL, **choices), 8) for name, choices in ACTIVATIONS.items()]
CASES += [(name, binary(), 16) for name in TWO_TENSORS]
CASES += [(name, binary("other"), 20) for name in OR_NUMBER]
CASES += [(name, binary("other", alpha=[1, 2]), 30) for name in ("add", "sub", "rsub")]
CASES += [
    ("div", binary("other", rounding_mode=["floor", "trunc"]), 40),
    ("pow", binary("exponent", first="self"), 40),
    ("round", unary(REAL, decimals=[0, 2]), 6),
    ("logit", unary(REAL, eps=[0.1]), 6),
    ("nan_to_num", unary(nan=[1.5]), 8),
    ("threshold", lambda: ([tensor(shape(), REAL)], {"threshold": 0.5, "value": 2}), 6),
    ("glu", glu, 20),
    ("where", where, 50),
    ("masked_fill", masked_fill, 30),
    ("clamp", clamp, 50),
    ("lerp", lerp, 30),
    ("addcmul", ternary(ANY, value=[1, 2]), 30),
    ("addcdiv", ternary(ANY, value=[1, 0.5]), 30),
    ("zeros", sized(), 10), ("ones", sized(), 10), ("full", sized("fill_value"), 20),
    ("empty", sized(), 10), ("new_zeros", new(), 10), ("new_ones", new(), 10),
    ("new_full", new("fill_value"), 10), ("new_empty", new(), 10), ("zeros_like", like(), 10),
    ("ones_like", like(), 10), ("full_like", like("fill_value"), 10), ("empty_like", like(), 10),
    ("arange", arange, 60), ("linspace", linspace, 10), ("eye", eye, 15),
    ("scalar_tensor", lambda: ([], fill("s") | dtype()), 12),
    ("rand", sized(), 6), ("randn", sized(), 6), ("rand_like", like(), 6),
    ("randn_like", like(), 6),
    ("randint", lambda: ([], {"high": 5, "size": shape()}), 8),
    ("randint_like", lambda: ([tensor(shape(), REAL)], {"low": 1, "high": 5}), 8),
    ("randperm", lambda: ([], {"n": rng.choice([0, 5])} | dtype()), 6),
    ("bernoulli", probability, 12),
    ("fill", fill_or_copy("fill", "value"), 20), ("zero", unary(), 10),
    ("copy", fill_or_copy("copy", None), 30),
    ("to", lambda: ([tensor(shape())], dtype(1)), 20),
    ("embedding", embedding, 20), ("embedding_bag", embedding_bag, 40),
    ("sum", reduction(dtype=["float64"]), 40), ("nansum", reduction(), 20),
    ("prod", reduction("one", dtype=["float64"]), 30),
    ("mean", reduction(dtype=["float64", "float32"]), 40),
    ("any", reduction("one"), 20), ("all", reduction("one"), 20),
    ("count_nonzero", lambda: ([tensor(shape())], {"dim": [rng.randint(-4, 3)]}), 10),
    ("max", reduction("one"), 30), ("min", reduction("one"), 30), ("amax", reduction(), 30),
    ("amin", reduction(), 20), ("aminmax", reduction("one", REAL), 20),
    ("argmax", reduction("one", ANY[:10]), 20), ("argmin", reduction("one", ANY[:10]), 20),
    ("var", reduction(dtypes=ANY[:8], correction=[0, 1]), 30),
    ("std", reduction(dtypes=REAL, correction=[0, 1]), 20),
    ("var_mean", reduction(dtypes=REAL, correction=[0, 1]), 20),
    ("std_mean", reduction(dtypes=REAL, correction=[0, 1]), 20),
    ("linalg_vector_norm", reduction(dtypes=ANY[:7], ord=[0, 1, 2, 3, 0.5, float("inf")]), 50),
    ("logsumexp", reduction(needed=True), 30), ("softmax", reduction("scan", REAL, True), 20),
    ("log_softmax", reduction("scan", REAL, True, dtype=["float64"]), 20),
    ("cumsum", reduction("scan", needed=True, dtype=["float64"]), 30),
    ("cumprod", reduction("scan", needed=True), 20), ("cummax", reduction("scan", needed=True), 20),
    ("cummin", reduction("scan", needed=True), 10),
    ("logcumsumexp", reduction("scan", REAL, True), 10),
    ("lstm", recurrent(4, 2), 40), ("gru", recurrent(3, 1), 25),
    ("rnn_tanh", recurrent(1, 1), 15), ("rnn_relu", recurrent(1, 1), 15),
    ("lstm_cell", cell(4, 2), 12), ("gru_cell", cell(3, 1), 12),
    ("rnn_tanh_cell", cell(1, 1), 8), ("rnn_relu_cell", cell(1, 1), 8),
    ("one_hot", lambda: ([tensor(shape(), ["int64", "int64", "int32"])], {"num_classes": 4}), 10),
]


# A call of PyTorch --------------------------------------------------------------------------------

def data(spec):
    if spec is None:
        return None
    dtype = getattr(torch, spec[1])
    if dtype.is_floating_point:
        return (torch.rand(spec[0]) * 0.8 + 0.1).to(dtype).requires_grad_()
    low, high = (0, spec[2]) if len(spec) > 2 else (1, 3)
    return torch.randint(low, high, spec[0]).to(dtype)


def bind(schema, inputs, attributes):
    """The call's arguments by name, or None where the schema is another overload's."""
    values, i, used = {}, 0, set()
    for position, argument in enumerate(schema.arguments):
        kind = str(argument.type)
        if argument.name in attributes:
            if "Tensor" in kind:
                return None  # a number is the Scalar overload's
            value = attributes[argument.name]
            values[argument.name] = getattr(torch, value) if argument.name == "dtype" else value
            used.add(argument.name)
            i += i < len(inputs) and inputs[i] is None
        elif kind in ("List[Tensor]", "List[Optional[Tensor]]"):
            later = [a for a in schema.arguments[position + 1:] if str(a.type) == "Tensor"]
            count = LISTS.get((schema.name, argument.name), len(inputs) - i - len(later))
            values[argument.name] = inputs[i:i + count]
            i += count
        elif "Tensor" in kind and i < len(inputs) and inputs[i] is not None:
            values[argument.name] = inputs[i]
            i += 1
        elif argument.has_default_value() or kind.startswith("Optional"):
            if not argument.has_default_value():
                values[argument.name] = None
            i += "Tensor" in kind and i < len(inputs)
        else:
            return None
    return values if i == len(inputs) and used == set(attributes) else None


RECURRENT = ("lstm", "gru", "rnn_")
OUTPUTS = {"embedding_bag": 1}  # the others are for the backward pass
NO_GRADIENT = {"where": [0], "embedding": [1], "embedding_bag": [1, 2], "copy": [0]}
LISTS = {("aten::lstm", "hx"): 2, ("aten::lstm_cell", "hx"): 2}


CALLS = {}  # functions of inputs and attributes, for what ATen has not under that name


def call(name, inputs, attributes):
    if name in CALLS:
        return CALLS[name](*inputs, **attributes)
    packet = getattr(torch.ops.aten, name)
    for overload in packet.overloads():
        operator = getattr(packet, overload)
        if any(a.is_out for a in operator._schema.arguments):
            continue
        values = bind(operator._schema, inputs, attributes)
        if values is None:
            continue
        try:
            return operator(**values)
        except RuntimeError as error:
            if "Expected a value of type" not in str(error):
                raise  # else it is another overload's
    return None


def run(name, inputs, attributes):
    """(outputs, what is saved) of a call on data of that kind; None where ATen has no such call."""
    attributes = dict(attributes)
    tensors = [data(spec) for spec in inputs]
    if name == "embedding_bag":  # the bags begin one after the other, here all at once
        tensors[2].zero_()
    inplace = attributes.pop("inplace", False)
    if inplace:
        tensors[0] = tensors[0].clone()
    packed = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t):
        result = call(name + "_" * inplace, tensors, attributes)
    if result is None:
        return None
    outputs = list(result)[:OUTPUTS.get(name)] if isinstance(result, tuple) else [result]
    differentiable = [t.requires_grad for i, t in enumerate(tensors)
                      if t is not None and i not in NO_GRADIENT.get(name, [])]
    if not all(differentiable) or not any(t.requires_grad for t in outputs):
        return outputs, "?"
    if attributes.get("batch_first"):
        return outputs, "?"  # of an input with the batch first PyTorch may keep a copy
    return outputs, saved_text(packed, tensors, outputs)


def saved_text(packed, tensors, outputs):
    """What autograd packed, as a row says it."""
    places = {t.untyped_storage()._cdata: f"in{i}" for i, t in enumerate(tensors) if t is not None}
    places |= {t.untyped_storage()._cdata: f"out{i}" for i, t in enumerate(outputs)}
    storages = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in packed}
    saved = sorted((places[s] for s in storages if s in places),
                   key=lambda place: (place[0], int(place.strip("inout"))))
    extra = sum(size for s, size in storages.items() if s not in places)
    return " ".join(saved + [f"+{extra}"] * (extra > 0))


# The table ----------------------------------------------------------------------------------------

def dims(x):
    return "x".join(map(str, x)) if len(x) else "scalar"


def typed(x, dtype):
    return dims(x) + ("" if dtype == "float32" else ":" + dtype)


def text(v):
    if isinstance(v, bool):
        return "true" if v else "false"
    return "[" + " ".join(map(str, v)) + "]" if isinstance(v, list) else str(v)


def macs(name, inputs, attributes):
    if not name.startswith(RECURRENT):
        return ""
    with FlopCounterMode(display=False) as counter:
        call(name, [data(spec) for spec in inputs], attributes)
    return counter.get_total_flops() // 2


def rows(name, make, count):
    written = 0
    while written < count:
        inputs, attributes = make()
        if inputs and inputs[0] and rng.random() < 0.15 and hasattr(torch.ops.aten, name + "_"):
            attributes = attributes | {"inplace": True}
        output, saved, counted = "error", "?", ""
        try:
            result = run(name, inputs, attributes)
            if result is None:
                continue
            counted = macs(name, inputs, attributes)
            output = ";".join(typed(t.shape, str(t.dtype)[6:]) for t in result[0])
            saved = result[1]
        except (RuntimeError, IndexError, ValueError, TypeError) as error:
            # Most of the table is for shapes; what only lacks a kernel is no refusal.
            if "not implemented for" in str(error) or rng.random() < 0.7:
                continue
        yield [name, ";".join("-" if i is None else typed(*i) for i in inputs),
               ";".join(f"{k}={text(v)}" for k, v in attributes.items()), output, saved, counted]
        written += 1


if __name__ == "__main__":
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["type", "inputs", "attributes", "outputs", "saved", "macs"])
    for name, make, count in CASES:
        rng.seed(name)  # the rows of an operator depend on no other
        torch.manual_seed(0)
        out.writerows(rows(name, make, count))
