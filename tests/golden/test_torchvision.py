"""Every network of torchvision is captured, and holds the parameters and the multiply-accumulates
that torchvision's own pages say."""

import importlib.metadata
import sys
import warnings

import latcast
import pytest

if importlib.metadata.version("torchvision").partition("+")[0] != "0.26.0":
    pytest.skip("the networks of torchvision 0.26.0", allow_module_level=True)

sys.path.insert(0, __file__.rpartition("/")[0])
import macs  # noqa: E402
from torchvision_networks import published  # noqa: E402

NETWORKS = published()


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
