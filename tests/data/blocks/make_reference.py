"""Writes reference_modules.csv and reference_ops.csv: blocks as torchvision, timm and
search_spaces.py build them.

usage: LATCAST=path/of/bin/latcast PYTHONPATH=clients/python make_reference.py
       (in this folder; torch 2.11, torchvision 0.26, timm 1.0.31)

reference_modules.csv, one row a call of a module without children, in execution order: the spec of
the same block here, path, class, elements of its own parameters, output shape; what PyTorch itself
runs. reference_ops.csv, one row an operator of the module as latcast.capture records it: type,
output shape, MACs.
"""
import collections
import csv
import functools
import importlib
import json
import os
import subprocess
import tempfile

import latcast
import search_spaces
import torch
from timm.models.byobnet import RepVggBlock
from timm.models.ghostnet import GhostBottleneck
from timm.models.vision_transformer import Block
from torch import nn
from torchvision.models import efficientnet_b0, mobilenet_v3_small
from torchvision.models.convnext import CNBlock, LayerNorm2d
from torchvision.models.densenet import _DenseLayer, _Transition
from torchvision.models.efficientnet import MBConv, MBConvConfig
from torchvision.models.inception import Inception3
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.mobilenetv3 import InvertedResidual as InvertedResidualV3
from torchvision.models.mobilenetv3 import InvertedResidualConfig
from torchvision.models.regnet import ResBottleneckBlock
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.shufflenetv2 import InvertedResidual as ShuffleUnit
from torchvision.models.squeezenet import Fire
from torchvision.models.vgg import make_layers, vgg16
from torchvision.ops import Conv2dNormActivation


def downsample(cin, cout, stride):
    return nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))


def named(children):
    return nn.Sequential(collections.OrderedDict(children))


def inception_stem():
    return named(list(Inception3(init_weights=False).named_children())[:7])


def head(network):
    """The last convolution, the pooling and the classifier, wired as in the network."""
    class ConvHead(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = network.features[-1]
            self.avgpool = network.avgpool
            self.classifier = network.classifier

        def forward(self, x):
            return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))
    return ConvHead()


class DenseStep(nn.Module):
    """A layer of a dense block, its output concatenated to its input."""

    def __init__(self, layer):
        super().__init__()
        for name, child in layer.named_children():
            self.add_module(name, child)

    def forward(self, x):
        y = self.conv1(self.relu1(self.norm1(x)))
        y = self.conv2(self.relu2(self.norm2(y)))
        return torch.cat([x, y], 1)


class PoolHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        return self.fc(torch.flatten(self.avgpool(x), 1))


def mobilenet_v3(cin, kernel, hidden, cout, se, act, stride):
    config = InvertedResidualConfig(cin, kernel, hidden, cout, se, act, stride, 1, 1)
    return InvertedResidualV3(config, nn.BatchNorm2d)


Inception = importlib.import_module("torchvision.models.googlenet").Inception

