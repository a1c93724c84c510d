"""An independent count over a captured graph: multiply-accumulates of convolutions, products of
matrices and attention, and the elements they put out. No bias, no factor 2."""

import math
import re

CONVOLUTION = re.compile(r"aten\.(conv[123]d|conv_transpose[123]d)\.")
PRODUCT = re.compile(r"aten\.(linear|matmul|mm|bmm|addmm|baddbmm)\.")


def count(graph) -> tuple[int, int]:
    """(MACs, output elements)"""
    values = graph.proto.values
    macs = elements = 0
    for op in graph.proto.ops:
        shapes = [values[i].shape if i >= 0 else None for i in op.inputs]
        result = math.prod(values[op.outputs[0]].shape)
        if CONVOLUTION.match(op.type):
            # Each output element takes a window; of a transposed one, each input element makes it.
            windows = math.prod(shapes[0]) if "transpose" in op.type else result
            macs += windows * math.prod(shapes[1][1:])
        elif PRODUCT.match(op.type):
            left = shapes[1] if "add" in op.type else shapes[0]
            macs += result * left[-1]
        elif op.type.startswith("aten.scaled_dot_product_attention."):
            scores = math.prod(shapes[0][:-1]) * shapes[1][-2]
            macs += scores * (shapes[0][-1] + shapes[2][-1])
            result += scores
        else:
            continue
        elements += result
    return macs, elements
