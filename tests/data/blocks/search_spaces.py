"""Cells of published search spaces as torch modules, written from the papers and the structure of
the released networks, for make_reference.py."""
import torch
from torch import nn
from torch.nn import functional as F


def sequential(**children):
    module = nn.Sequential()
    for name, child in children.items():
        module.add_module(name, child)
    return module


def conv_bn(cin, cout, kernel=1, stride=1, groups=1):
    conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
    return conv, nn.BatchNorm2d(cout)


# NAS-Bench-201 ------------------------------------------------------------------------------------

class ReLUConvBN(nn.Module):
    def __init__(self, cin, cout, kernel, stride=1):
        super().__init__()
        self.op = nn.Sequential(nn.ReLU(inplace=False), *conv_bn(cin, cout, kernel, stride))

    def forward(self, x):
        return self.op(x)


class POOLING(nn.Module):
    def __init__(self):
        super().__init__()
        self.op = nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)

    def forward(self, x):
        return self.op(x)


class Zero(nn.Module):
    def forward(self, x):
        return x.mul(0.0)


class InferCell(nn.Module):
    """edges: for nodes 1, 2, 3 in turn the operation from every earlier node, 0 to 4."""

    def __init__(self, channels, edges):
        super().__init__()
        make = [Zero, nn.Identity, lambda: ReLUConvBN(channels, channels, 1),
                lambda: ReLUConvBN(channels, channels, 3), POOLING]
        self.layers = nn.ModuleList(make[edge]() for edge in edges)

    def forward(self, x):
        nodes, layer = [x], 0
        for to in range(1, 4):
            nodes.append(sum(self.layers[layer + i](nodes[i]) for i in range(to)))
            layer += to
        return nodes[-1]


class ResNetBasicblock(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv_a = ReLUConvBN(cin, cout, 3, 2)
        self.conv_b = ReLUConvBN(cout, cout, 3)
        self.downsample = nn.Sequential(nn.AvgPool2d(2, 2), nn.Conv2d(cin, cout, 1, bias=False))

    def forward(self, x):
        y = self.conv_b(self.conv_a(x))
        return self.downsample(x) + y


# Once-for-all -------------------------------------------------------------------------------------

class Hswish(nn.Module):
    def forward(self, x):
        return x * F.relu6(x + 3.0, inplace=True) / 6.0


class Hsigmoid(nn.Module):
    def forward(self, x):
        return F.relu6(x + 3.0, inplace=True) / 6.0


class SEModule(nn.Module):
    def __init__(self, channels, squeeze):
        super().__init__()
        self.fc = sequential(reduce=nn.Conv2d(channels, squeeze, 1), relu=nn.ReLU(inplace=True),
                             expand=nn.Conv2d(squeeze, channels, 1), h_sigmoid=Hsigmoid())

    def forward(self, x):
        y = x.mean(3, keepdim=True).mean(2, keepdim=True)
        return x * self.fc(y)


class MBConvLayer(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expand, squeeze, hard_swish):
        super().__init__()
        hidden = cin * expand
        act = Hswish if hard_swish else lambda: nn.ReLU(inplace=True)
        self.inverted_bottleneck = None
        if expand != 1:
            conv, bn = conv_bn(cin, hidden)
            self.inverted_bottleneck = sequential(conv=conv, bn=bn, act=act())
        conv, bn = conv_bn(hidden, hidden, kernel, stride, hidden)
        self.depth_conv = sequential(conv=conv, bn=bn, act=act())
        if squeeze:
            self.depth_conv.add_module("se", SEModule(hidden, squeeze))
        conv, bn = conv_bn(hidden, cout)
        self.point_linear = sequential(conv=conv, bn=bn)

    def forward(self, x):
        if self.inverted_bottleneck is not None:
            x = self.inverted_bottleneck(x)
        return self.point_linear(self.depth_conv(x))


class ResidualBlock(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expand, squeeze, hard_swish):
        super().__init__()
        self.conv = MBConvLayer(cin, cout, kernel, stride, expand, squeeze, hard_swish)
        self.residual = stride == 1 and cin == cout

    def forward(self, x):
        return self.conv(x) + x if self.residual else self.conv(x)


# FBNet --------------------------------------------------------------------------------------------

class ChannelShuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        n, c, h, w = x.size()
        x = x.view(n, self.groups, c // self.groups, h, w).permute(0, 2, 1, 3, 4)
        return x.contiguous().view(n, c, h, w)


class FBNetBlock(nn.Module):
    def __init__(self, cin, cout, kernel, stride, expand, groups=1):
        super().__init__()
        hidden = cin * expand
        relu = nn.ReLU(inplace=True)
        self.pw = nn.Sequential(*conv_bn(cin, hidden, groups=groups), relu)
        self.shuffle = ChannelShuffle(groups) if groups > 1 else None
        self.dw = nn.Sequential(*conv_bn(hidden, hidden, kernel, stride, hidden),
                                nn.ReLU(inplace=True))
        self.pwl = nn.Sequential(*conv_bn(hidden, cout, groups=groups))
        self.residual = stride == 1 and cin == cout

    def forward(self, x):
        y = self.pw(x)
        if self.shuffle is not None:
            y = self.shuffle(y)
        y = self.pwl(self.dw(y))
        if self.residual:
            y += x
        return y
