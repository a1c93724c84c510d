"""Holds the link graph and the #includes against the arrows of the house.

usage: architecture_test.py link_graph.txt SOURCE_FOLDER

A room is a folder; an arrow says which rooms its targets may link to and its files may include
from. Everything not written here is refused, so a new arrow is a decision and not an accident.
"""
import pathlib
import re
import sys

ANALYSIS = ["base", "analyzer/graph", "analyzer/ops", "analyzer/cost", "analyzer/features"]
ANALYZER = ANALYSIS + ["analyzer/conventions", "analyzer/memory", "analyzer/insight"] + ["analyzer/blocks", "analyzer/zoo", "analyzer/import", "analyzer/report"]

ROOMS = {
    "base": [],
    "proto": [],
    "analyzer/graph": ["base"],
    "analyzer/ops": ["base", "analyzer/graph"],
    "analyzer/cost": ["base", "analyzer/graph", "analyzer/ops"],
    "analyzer/features": ["base", "analyzer/graph", "analyzer/ops", "analyzer/cost"],
    "analyzer/conventions": ["base", "analyzer/graph", "analyzer/ops", "analyzer/cost"],
    "analyzer/memory": ["base", "analyzer/graph", "analyzer/ops", "analyzer/cost"],
    "analyzer/insight": ANALYSIS + ["analyzer/memory"],
    "analyzer/blocks": ["base", "analyzer/graph", "analyzer/ops"],
    "analyzer/zoo": [],
    # A MODEL is a file, a zoo network or a block: import is where the three meet.
    "analyzer/import": ["base", "analyzer/graph", "analyzer/ops", "analyzer/blocks",
                        "analyzer/zoo", "proto"],
    "analyzer/report": ANALYSIS + ["analyzer/conventions", "analyzer/memory",
                                   "analyzer/insight"],
    "regression": ["base"],
    # The harness knows neither LibTorch nor the analyzer.
    "bench/harness": ["base"],
    "bench/executor": ["base", "analyzer/graph", "analyzer/ops"],
    "bench/backends": ANALYSIS + ["bench/harness", "bench/executor"],
    "bench/plan": ANALYSIS + ["analyzer/blocks", "analyzer/import", "bench/harness"],
    "bench/isolation": ["base", "analyzer/graph", "bench/harness", "bench/backends", "bench/plan"],
    # A gRPC client that runs latcast-bench as a child: it measures nothing itself.
    "bench/agent": ["base", "proto", "clients/cpp"],
    "bench": ANALYSIS + ["analyzer/blocks", "analyzer/zoo", "analyzer/import", "bench/harness",
                         "bench/executor", "bench/backends", "bench/plan", "bench/isolation"],
    "server/core": ANALYZER + ["regression"],
    "server/store": ["base", "regression", "server/core"],
    "server/rpc": ANALYZER + ["regression", "proto", "server/core", "server/store"],
    "server": ["base", "regression", "proto", "server/core", "server/store", "server/rpc"],
    "clients/cpp": ["base", "proto"],
    "clients/cli": ANALYZER + ["regression", "proto", "clients/cpp"],
}

# Libraries from outside that only these rooms may see.
GUARDED = {
    "LibTorch::": ["bench/executor", "bench/backends", "bench"],
    "gRPC::": ["proto", "server/rpc", "server", "clients/cpp"],
    "SQLite": ["server/store"],
    "Eigen3::": ["regression", "bench/plan"],
}
GUARDED_INCLUDES = {
    r"(ATen|torch|c10)/": GUARDED["LibTorch::"],
    r"grpc(pp|\+\+)?/": GUARDED["gRPC::"],
    r"sqlite3\.h": GUARDED["SQLite"],
    r"Eigen/": GUARDED["Eigen3::"],
}


def room_of(path):
    """The longest room the path lies in; None for tests and other folders."""
    fits = [room for room in ROOMS if path == room or path.startswith(room + "/")]
    return max(fits, key=len, default=None)


def check_links(lines):
    targets = {}
    for line in lines:
        kind_name_folder, deps = line.split(":", 1)
        kind, name, folder = kind_name_folder.split(" ")
        if folder.startswith("tests/"):  # benchmarks are programs of the tests
            kind = "test"
        targets[name] = (kind, room_of(folder), deps.split())
    assert len(targets) > 10, "the link graph is empty: is the path right?"
    for name, (kind, room, deps) in targets.items():
        if kind == "test":
            continue
        if room is None:
            yield f"{name}: its folder is no room of the house"
            continue
        for dep in deps:
            if dep in targets:
                to = targets[dep][1]
                if to != room and to not in ROOMS[room]:
                    yield f"{name}: links {dep}, but there is no arrow {room} -> {to}"
            for prefix, allowed in GUARDED.items():
                if dep.startswith(prefix) and room not in allowed:
                    yield f"{name}: {room} must not link {dep}"


def check_includes(source):
    found = 0
    for file in sorted(source.rglob("*")):
        path = file.relative_to(source).as_posix()
        room = room_of(path)
        if room is None or file.suffix not in (".h", ".cc", ".cu") or path.startswith("build/"):
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            include = re.match(r'#include [<"]([^>"]+)[>"]', line)
            if not include:
                continue
            found += 1
            where = f"{path}:{number}: {include[1]}"
            to = "proto" if include[1].startswith("latcast/v1/") else room_of(include[1])
            if to and to != room and to not in ROOMS[room]:
                yield f"{where}: there is no arrow {room} -> {to}"
            for pattern, allowed in GUARDED_INCLUDES.items():
                if re.match(pattern, include[1]) and room not in allowed:
                    yield f"{where}: not in {room}"
    assert found > 100, "found hardly any #include: is the path right?"


def check_readmes(source):
    for folder in ("base", "proto", "analyzer", "regression", "bench", "server", "clients", "tests",
                   "deploy", "cmake"):
        if not (source / folder / "README.md").is_file():
            yield f"{folder}: README.md is missing"


def self_test():
    """The checker finds what it is there to find."""
    bad = ["library a regression: b", "library b analyzer/graph: LibTorch::torch"]
    bad += [f"library x{i} base: " for i in range(10)]
    found = list(check_links(bad))
    assert any("no arrow regression -> analyzer/graph" in line for line in found), found
    assert any("must not link LibTorch" in line for line in found), found


def main():
    self_test()
    graph, source = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    errors = list(check_links(graph.read_text().splitlines()))
    errors += check_includes(source)
    errors += check_readmes(source)
    print("\n".join(errors) if errors else "the house stands as drawn")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
