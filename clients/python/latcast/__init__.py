"""latcast: what a network costs and how long it takes, without running it.

    graph = latcast.capture(model, torch.empty(1, 3, 224, 224))
    graph.save("model.lcg")
"""

from latcast.capture import capture
from latcast.errors import CaptureError, GraphError, LatcastError
from latcast.graph import Graph

__version__ = "0.1.0"
__all__ = ["CaptureError", "Graph", "GraphError", "LatcastError", "capture"]