BLOCKS = [
    ("BasicBlock?cin=64&cout=64&h=56&w=56", BasicBlock(64, 64), (1, 64, 56, 56)),
    ("BasicBlock?cin=256&cout=512&h=14&w=14&stride=2&batch=2",
     BasicBlock(256, 512, 2, downsample(256, 512, 2)), (2, 256, 14, 14)),
    ("Bottleneck?cin=256&width=64&cout=256&h=56&w=56", Bottleneck(256, 64), (1, 256, 56, 56)),
    ("Bottleneck?cin=256&width=256&cout=512&h=56&w=56&stride=2&groups=32",
     Bottleneck(256, 128, 2, downsample(256, 512, 2), groups=32, base_width=4), (1, 256, 56, 56)),
    ("InceptionStem?cin=3&h=299&w=299", inception_stem(), (1, 3, 299, 299)),
    ("RegNetBlock?cin=224&cout=448&width=448&h=28&w=28&stride=2&groups=8&se=56",
     ResBottleneckBlock(224, 448, 2, nn.BatchNorm2d, nn.ReLU, 56, 1.0, 0.25), (1, 224, 28, 28)),
    ("RegNetBlock?cin=48&cout=48&width=48&h=28&w=28&stride=1&groups=6&se=0",
     ResBottleneckBlock(48, 48, 1, nn.BatchNorm2d, nn.ReLU, 8, 1.0, None), (1, 48, 28, 28)),
    ("InvertedResidual?cin=24&cout=24&h=56&w=56&stride=1&expand=6",
     InvertedResidual(24, 24, 1, 6), (1, 24, 56, 56)),
    ("InvertedResidual?cin=32&cout=16&h=112&w=112&stride=1&expand=1",
     InvertedResidual(32, 16, 1, 1), (1, 32, 112, 112)),
    ("MBConv?cin=40&cout=80&h=28&w=28&stride=2&expand=6&kernel=3&se=10",
     MBConv(MBConvConfig(6, 3, 2, 40, 80, 1), 0.0, nn.BatchNorm2d), (1, 40, 28, 28)),
    ("MBConv?cin=32&cout=32&h=28&w=28&stride=1&expand=1&kernel=5&se=8",
     MBConv(MBConvConfig(1, 5, 1, 32, 32, 1), 0.0, nn.BatchNorm2d), (1, 32, 28, 28)),
    ("ConvBnAct?cin=16&cout=96&h=57&w=56&kernel=5&stride=2&groups=4&act=4",
     Conv2dNormActivation(16, 96, 5, 2, groups=4, activation_layer=nn.Hardswish), (1, 16, 57, 56)),
    ("ResNetStem?cin=3&h=224&w=224", named([
        ("conv1", nn.Conv2d(3, 64, 7, 2, 3, bias=False)), ("bn1", nn.BatchNorm2d(64)),
        ("relu", nn.ReLU(inplace=True)), ("maxpool", nn.MaxPool2d(3, 2, 1))]), (1, 3, 224, 224)),
    ("ResNetStem?cin=3&h=224&w=224&kernel=11&stride=4&padding=2&bn=0&pool_padding=0",
     named([("conv1", nn.Conv2d(3, 64, 11, 4, 2)), ("relu", nn.ReLU(inplace=True)),
            ("maxpool", nn.MaxPool2d(3, 2))]), (1, 3, 224, 224)),
    ("VggStage?cin=128&cout=256&h=56&w=56&convs=3",
     nn.Sequential(*list(vgg16(init_weights=False).features)[10:17]), (1, 128, 56, 56)),
    ("VggStage?cin=3&cout=64&h=32&w=32&convs=1&bn=1",
     make_layers([64, "M"], batch_norm=True), (1, 3, 32, 32)),
    ("DenseLayer?cin=128&h=28&w=28&growth=32&bottleneck=128",
     DenseStep(_DenseLayer(128, 32, 4, 0.0)), (1, 128, 28, 28)),
    ("Fire?cin=128&h=54&w=54&squeeze=16&expand1x1=64&expand3x3=64",
     Fire(128, 16, 64, 64), (1, 128, 54, 54)),
    ("Classifier?in=25088&hidden=4096&out=1000", vgg16(init_weights=False).classifier, (1, 25088)),
    ("Classifier?in=1280&hidden=0&out=1000&batch=3",
     nn.Sequential(nn.Dropout(), nn.Linear(1280, 1000)), (3, 1280)),
    ("Inception?cin=192&h=28&w=28&ch1x1=64&ch3x3red=96&ch3x3=128&ch5x5red=16&ch5x5=32&pool_proj=32",
     Inception(192, 64, 96, 128, 16, 32, 32), (1, 192, 28, 28)),
    ("ShuffleUnit?cin=116&cout=116&h=28&w=28&batch=2", ShuffleUnit(116, 116, 1), (2, 116, 28, 28)),
    ("ShuffleUnit?cin=24&cout=116&h=56&w=55&stride=2", ShuffleUnit(24, 116, 2), (1, 24, 56, 55)),
    ("MobileNetV3Block?cin=40&cout=40&h=28&w=28&hidden=120&kernel=5&se=32&hs=0",
     mobilenet_v3(40, 5, 120, 40, True, "RE", 1), (1, 40, 28, 28)),
    ("MobileNetV3Block?cin=16&cout=24&h=56&w=56&hidden=16&kernel=3&stride=2&se=0&hs=1",
     mobilenet_v3(16, 3, 16, 24, False, "HS", 2), (1, 16, 56, 56)),
    ("ConvNeXtBlock?cin=96&h=56&w=56", CNBlock(96, 1e-6, 0.0), (1, 96, 56, 56)),
    ("PatchStem?cin=3&h=224&w=224&cout=96&patch=4&norm=1",
     Conv2dNormActivation(3, 96, 4, 4, 0, norm_layer=functools.partial(LayerNorm2d, eps=1e-6),
                          activation_layer=None, bias=True), (1, 3, 224, 224)),
    ("Transition?cin=256&cout=128&h=57&w=56", _Transition(256, 128), (1, 256, 57, 56)),
    ("ConvHead?cin=320&h=7&w=7&width=1280&out=1000&batch=2", head(efficientnet_b0()),
     (2, 320, 7, 7)),
    ("ConvHead?cin=96&h=7&w=7&width=576&hidden=1024&out=1000&act=4", head(mobilenet_v3_small()),
     (1, 96, 7, 7)),
    ("GhostBottleneck?cin=40&cout=40&h=28&w=28&hidden=120&se=32",
     GhostBottleneck(40, 120, 40, 5, 1, se_ratio=0.25), (1, 40, 28, 28)),
    ("GhostBottleneck?cin=24&cout=41&h=56&w=56&hidden=72&stride=2&kernel=5",
     GhostBottleneck(24, 72, 41, 5, 2), (1, 24, 56, 56)),
    ("RepVggBlock?cin=48&cout=48&h=56&w=56&branches=1", RepVggBlock(48, 48), (1, 48, 56, 56)),
    ("RepVggBlock?cin=48&cout=96&h=56&w=56&stride=2&groups=2&branches=1",
     RepVggBlock(48, 96, stride=2, group_size=24), (1, 48, 56, 56)),
    ("TransformerEncoder?tokens=197&dim=384&heads=6&hidden=1536&batch=2",
     Block(384, 6, qkv_bias=True), (2, 197, 384)),
    ("NB201Cell?cin=16&h=32&w=32&e10=3&e20=1&e21=2&e30=4&e31=0&e32=3",
     search_spaces.InferCell(16, [3, 1, 2, 4, 0, 3]), (1, 16, 32, 32)),
    ("NB201Reduction?cin=16&cout=32&h=32&w=32",
     search_spaces.ResNetBasicblock(16, 32), (1, 16, 32, 32)),
    ("OFABlock?cin=40&cout=40&h=28&w=28&expand=4&kernel=5&se=1&hs=1",
     search_spaces.ResidualBlock(40, 40, 5, 1, 4, 40, True), (1, 40, 28, 28)),
    ("OFABlock?cin=16&cout=24&h=112&w=112&expand=3&kernel=7&stride=2&se=0&hs=0",
     search_spaces.ResidualBlock(16, 24, 7, 2, 3, 0, False), (1, 16, 112, 112)),
    ("OFABlock?cin=16&cout=16&h=112&w=112&expand=1&kernel=3&se=1&hs=0",
     search_spaces.ResidualBlock(16, 16, 3, 1, 1, 8, False), (1, 16, 112, 112)),
    ("FBNetBlock?cin=24&cout=24&h=56&w=56&expand=1&kernel=3&groups=2",
     search_spaces.FBNetBlock(24, 24, 3, 1, 1, 2), (1, 24, 56, 56)),
    ("FBNetBlock?cin=24&cout=32&h=56&w=56&expand=6&kernel=5&stride=2",
     search_spaces.FBNetBlock(24, 32, 5, 2, 6), (1, 24, 56, 56)),
    ("DepthwiseSeparable?cin=64&cout=128&h=57&w=56&stride=2",
     named([("depthwise", Conv2dNormActivation(64, 64, 3, 2, groups=64)),
            ("pointwise", Conv2dNormActivation(64, 128, 1))]), (1, 64, 57, 56)),
    ("GlobalPool?cin=512&h=14&w=14&out=7", named([("avgpool", nn.AdaptiveAvgPool2d(7))]),
     (1, 512, 14, 14)),
    ("PoolHead?cin=512&h=7&w=7&out=1000", PoolHead(), (1, 512, 7, 7)),
]

