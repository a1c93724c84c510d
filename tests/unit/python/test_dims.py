"""Numbers that remember what they were computed from."""

import copy
import math
import pickle
import random

import pytest
from latcast._dims import Dim, Node, dims_in, evaluate, evaluate_condition, plain
from latcast._trace import SizeTrace


class Recorder:
    """What a trace asks of a recorder: how far the network is."""

    open_calls = [0]

    class graph:  # noqa: N801
        ops = ()


SIZES = {(0, 0): 2, (0, 1): 12, (0, 2): 7}


def dims(trace):
    return [trace.dim(size, "dim", *place) for place, size in SIZES.items()]


def value_of(number, sizes=SIZES):
    return evaluate(number.node, lambda value, axis: sizes[value, axis], {})


def test_arithmetic_is_that_of_ints_and_is_remembered():
    """Random formulas: the number is right, and so is the expression, here and at other sizes."""
    random.seed(1)
    operations = [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b,
                  lambda a, b: a // b, lambda a, b: a % b, lambda a, b: -a + b,
                  lambda a, b: math.ceil(a / b), lambda a, b: math.floor(a / b),
                  lambda a, b: divmod(a, b)[1], lambda a, b: abs(a) + b,
                  lambda a, b: (a >> 1) * b, lambda a, b: a ** 2 - b, lambda a, b: round(a) + b]
    other = {(0, 0): 5, (0, 1): 31, (0, 2): 11}
    compared = 0
    for _ in range(300):
        trace = SizeTrace(Recorder)
        traced = [*dims(trace), 3, -4]
        here, there = [*SIZES.values(), 3, -4], [*other.values(), 3, -4]
        try:
            for _ in range(4):
                f, i, j = random.choice(operations), *random.sample(range(len(here)), 2)
                for numbers in (traced, here, there):
                    numbers.append(f(numbers[i], numbers[j]))
        except ZeroDivisionError:
            continue
        if not all(evaluate_condition(c, lambda *place: other[place], {})
                   for c in trace.conditions):
            continue  # abs() asked for a sign
        for t, h, o in zip(traced, here, there):
            assert plain(t) == h
            if isinstance(t, Dim):
                assert value_of(t) == h and value_of(t, other) == o
                compared += 1
    assert compared > 1000


def test_equal_expressions_are_one():
    n, h, w = dims(SizeTrace(Recorder))
    assert (h * w + n).node is (h * w + n).node
    assert (h * w).node is not (w * h).node
    assert {node.right for node in dims_in((h * w + n * n).node)} == {0, 1, 2}


@pytest.mark.parametrize("ask", [
    lambda a, b: a == b, lambda a, b: a != b, lambda a, b: a < b, lambda a, b: a <= b,
    lambda a, b: a > b, lambda a, b: a >= b, lambda a, b: bool(a - b), lambda a, b: max(a, b) is a,
    lambda a, b: a in (1, b), lambda a, b: (a, 3) == (b, 3)])
def test_questions_are_answered_and_kept(ask):
    """The condition holds at the sizes it was asked at, and where the answer is the same."""
    for a, b in ((3, 3), (2, 3), (4, 3)):
        trace = SizeTrace(Recorder)
        d, e = trace.dim(a, "dim", 0, 0), trace.dim(b, "dim", 0, 1)
        answer = ask(d, e)
        assert bool(answer) == bool(ask(a, b))
        assert trace.conditions
        for other in ((3, 3), (2, 3), (4, 3)):
            size = lambda value, axis, other=other: other[axis]  # noqa: E731
            same = all(evaluate_condition(c, size, {}) for c in trace.conditions)
            assert not same or bool(ask(*other)) == bool(answer)
            assert same or other != (a, b)


def test_what_needs_no_asking():
    """The same number asked twice is one condition, and none where both sides are the same."""
    trace = SizeTrace(Recorder)
    n, h, w = dims(trace)
    assert n == n and n <= n  # noqa: PLR0124
    assert not trace.conditions
    for _ in range(3):
        assert h > w
    assert len(trace.conditions) == 1
    assert h != "x" and h is not None


def test_dims_are_ints():
    trace = SizeTrace(Recorder)
    n, h, _ = dims(trace)
    assert [0] * n == [0, 0] and list(range(n)) == [0, 1] and f"{h}" == "12" and {12: 1}[h] == 1
    assert type(int(h)) is int and type(copy.deepcopy(h)) is int
    assert type(pickle.loads(pickle.dumps(h))) is int
    assert h * 0.5 == 6.0 and h / 8 == 1.5 and int(h / 8) == 1 and type(h / 0.5) is float
    with pytest.raises(ZeroDivisionError):
        h % (n - 2)


def test_long_formulas_end():
    """A number that a loop adds up becomes one like any other, and nothing overflows."""
    total, trace = 0, SizeTrace(Recorder)
    n = dims(trace)[0]
    for _ in range(10_000):
        total = total + n
    assert total == 20_000 and not isinstance(total, Dim)


def test_a_condition_that_divides_by_nothing_does_not_hold():
    trace = SizeTrace(Recorder)
    n, h, _ = dims(trace)
    assert h // n == 6
    (condition,) = trace.conditions
    assert isinstance(condition.left, Node)
    assert not evaluate_condition(condition, lambda value, axis: 0, {})
