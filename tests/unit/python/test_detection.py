"""Detectors: how many boxes go where, and that torchvision is as it was afterwards."""

import latcast
import pytest
import torch

torchvision = pytest.importorskip("torchvision")


@pytest.fixture(scope="module")
def mask_rcnn():
    with torch.device("meta"):
        return torchvision.models.detection.maskrcnn_resnet50_fpn(
            weights_backbone=None, min_size=64, max_size=96, rpn_post_nms_top_n_test=40,
            box_detections_per_img=10)


def shapes_of(proto, op_type, position=1):
    return [list(proto.values[op.inputs[position]].shape) for op in proto.ops
            if op.type == op_type]


@pytest.mark.parametrize("options, proposals, detections", [
    ({}, 40, 10), ({"proposals": 8}, 8, 10), ({"detections": 3}, 40, 3),
    ({"proposals": 100, "detections": 100}, 40, 10), ({"proposals": 0}, 0, 0),
])
def test_boxes_of_a_two_stage_detector(mask_rcnn, options, proposals, detections):
    """As many proposals and detections as configured or told, shared by the pyramid's levels."""
    proto = latcast.capture(mask_rcnn, [torch.empty(3, 64, 96)], **options).proto
    rows = [shape[0] for shape in shapes_of(proto, "torchvision.roi_align.default")]
    assert (sum(rows[:4]), sum(rows[4:])) == (proposals, detections)
    assert max(rows[:4]) - min(rows[:4]) <= 1
    outputs = [list(proto.values[i].shape) for i in proto.outputs]
    assert outputs == [[detections, 4], [detections], [detections], [detections, 1, 64, 96]]


def test_each_image_has_its_boxes(mask_rcnn):
    """Two images of different sizes."""
    images = [torch.empty(3, 64, 96), torch.empty(3, 80, 70)]
    proto = latcast.capture(mask_rcnn, images, proposals=5, detections=2).proto
    outputs = [list(proto.values[i].shape) for i in proto.outputs]
    assert [shape[0] for shape in outputs] == [2] * 8
    assert [outputs[3][2:], outputs[7][2:]] == [[64, 96], [80, 70]]


def test_torchvision_stays_as_it_was(mask_rcnn):
    """Also where the capture fails."""
    real = torchvision.ops.boxes.batched_nms, torchvision.ops.poolers._multiscale_roi_align
    with pytest.raises(latcast.CaptureError, match="in transform"):
        latcast.capture(mask_rcnn, [torch.empty(1, 3, 64, 96)])
    assert real == (torchvision.ops.boxes.batched_nms,
                    torchvision.ops.poolers._multiscale_roi_align)
    kept = torchvision.ops.batched_nms(torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 4]]),
                                       torch.ones(2), torch.zeros(2), 0.5)
    assert len(kept) == 1
    with pytest.raises(latcast.CaptureError, match="nonzero"):
        latcast.capture(torch.nn.Sequential(Nonzero()), torch.empty(3))


class Nonzero(torch.nn.Module):
    """Any other network: what depends on data is not guessed."""

    def forward(self, x):
        return x.nonzero()
