"""The captured graph file, without torch."""

import zlib

import pytest
from latcast import Graph, GraphError
from latcast.v1 import graph_pb2

ZOO = "analyzer/zoo"


def tiny() -> Graph:
    proto = graph_pb2.Graph(schema_version=1, name="tiny")
    proto.values.add(name="weight", kind=graph_pb2.VALUE_KIND_PARAMETER, shape=[4, 3])
    return Graph(proto)


def test_round_trip_through_a_file(tmp_path):
    """What is saved is what is loaded."""
    graph = tiny()
    graph.save(tmp_path / "tiny.lcg")
    assert Graph.load(tmp_path / "tiny.lcg").proto == graph.proto
    assert graph.num_parameters == 12


def test_bytes_hold_no_time_and_no_name():
    """The gzip header has no field that changes between two savings."""
    assert tiny().to_bytes()[:10] == b"\x1f\x8b\x08\0\0\0\0\0\x02\x03"
    assert tiny().to_bytes() == tiny().to_bytes()


def test_shipped_network_loads():
    """The zoo's files are read by Python as well as by C++."""
    graph = Graph.load(f"{ZOO}/resnet18.lcg")
    assert (graph.name, graph.num_parameters) == ("resnet18", 11689512)
    assert "69 operators" in repr(graph)


def test_every_truncation_is_an_error():
    data = tiny().to_bytes()
    for size in range(len(data)):
        with pytest.raises(GraphError):
            Graph.from_bytes(data[:size])


@pytest.mark.parametrize("data, message", [
    (b"PK no gzip", "no gzip data"),
    (zlib.compress(b"x", wbits=31), "no latcast.v1.Graph inside"),
    (zlib.compress(b"", wbits=31), "schema version 0"),
    (zlib.compress(b"\x08\x02", wbits=31), "schema version 2; version 1 is read"),
])
def test_other_bytes_are_refused(data, message, tmp_path):
    """The error says what is wrong and, from a file, with which one."""
    path = tmp_path / "x.lcg"
    path.write_bytes(data)
    with pytest.raises(GraphError, match=message) as error:
        Graph.load(path)
    assert str(path) in str(error.value)
