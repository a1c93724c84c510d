"""Every network of torchvision is captured, and holds the parameters and the multiply-accumulates
that torchvision's own pages say. Shortcuts make that faster and no different."""

import importlib.metadata
import sys
import warnings
from unittest import mock

import latcast
import pytest

if importlib.metadata.version("torchvision").partition("+")[0] != "0.26.0":
    pytest.skip("the networks of torchvision 0.26.0", allow_module_level=True)

sys.path.insert(0, __file__.rpartition("/")[0])
import macs  # noqa: E402
import torch  # noqa: E402
from latcast._shortcuts import SHORTCUTS  # noqa: E402
from torchvision_networks import published  # noqa: E402

NETWORKS = published()
FAST = {str(op).removeprefix("aten.") for op in SHORTCUTS}


def test_all_tasks_are_there():
    """The list is torchvision's and not ours: guard against one that came out short."""
    assert len(NETWORKS) > 110
    assert {n.task for n in NETWORKS} == {"classification", "detection", "optical_flow",
                                          "segmentation", "video"}


@pytest.mark.parametrize("network", NETWORKS, ids=lambda n: f"{n.model}-{n.weights}")
def test_published_totals(network):
    """Parameters to the digit, GMACs to the three decimals given."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = network.build()
    inputs, options = network.arguments()
    graph = latcast.capture(model, *inputs, resizable=False, **options)
    assert graph.num_parameters == network.num_params
    assert round(macs.count(graph)[0] / 1e9, 3) == network.gmacs


@pytest.mark.parametrize("network", {n.model: n for n in NETWORKS
                                     if n.task == "classification"}.values(),
                         ids=lambda n: n.model)
def test_shortcuts_change_nothing(network):
    """The same graph, shape by shape, as torch's own kernels for meta tensors give."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = network.build()
    inputs = [torch.empty(1, 3, 224, 224, device="meta")]
    if network.model == "inception_v3" or network.inputs[0][-1] > 300 and "vit" in network.model:
        inputs = network.arguments()[0]  # it takes no other size
    fast = latcast.capture(model, *inputs, resizable=False).proto
    used = sum(op.type.removeprefix("aten.") in FAST for op in fast.ops)
    assert used > len(fast.ops) // 4
    with mock.patch.dict(SHORTCUTS, clear=True):
        slow = latcast.capture(model, *inputs, resizable=False).proto
    assert fast == slow
