"""torchvision's networks as it published them: built, with inputs and with what its pages say."""

import dataclasses
from unittest import mock

import torch
from latcast._loading import parameters_on_meta
from torchvision import models
from torchvision.models._api import Weights, WeightsEnum

# What the published count of a two-stage detector saw: its random weights found this many boxes.
BOXES = {
    ("fasterrcnn_mobilenet_v3_large_320_fpn", "COCO_V1"): {"proposals": 0},
    ("fasterrcnn_mobilenet_v3_large_fpn", "COCO_V1"): {"proposals": 0},
    ("keypointrcnn_resnet50_fpn", "COCO_LEGACY"): {"detections": 0},
    ("keypointrcnn_resnet50_fpn", "COCO_V1"): {"detections": 1},
    ("maskrcnn_resnet50_fpn", "COCO_V1"): {"detections": 0},
}


@dataclasses.dataclass(frozen=True)
class Published:
    """One network at one input."""

    model: str
    weights: str
    task: str  # the package of torchvision.models it lives in
    num_params: int
    gmacs: float  # rounded to 3 decimals
    inputs: tuple  # of shapes; a list stands for a list of images

    def build(self) -> torch.nn.Module:
        """The network as those weights need it, without them."""
        builder = models.get_model_builder(self.model)
        weights = models.get_model_weights(self.model)[self.weights]
        with parameters_on_meta(), mock.patch.object(
                WeightsEnum, "get_state_dict", lambda *args, **kwargs: {}), mock.patch.object(
                torch.nn.Module, "load_state_dict", lambda *args, **kwargs: None):
            return builder(weights=weights)

    def arguments(self) -> tuple[list, dict]:
        """Inputs and options for latcast.capture()."""
        def tensors(shapes):
            return [tensors(shape) if isinstance(shape, list) else
                    torch.empty(shape, device="meta") for shape in shapes]
        return tensors(self.inputs), BOXES.get((self.model, self.weights), {})


def published() -> list[Published]:
    """Every network, once for each input its weights have."""
    found = {}
    for model in sorted(models.list_models(), key=lambda name: name.startswith("quantized_")):
        for weights in models.get_model_weights(model):
            network = Published(model, weights.name, _task(model), weights.meta["num_params"],
                                weights.meta["_ops"], _inputs(_task(model), weights))
            # A quantized network is counted as the one it was made of.
            same = (model.removeprefix("quantized_"), network.gmacs, str(network.inputs))
            found.setdefault(same, network)
    return list(found.values())


def _task(model: str) -> str:
    module = models.get_model_builder(model).__module__.split(".")[2]
    tasks = ("detection", "optical_flow", "quantization", "segmentation", "video")
    return module if module in tasks else "classification"


def _inputs(task: str, weights: Weights) -> tuple:
    if task == "detection":
        return ([(3, 800, 800)],)
    if task == "optical_flow":
        return ((1, 3, 512, 512),) * 2
    options = weights.transforms.keywords
    if task == "segmentation":
        return ((1, 3, options["resize_size"], options["resize_size"]),)
    if task == "video":
        return ((1, 3, 16, *options["crop_size"]),)
    return ((1, 3, options["crop_size"], options["crop_size"]),)