# What does nothing in evaluation.
SILENT = {"StochasticDepth", "Identity", "Sequential"}
# timm's normalisation holds an activation, here none.
RENAMED = {"BatchNormAct2d": "BatchNorm2d"}


def is_leaf(module):
    return all(type(child).__name__ == "Identity" for child in module.children())


def module_rows(spec, block, shape):
    rows = []

    def record(module, inputs, output, path):
        name = type(module).__name__
        if name in SILENT or name == "Dropout" and module.p == 0:
            return
        own = sum(p.numel() for p in module.parameters())
        shape = "x".join(map(str, output.shape))
        rows.append((spec, path, RENAMED.get(name, name), own, shape))
    for path, module in block.named_modules():
        if is_leaf(module):
            module.register_forward_hook(functools.partial(record, path=path))
    with torch.no_grad():
        block(torch.zeros(shape))
    return rows


def op_rows(spec, block, shape):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "block.lcg")
        latcast.capture(block, torch.zeros(shape)).save(path)
        command = [os.environ["LATCAST"], "analyze", path, "--format", "json"]
        report = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    for layer in report["layers"]:
        dropout = layer["op"] == "dropout"  # with p=0 it does nothing
        if not dropout:
            yield (spec, layer["op"], "x".join(map(str, layer["output_shapes"][0])), layer["macs"])


def main():
    with (open("reference_modules.csv", "w", newline="") as modules,
          open("reference_ops.csv", "w", newline="") as ops):
        modules = csv.writer(modules, lineterminator="\n")
        ops = csv.writer(ops, lineterminator="\n")
        modules.writerow(["spec", "path", "class", "parameters", "output"])
        ops.writerow(["spec", "op", "output", "macs"])
        for spec, block, shape in BLOCKS:
            block.eval()
            ops.writerows(op_rows(spec, block, shape))
            modules.writerows(module_rows(spec, block, shape))


if __name__ == "__main__":
    main()
