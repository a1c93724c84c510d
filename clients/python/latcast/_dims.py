"""Numbers that remember which sizes of tensors they were computed from.

A network's code reads sizes off shapes, computes with them and hands them to operators:
`x.view(x.shape[0], h // 7, 7, w // 7, 7, c)`. Within a `SizeTrace` a shape's entries are `Dim`s:
ints whose arithmetic builds expressions, and whose comparisons are kept as conditions.
"""

from __future__ import annotations

from typing import NamedTuple, Union


class Node:
    """An expression. "dim": the size of value `left` along axis `right`; else `left` and `right`
    are the operands of "+", "-", "*", "//" or "%", nodes or plain numbers. A trace makes each one
    once: equal nodes are the same."""

    __slots__ = ("depth", "left", "operator", "right")

    def __init__(self, operator: str, left: Node | int, right: Node | int):
        self.operator = operator
        self.left = left
        self.right = right
        self.depth = 1 + max(getattr(left, "depth", 0), getattr(right, "depth", 0))


class Condition(NamedTuple):
    """`left comparison right` was evaluated before operator `op`, in module call `call`."""

    op: int
    call: int
    comparison: str  # "==", "<", "<="
    left: Union[Node, int]
    right: Union[Node, int]
    holds: bool


_OPERATIONS = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "//": int.__floordiv__,
               "%": int.__mod__}
_COMPARISONS = {"==": int.__eq__, "<": int.__lt__, "<=": int.__le__}


class Dim(int):
    """An int with the expression that gave it. `trace` hears of comparisons."""

    node: Node

    def __new__(cls, number: int, node: Node, trace):
        self = int.__new__(cls, number)
        self.node = node
        self.trace = trace
        return self

    def __reduce__(self):
        return int, (plain(self),)

    def __int__(self):
        return plain(self)

    def __bool__(self):
        return self != 0

    def __neg__(self):
        return 0 - self

    def __pos__(self):
        return self

    __floor__ = __ceil__ = __trunc__ = __pos__

    def __round__(self, digits=None):
        return self if digits is None else int.__round__(self, digits)

    def __truediv__(self, other):
        return _ratio(self, other, self.trace)

    def __rtruediv__(self, other):
        return _ratio(other, self, self.trace)

    def __divmod__(self, other):
        return self // other, self % other

    def __rdivmod__(self, other):
        return other // self, other % self

    def __abs__(self):
        return self if self >= 0 else -self

    def __rshift__(self, bits):
        return self // 2 ** bits if type(bits) is int and bits >= 0 else int.__rshift__(self, bits)

    def __pow__(self, exponent, modulus=None):
        if modulus is None and type(exponent) is int and 0 < exponent < 5:
            return self if exponent == 1 else self * self ** (exponent - 1)
        return int.__pow__(self, exponent, modulus)

    __hash__ = int.__hash__


class Ratio(float):
    """The quotient of two numbers of which one is a Dim: rounded up or down it is one again."""

    def __new__(cls, number: float, numerator, denominator):
        self = float.__new__(cls, number)
        self.parts = numerator, denominator
        return self

    def __reduce__(self):
        return float, (float.__float__(self),)

    def __floor__(self):
        return self.parts[0] // self.parts[1]

    def __ceil__(self):
        return -(-self.parts[0] // self.parts[1])

    def __int__(self):
        self.__floor__()  # of sizes; the trace notes it
        return float.__int__(self)


def _ratio(numerator, denominator, trace):
    if not isinstance(numerator, int) or not isinstance(denominator, int):
        return NotImplemented
    return Ratio(plain(numerator) / plain(denominator), numerator, denominator)


def plain(number: int) -> int:
    """The number alone."""
    return int.__add__(number, 0)


def node_of(number: int) -> Node | int:
    return number.node if isinstance(number, Dim) else plain(number)


def _arithmetic(symbol: str, swap: bool):
    operation = _OPERATIONS[symbol]

    def method(self, other):
        if not isinstance(other, int):
            return NotImplemented
        left, right = (other, self) if swap else (self, other)
        return self.trace.dim(operation(left, right), symbol, node_of(left), node_of(right))

    return method


def _comparison(symbol: str, swap: bool, negate: bool):
    compare = _COMPARISONS[symbol]

    def method(self, other):
        if not isinstance(other, int):
            return NotImplemented
        left, right = (other, self) if swap else (self, other)
        holds = compare(left, right)
        self.trace.condition(symbol, node_of(left), node_of(right), holds)
        return holds != negate

    return method


for _name, _symbol in (("add", "+"), ("sub", "-"), ("mul", "*"), ("floordiv", "//"), ("mod", "%")):
    setattr(Dim, f"__{_name}__", _arithmetic(_symbol, False))
    setattr(Dim, f"__r{_name}__", _arithmetic(_symbol, True))
for _name, *_form in (("eq", "==", False, False), ("ne", "==", False, True),
                      ("lt", "<", False, False), ("gt", "<", True, False),
                      ("le", "<=", False, False), ("ge", "<=", True, False)):
    setattr(Dim, f"__{_name}__", _comparison(*_form))


def evaluate(node: Node | int, size, memo: dict) -> int:
    """The node's number where `size(value, axis)` is that of a value. Raises ZeroDivisionError."""
    if isinstance(node, int):
        return node
    number = memo.get(node)
    if number is None:
        if node.operator == "dim":
            number = size(node.left, node.right)
        else:
            number = _OPERATIONS[node.operator](evaluate(node.left, size, memo),
                                                evaluate(node.right, size, memo))
        memo[node] = number
    return number


def evaluate_condition(condition: Condition, size, memo: dict) -> bool:
    """Whether it comes out as it did."""
    try:
        left = evaluate(condition.left, size, memo)
        right = evaluate(condition.right, size, memo)
    except ZeroDivisionError:
        return False
    return _COMPARISONS[condition.comparison](left, right) == condition.holds


def dims_in(node: Node | int) -> list[Node]:
    """The sizes it is computed from."""
    if isinstance(node, int):
        return []
    return [node] if node.operator == "dim" else [*dims_in(node.left), *dims_in(node.right)]
