#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"
#include "analyzer/blocks/layers.h"

namespace latcast::blocks {
namespace {

using Ints = std::vector<int64_t>;

// Queries, keys and values from one linear layer; one kernel for the attention itself.
ValueId Attention(Layers& net, ValueId x, int64_t heads) {
  const int64_t batch = net.Dim(x, 0);
  const int64_t tokens = net.Dim(x, 1);
  const int64_t dim = net.Dim(x, 2);
  net.Enter("attn", "Attention", x);
  ValueId qkv = net.Linear("qkv", x, 3 * dim);  // at most three millions
  qkv = net.Function("reshape", {qkv}, {{"shape", Ints{batch, tokens, 3, heads, dim / heads}}});
  qkv = net.Function("permute", {qkv}, {{"dims", Ints{2, 0, 3, 1, 4}}});
  const std::vector<ValueId> parts = net.Functions("unbind", qkv, {{"dim", int64_t{0}}}, 3);
  ValueId y = net.Function("scaled_dot_product_attention", parts);
  y = net.Function("transpose", {y}, {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}});
  y = net.Function("reshape", {y}, {{"shape", Ints{batch, tokens, dim}}});
  return net.Leave(net.Linear("proj", y, dim));
}

absl::StatusOr<graph::Graph> Build(const BlockArguments& a) {
  const int64_t dim = a.at("dim");
  const int64_t heads = a.at("heads");
  if (dim % heads != 0) {
    return absl::InvalidArgumentError(absl::StrCat("heads ", heads, " does not divide dim ", dim));
  }
  Layers net("Block");
  const ValueId x = net.Input({a.at("batch"), a.at("tokens"), dim});
  ValueId y = Attention(net, net.LayerNorm("norm1", x, 1e-6), heads);
  const ValueId attended = net.Add(x, y, /*inplace=*/false);
  y = net.LayerNorm("norm2", attended, 1e-6);
  net.Enter("mlp", "Mlp", y);
  y = net.Linear("fc1", y, a.at("hidden"));
  y = net.Gelu("act", y);
  y = net.Leave(net.Linear("fc2", y, dim));
  return std::move(net).Finish(net.Add(attended, y, /*inplace=*/false));
}

}  // namespace

BlockFamily TransformerEncoderFamily() {
  return {"TransformerEncoder",
          "Vision transformer: normalisation, self-attention and addition, then normalisation, two "
          "linear layers with GELU and addition. The input is batch x tokens x dim.",
          {BatchParameter(),
           {"tokens", "length of the sequence", 197},
           {"dim", "features of a token", 384},
           {"heads", "attention heads, a divisor of dim", 6, 1, 4096},
           {"hidden", "features between the two linear layers", 1536}},
          Build};
}

}  // namespace latcast::blocks
