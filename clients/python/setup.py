"""Generates latcast/v1/graph_pb2.py from ../../proto while building; all else is pyproject.toml."""

import os

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = os.path.dirname(os.path.abspath(__file__))
PROTO = os.path.join(HERE, "..", "..", "proto")


class BuildWithProto(build_py):
    def run(self):
        super().run()
        from grpc_tools import protoc

        root = HERE if self.editable_mode else self.build_lib
        os.makedirs(os.path.join(root, "latcast", "v1"), exist_ok=True)
        status = protoc.main(["protoc", f"-I{PROTO}", f"--python_out={root}",
                              os.path.join(PROTO, "latcast", "v1", "graph.proto")])
        if status != 0:
            raise RuntimeError("protoc failed on latcast/v1/graph.proto")


setup(cmdclass={"build_py": BuildWithProto})
