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
  return std::max<int64_t>(8, LogUniformInt(random, low, high) / 8 * 8);
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
  if (around >= 32) return Channels(random, around / 4, around * 4);
  if (around >= 4) return LogUniformInt(random, around / 4, around * 4);
  return OneOf(random, {1, 2, 3});
}

// Groups: one, as many as channels (depthwise), or as ResNeXt and RegNet have them.
int64_t Groups(const BlockArguments& chosen, Random& random) {
  auto channels = chosen.find(std::string_view("width"));
  if (channels == chosen.end()) channels = chosen.find(std::string_view("cin"));
  return OneOf(random, {1, 1, channels == chosen.end() ? 1 : channels->second, 4, 8, 32});
}

int64_t Choose(const BlockParameter& parameter, const BlockArguments& defaults,
               const BlockArguments& chosen, Random& random) {
  const std::string_view name = parameter.name;
  const bool is_image = IsImage(defaults);
  if (name == "batch") return random.Below(2) == 0 ? 1 : LogUniformInt(random, 2, 24);
  if (name == "cin" && is_image) return parameter.default_value;
  if (name == "cin" || name == "cout" || name == "width") return Channels(random, 8, 768);
  if (name == "h") return is_image ? LogUniformInt(random, 64, 256) : LogUniformInt(random, 5, 120);
  if (name == "w") return chosen.at("h");
  if (name == "kernel") {
    // Families with groups are plain convolutions, of which many are pointwise.
    return defaults.contains("groups") ? OneOf(random, {1, 1, 3, 3, 5, 7})
                                       : OneOf(random, {3, 3, 3, 5, 7});
  }
  if (name == "stride" || name == "shortcut_stride") return OneOf(random, {1, 1, 2});
  if (name == "groups") return Groups(chosen, random);
  if (name == "expand") return OneOf(random, {1, 3, 4, 6});
  if (name == "in") return Channels(random, 256, 25088);
  if (name == "hidden") return random.Below(2) == 0 ? 0 : Channels(random, 256, 4096);
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
  return chosen;
}

}  // namespace latcast::bench
