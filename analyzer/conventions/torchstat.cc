// torchstat: FLOPs (which are multiply-accumulates), multiply-adds counted apart, and bytes read
// and written, of a few classes of modules on images.
#include <algorithm>

#include "analyzer/conventions/calls.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/conventions/notes.h"
#include "analyzer/conventions/tools.h"

namespace latcast::conventions {
namespace {

constexpr std::string_view kPools = "MaxPool2d AvgPool2d";

Checked Input(const SeenCall& call) { return call.In(); }

// Elements of one sample.
Checked OfASample(const graph::Shape& shape) {
  Checked elements = 1;
  for (size_t i = 1; i < shape.size(); ++i) elements *= shape[i];
  return elements;
}

bool IsMatrix(const SeenCall& call) { return call.in.shape.size() == 2; }

constexpr CallRule kFlops[] = {
    {"Conv2d", [](const SeenCall& call) { return ConvMacs(call) + Bias(call); }},
    {"Linear", [](const SeenCall& call) { return IsMatrix(call) ? LinearMacs(call) : Checked(0); }},
    {"BatchNorm2d", [](const SeenCall& call) { return call.In() * (call.Has("weight") ? 2 : 1); }},
    {"ReLU ReLU6 PReLU ELU LeakyReLU", Input},
    {kPools, Input},
    // Channels are left out.
    {"Upsample",
     [](const SeenCall& call) {
       const graph::Shape& out = call.out.shape;
       return out.size() == 4 ? Checked(out[0]) * out[2] * out[3] : Checked(0);
     }},
};

// Products and one sum fewer, a bias one more, for every output of `positions` of one sample.
Checked ConvMadd(const SeenCall& call, const graph::Shape& positions) {
  const graph::Value* weight = call.Own("weight");
  if (weight == nullptr) return 0;
  const int64_t groups = std::max<int64_t>(call.Int("groups", 1), 1);
  const Checked products = Checked(SizeOf(call.in.shape, 1) / groups) * SizeOf(weight->shape, 2) *
                           SizeOf(weight->shape, 3);
  return Checked(SizeOf(call.out.shape, 1)) * SizeOf(positions, 2) * SizeOf(positions, 3) *
         (products * 2 - 1 + (call.Has("bias") ? 1 : 0));
}

constexpr CallRule kMadd[] = {
    {"Conv2d", [](const SeenCall& call) { return ConvMadd(call, call.out.shape); }},
    {"ConvTranspose2d", [](const SeenCall& call) { return ConvMadd(call, call.in.shape); }},
    {"Linear",
     [](const SeenCall& call) {
       return IsMatrix(call)
                  ? Checked(SizeOf(call.out.shape, 1)) * (Checked(call.in.shape[1]) * 2 - 1)
                  : Checked(0);
     }},
    {"BatchNorm2d", [](const SeenCall& call) { return OfASample(call.in.shape) * 4; }},
    {"ReLU ReLU6", [](const SeenCall& call) { return OfASample(call.in.shape); }},
    {"MaxPool2d",
     [](const SeenCall& call) { return OfASample(call.out.shape) * (call.Kernel(2) - 1); }},
    {"AvgPool2d", [](const SeenCall& call) { return OfASample(call.out.shape) * call.Kernel(2); }},
    {"Softmax", [](const SeenCall& call) { return OfASample(call.in.shape) * 3 - 1; }},
};

Checked Bytes(const SeenCall& call, const Checked& elements) {
  return elements * graph::ByteSize(call.in.dtype);
}

// Parameters are read once a sample.
Checked WithParameters(const SeenCall& call) {
  return Bytes(call, call.In() + call.Parameters() * SizeOf(call.in.shape, 0));
}

constexpr CallRule kRead[] = {
    {"Conv2d PReLU", WithParameters},
    {"Linear",
     [](const SeenCall& call) { return IsMatrix(call) ? WithParameters(call) : Checked(0); }},
    {"BatchNorm2d",
     [](const SeenCall& call) {
       return Bytes(call,
                    call.In() + Checked(SizeOf(call.in.shape, 0)) * SizeOf(call.in.shape, 1) * 2);
     }},
    {"ReLU ReLU6 ELU LeakyReLU", [](const SeenCall& call) { return Bytes(call, call.In()); }},
    {kPools, [](const SeenCall& call) { return Bytes(call, call.In()); }},
};

Checked Written(const SeenCall& call) { return Bytes(call, call.Out()); }

constexpr CallRule kWrite[] = {
    {"Conv2d BatchNorm2d ReLU ReLU6 ELU LeakyReLU PReLU", Written},
    {"Linear", [](const SeenCall& call) { return IsMatrix(call) ? Written(call) : Checked(0); }},
    {kPools, Written},
};

// Of four bytes an element, whatever they are.
Checked Memory(const SeenCall& call) { return OfASample(call.out.shape) * 4; }

constexpr CallRule kMemory[] = {
    {"Linear", [](const SeenCall& call) { return IsMatrix(call) ? Memory(call) : Checked(0); }},
    {kAny, Memory},
};

absl::StatusOr<Table> Count(const graph::Graph& graph) {
  return CountCalls(graph, {kFlops, kMadd, kRead, kWrite, kMemory});
}

}  // namespace

Convention Torchstat() {
  return {.name = "torchstat",
          .tool = "torchstat 0.0.7",
          .doc =
              "Of convolutions, linear layers, batch norms, ReLUs and pools on images: FLOPs "
              "(multiply-accumulates, biases of convolutions, 2 an element of batch norms, 1 of "
              "ReLUs and of the input of pools), MAdd (products and sums apart), bytes read and "
              "written. Memory is the output of every module without modules inside.",
          .gaps =
              "Linear layers on anything but a matrix, adaptive pools, other norms and "
              "activations, functions and attention count nothing.",
          .columns = {{"Flops", Unit::kMacs, "multiply-accumulates and operations by element"},
                      {"MAdd", Unit::kFlops, "products and sums apart, of one sample"},
                      {"MemRead", Unit::kBytes, "input and parameters"},
                      {"MemWrite", Unit::kBytes, "output"},
                      {"memory", Unit::kBytes, "output of one sample, four bytes an element"}},
          .totals = {{"torchstat_flops", Unit::kMacs, "Total Flops"},
                     {"torchstat_madd", Unit::kFlops, "Total MAdd"},
                     {"torchstat_memr", Unit::kBytes, "Total MemRead"},
                     {"torchstat_memw", Unit::kBytes, "Total MemWrite"},
                     {"torchstat_mem_bytes", Unit::kBytes, "Total memory"}},
          .count = Count};
}

}  // namespace latcast::conventions
