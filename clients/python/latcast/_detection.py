"""Detectors: how many boxes a network handles depends on what it sees; here it is told.

Within `assumed()` torchvision's detectors run on tensors without data. Every threshold is passed
and no box suppresses another, so that what remains are the detector's own configured maxima, or
those that are given. Boxes spread evenly over the levels of a feature pyramid. What depends on the
size of a detected box (a mask pasted into the image, a heat map scaled to the box) is left out.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from unittest import mock

import torch

from latcast._shortcuts import SHORTCUTS
from latcast.errors import CaptureError

_DETECTION = "torchvision.models.detection"
_lock = threading.RLock()  # what is replaced is replaced for all threads


def assumed(model: torch.nn.Module, proposals: int | None, detections: int | None, open_class):
    """For any other model this does nothing. `open_class` says in whose module call the network
    is."""
    if any(_is_detector(module) for module in model.modules()):
        return _boxes_without_data(proposals, detections, open_class)
    if proposals is not None or detections is not None:
        raise CaptureError("proposals and detections are arguments for torchvision's detectors",
                           type(model).__name__)
    return contextlib.nullcontext()


def _is_detector(module: torch.nn.Module) -> bool:
    return any(base.__module__.startswith(_DETECTION) for base in type(module).__mro__)


@contextlib.contextmanager
def _boxes_without_data(proposals, detections, open_class):
    from torch.fx.experimental import _config

    def limited_nms(boxes, scores, idxs, iou_threshold):
        keep = box_ops._batched_nms_coordinate_trick(boxes, scores, idxs, iou_threshold)
        limit = proposals if open_class() == "RegionProposalNetwork" else detections
        return keep if limit is None else keep[:limit]

    box_ops = importlib.import_module("torchvision.ops.boxes")
    with _lock, contextlib.ExitStack() as stack:
        for module, replacements in {
            "torchvision.ops.boxes": {"batched_nms": limited_nms},
            "torchvision.ops.poolers": {"_multiscale_roi_align": _spread_roi_align},
            f"{_DETECTION}.transform": {"paste_masks_in_image": _unpasted_masks},
            f"{_DETECTION}.roi_heads": {"heatmaps_to_keypoints": _unscaled_keypoints},
        }.items():
            stack.enter_context(mock.patch.multiple(importlib.import_module(module),
                                                    **replacements))
        stack.enter_context(mock.patch.dict(SHORTCUTS, {torch.ops.torchvision.nms.default: _keep}))
        stack.enter_context(mock.patch.object(_config, "meta_nonzero_assume_all_nonzero", True))
        yield


def _keep(boxes, scores, iou_threshold):
    return torch.empty(len(boxes), dtype=torch.int64, device="meta")


def _spread_roi_align(x_filtered, boxes, output_size, sampling_ratio, scales, mapper):
    poolers = importlib.import_module("torchvision.ops.poolers")
    rois = poolers._convert_to_roi_format(boxes)
    return torch.cat([
        poolers.roi_align(features, share, output_size=output_size, spatial_scale=scale,
                          sampling_ratio=sampling_ratio)
        for features, scale, share in zip(x_filtered, scales, rois.tensor_split(len(scales)))])


def _unpasted_masks(masks, boxes, img_shape, padding=1):
    return masks.new_zeros((len(masks), 1, *img_shape))


def _unscaled_keypoints(maps, rois):
    return maps.new_zeros((len(rois), maps.shape[1], 3)), maps.new_zeros((len(rois), maps.shape[1]))
