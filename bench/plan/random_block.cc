#include "bench/plan/random_block.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace latcast::bench {
namespace {

using blocks::BlockArguments;
using blocks::BlockParameter;

int64_t OneOf(Random& random, std::initializer_list<int64_t> values) {
  return values.begin()[random.Below(values.size())];
}

int64_t LogUniformInt(Random& random, double low, double high) {
  return std::llround(random.LogUniform(low, high));
}

// Channels come in multiples of 8, as the networks people build have them.
int64_t Channels(Random& random, double low, double high) {
  return std::max<int64_t>(16, LogUniformInt(random, low, high) / 8 * 8);
}

// Every second time those of the block's input, for networks repeat their blocks; else within a
// factor of four of them, but for images, whose channels say nothing.
int64_t FurtherChannels(const BlockArguments& chosen, Random& random) {
  const double cin = static_cast<double>(chosen.at("cin"));
  if (cin < 16.0) return Channels(random, 16, 96);
  if (random.Below(2) == 0) return chosen.at("cin");
  return Channels(random, std::max(16.0, cin / 4), std::min(1024.0, cin * 4));
}

bool IsImage(const BlockArguments& defaults) {
  const auto cin = defaults.find(std::string_view("cin"));
  return cin != defaults.end() && cin->second <= 4;
}

// A parameter that depends on nothing but itself.
int64_t Independent(const BlockParameter& parameter, Random& random) {
  if (parameter.max - parameter.min <= 8) {
    return parameter.min + static_cast<int64_t>(random.Below(
                               static_cast<uint64_t>(parameter.max - parameter.min + 1)));
  }
  if (parameter.min == 0 && random.Below(3) == 0) return 0;  // "none"
  const double around = static_cast<double>(parameter.default_value);
  if (around >= 16) return Channels(random, around / 4, around * 4);
  if (around >= 4) return LogUniformInt(random, around / 4, around * 4);
  return OneOf(random, {1, 2, 3});
}

// Groups as networks have them: none, one a channel (MobileNet), or of 8 to 64 channels (ResNeXt,
// RegNet). Other numbers fall on slow paths that no network takes.
int64_t Groups(const BlockArguments& chosen, Random& random) {
  const auto width = chosen.find(std::string_view("width"));
  const int64_t channels = width == chosen.end() ? chosen.at("cin") : width->second;
  if (random.Below(2) == 0) return 1;
  if (width == chosen.end() && random.Below(2) == 0) return channels;
  const int64_t group = OneOf(random, {8, 16, 24, 32, 64});
  return channels % group == 0 ? channels / group : 1;
}

// Between an eighth and three times of the family's own size, up to what images have.
int64_t Height(int64_t default_value, Random& random) {
  const double own = static_cast<double>(default_value);
  return LogUniformInt(random, std::max(7.0, own / 8), std::min(256.0, own * 3));
}

// Of the layers in the middle of a block: one to six times its input.
int64_t Hidden(const BlockArguments& chosen, Random& random) {
  const auto dim = chosen.find(std::string_view("dim"));
  const double in = static_cast<double>(dim == chosen.end() ? chosen.at("cin") : dim->second);
  return std::max<int64_t>(16, std::llround(in * random.LogUniform(1, 6)) / 8 * 8);
}

int64_t Choose(const BlockParameter& parameter, const BlockArguments& defaults,
               const BlockArguments& chosen, Random& random) {
  const std::string_view name = parameter.name;
  const bool is_image = IsImage(defaults);
  if (name == "batch") return random.Below(2) == 0 ? 1 : LogUniformInt(random, 2, 24);
  if (name == "cin" && is_image) return parameter.default_value;
  if (name == "cin") return Channels(random, 16, 768);
  if (name == "cout" || name == "width") return FurtherChannels(chosen, random);
  if (name == "h") return Height(parameter.default_value, random);
  if (name == "w") return chosen.at("h");
  if (name == "kernel" && (defaults.contains("expand") || defaults.contains("branches"))) {
    return OneOf(random, {3, 5, parameter.default_value});  // no pointwise one there
  }
  if (name == "kernel") {
    // Families with groups are plain convolutions, of which many are pointwise.
    return defaults.contains("groups") ? OneOf(random, {1, 1, 3, 3, 5, 7})
                                       : OneOf(random, {3, 3, 3, 5, 7});
  }
  if (name == "stride" || name == "shortcut_stride") return OneOf(random, {1, 1, 2});
  if (name == "groups" && chosen.contains("expand")) return OneOf(random, {1, 1, 2});  // FBNet
  if (name == "groups") return Groups(chosen, random);
  // Global pooling is to 1 x 1. The plan brings the few points that pool to more: drawn here, the
  // design would take them by the dozen, for no other family has what they tell.
  if (name == "out" && parameter.default_value == 1) return 1;
  if (name == "expand") return OneOf(random, {1, 3, 4, 6});
  // The wiring of the classic blocks is there, but networks add and multiply.
  if (name == "residual") return random.Below(4) == 0 ? Independent(parameter, random) : 1;
  if (name == "tokens") return LogUniformInt(random, 16, 1024);
  if (name == "dim") return 64 * LogUniformInt(random, 2, 16);
  if (name == "heads") return chosen.at("dim") / OneOf(random, {32, 64, 64});
  if (name == "patch") return OneOf(random, {2, 4, 8, 14, 16, 32});
  if (name == "in") return Channels(random, 1024, 25088);
  if (name == "hidden" && parameter.min > 0) return Hidden(chosen, random);
  if (name == "hidden") return random.Below(2) == 0 ? 0 : Channels(random, 1024, 4096);
  return Independent(parameter, random);
}

}  // namespace

BlockArguments RandomArguments(const blocks::BlockFamily& family, Random& random) {
  BlockArguments defaults;
  for (const BlockParameter& parameter : family.parameters) {
    defaults[std::string(parameter.name)] = parameter.default_value;
  }
  BlockArguments chosen;
  for (const BlockParameter& parameter : family.parameters) {
    const int64_t value = Choose(parameter, defaults, chosen, random);
    chosen[std::string(parameter.name)] = std::clamp(value, parameter.min, parameter.max);
  }
  // A shuffle unit keeps its channels but at a stride, and has two halves of them.
  if (family.name == "ShuffleUnit") {
    if (chosen["stride"] == 1) chosen["cout"] = chosen["cin"];
    chosen["cout"] += chosen["cout"] % 2;
  }
  // Two of these meet at a stride only where the sides are multiples of it.
  if (family.name == "NB201Reduction") {
    for (const char* side : {"h", "w"}) chosen[side] -= chosen[side] % chosen["stride"];
  }
  // A depthwise convolution keeps its channels, and has a window.
  if (const auto groups = chosen.find(std::string_view("groups"));
      groups != chosen.end() && groups->second == chosen["cin"] && !chosen.contains("width") &&
      !chosen.contains("expand")) {
    chosen["cout"] = groups->second;
    if (chosen["kernel"] == 1) chosen["kernel"] = 3;
  }
  return chosen;
}

}  // namespace latcast::bench
