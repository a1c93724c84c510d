"""Networks of timm of many families against the MACs that timm's results publish, counted as fvcore
does: through the capture and the command line."""

import csv
import os
import pathlib

import pytest

pytest.importorskip("timm")
import timm_networks  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LATCAST = pathlib.Path(os.environ["LATCAST_BIN"]) / "latcast"
with open(ROOT / "tests/data/golden/timm-published.csv", newline="", encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))


@pytest.mark.parametrize("row", ROWS, ids=[row["model"] for row in ROWS])
def test_published_macs(row):
    graph = timm_networks.captured(row["model"], int(row["img_size"]))
    macs, unknown = timm_networks.fvcore_macs(graph, LATCAST)
    assert unknown == []
    assert timm_networks.as_published(macs / 1e9, float(row["pub_gmacs"])), macs
    assert round(graph.num_parameters / 1e6, 2) == pytest.approx(float(row["pub_params_M"]))


def test_what_counts_as_published():
    assert timm_networks.as_published(1.819, 1.82)
    assert not timm_networks.as_published(1.80, 1.82)
    assert timm_networks.as_published(100.15, 100.0)
    assert not timm_networks.as_published(100.25, 100.0)
