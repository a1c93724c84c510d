"""Writes torchvision_modules.csv: the module calls of blocks as torchvision builds them.

usage: make_torchvision_modules.py > torchvision_modules.csv      (torch 2.11, torchvision 0.26)

One row a call of a module without children, in execution order: the spec of the same block here,
path, class, elements of its own parameters, output shape.
"""
import collections
import functools

import torch
from torch import nn
from torchvision.models.densenet import _DenseLayer
from torchvision.models.efficientnet import MBConv, MBConvConfig
from torchvision.models.inception import Inception3
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.regnet import ResBottleneckBlock
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.models.squeezenet import Fire
from torchvision.models.vgg import make_layers, vgg16
from torchvision.ops import Conv2dNormActivation


def downsample(cin, cout, stride):
    return nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))


def named(children):
    return nn.Sequential(collections.OrderedDict(children))


def inception_stem():
    return named(list(Inception3(init_weights=False).named_children())[:7])


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
     _DenseLayer(128, 32, 4, 0.0), (1, 128, 28, 28)),
    ("Fire?cin=128&h=54&w=54&squeeze=16&expand1x1=64&expand3x3=64",
     Fire(128, 16, 64, 64), (1, 128, 54, 54)),
    ("Classifier?in=25088&hidden=4096&out=1000", vgg16(init_weights=False).classifier, (1, 25088)),
    ("Classifier?in=1280&hidden=0&out=1000&batch=3",
     nn.Sequential(nn.Dropout(), nn.Linear(1280, 1000)), (3, 1280)),
]


def main():
    print("spec,path,class,parameters,output")
    for spec, block, shape in BLOCKS:
        def record(module, inputs, output, path, spec=spec):
            if type(module).__name__ == "StochasticDepth":
                return  # does nothing in evaluation
            own = sum(p.numel() for p in module.parameters())
            size = "x".join(str(n) for n in output.shape)
            print(f"{spec},{path},{type(module).__name__},{own},{size}")
        for path, module in block.named_modules():
            if not list(module.children()):
                module.register_forward_hook(functools.partial(record, path=path))
        with torch.no_grad():
            block.eval()(torch.zeros(shape))


if __name__ == "__main__":
    main()
