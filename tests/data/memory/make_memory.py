"""Measures what memory eager PyTorch holds on the CPU, storage by storage.

usage: make_memory.py memory.csv [MODEL...]

For torchvision networks at batch 1 and float32, in bytes, without parameters, buffers and inputs:

eager_peak      the most that live storages hold during an evaluation pass under no_grad
eager_peak_op   the operator during which they do
allocator_peak  the same as the CPU allocator sees it, with what kernels allocate and free inside
saved           what autograd keeps of a training forward pass, every storage once
training_peak   the most that is alive during a training forward and backward pass, the gradients of
                parameters included
gradients       the gradients of parameters

and eager_peak, saved and training_peak once more under autocast to bfloat16, with the half copies
of parameters that it caches.

A storage counts from the operator that returns it until the last reference to it goes. Batch norm
keeps statistics and dropout draws in training. Attention runs as its operators, not as the one
fused call that evaluation may take. While operators are watched, autograd never adds two gradients
in place, so that training_peak can be a tensor too high where branches meet.
"""

import csv
import gc
import sys
import weakref

import torch
import torchvision
from torch.profiler import ProfilerActivity, profile
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode

MODELS = ["alexnet", "vgg16", "resnet18", "resnet50", "densenet121", "mobilenet_v2",
          "efficientnet_b0", "convnext_tiny", "vit_b_16", "swin_t",
          "vgg11_bn", "googlenet", "inception_v3", "squeezenet1_0", "squeezenet1_1",
          "shufflenet_v2_x2_0", "mobilenet_v3_large", "mnasnet0_5", "regnet_x_800mf",
          "regnet_y_1_6gf", "resnext50_32x4d", "efficientnet_v2_s", "densenet169", "vit_b_32"]
# As tests/golden/capture_models.py has them.
ARGUMENTS = {"googlenet": {"aux_logits": False, "init_weights": False},
             "inception_v3": {"aux_logits": False, "init_weights": False}}


class LiveStorages(TorchDispatchMode):
    """Bytes of the storages that operators returned and that are still referenced."""

    def __init__(self, ignored):
        super().__init__()
        self.known = {tensor.untyped_storage()._cdata for tensor in ignored}
        self.live = self.peak = 0
        self.peak_op = ""

    def _drop(self, key, nbytes):
        self.known.discard(key)
        self.live -= nbytes

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for tensor in pytree.tree_leaves(result):
            if not isinstance(tensor, torch.Tensor):
                continue
            storage = tensor.untyped_storage()
            if storage._cdata in self.known or not storage.nbytes():
                continue
            self.known.add(storage._cdata)
            self.live += storage.nbytes()
            weakref.finalize(storage, self._drop, storage._cdata, storage.nbytes())
        if self.live > self.peak:
            self.peak, self.peak_op = self.live, str(func.overloadpacket)
        return result


def build(name):
    torch.manual_seed(0)
    size = 299 if name == "inception_v3" else 224
    model = getattr(torchvision.models, name)(**ARGUMENTS.get(name, {}))
    return model, torch.zeros(1, 3, size, size)


def autocast(half):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=half)


def owned(model, x):
    return [x, *model.parameters(), *model.buffers()]


def evaluation(model, x, half=False):
    with torch.no_grad(), autocast(half), LiveStorages(owned(model, x)) as live:
        model(x)
    return live.peak, live.peak_op


def allocated(model, x):
    with torch.no_grad(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as prof:
        model(x)
    changes = []
    stack = list(prof.profiler.kineto_results.experimental_event_tree())
    while stack:
        event = stack.pop()
        stack.extend(event.children)
        if event.tag.name == "Allocation":
            changes.append((event.start_time_ns, event.extra_fields.alloc_size))
    live = peak = 0
    for _, change in sorted(changes):
        live += change
        peak = max(peak, live)
    return peak


def saved(model, x, half=False):
    ignored = {tensor.untyped_storage()._cdata for tensor in owned(model, x)}
    kept = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage._cdata not in ignored:
            kept[storage._cdata] = storage  # alive, so that the key stays its own
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor), autocast(half):
        output = model(x)
    nbytes = sum(storage.nbytes() for storage in kept.values())
    del output
    return nbytes


def training(model, x, half=False):
    model.zero_grad(set_to_none=True)
    with LiveStorages(owned(model, x)) as live:
        with autocast(half):
            output = model(x)
        loss = output.sum()
        del output
        loss.backward()
    return live.peak


def main():
    torch.set_num_threads(1)
    torch.backends.mha.set_fastpath_enabled(False)
    with open(sys.argv[1], "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["model", "eager_peak", "eager_peak_op", "allocator_peak", "saved",
                      "training_peak", "gradients", "half_eager_peak", "half_saved",
                      "half_training_peak"])
        for name in sys.argv[2:] or MODELS:
            model, x = build(name)
            model.eval()
            row = [name, *evaluation(model, x), allocated(model, x)]
            half = [evaluation(model, x, half=True)[0]]
            model.train()
            row += [saved(model, x), training(model, x)]
            row += [sum(p.grad.nbytes for p in model.parameters()), *half]
            row += [saved(model, x, half=True), training(model, x, half=True)]
            out.writerow(row)
            print(*row, flush=True)
            del model, x
            gc.collect()


if __name__ == "__main__":
    main()
