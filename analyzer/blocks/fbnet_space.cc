#include "absl/strings/str_cat.h"
#include "analyzer/blocks/search_space.h"

namespace latcast::blocks {
namespace {

struct Stage {
  int64_t channels;
  int64_t layers;
  int64_t stride;  // of the first layer
};
constexpr Stage kStages[] = {{16, 1, 1},  {24, 4, 2},  {32, 4, 2}, {64, 4, 2},
                             {112, 4, 1}, {184, 4, 2}, {352, 1, 1}};

struct Choice {
  const char* key;
  int64_t kernel;
  int64_t expand;
  int64_t groups;
};
constexpr Choice kChoices[] = {{"ir_k3_e1", 3, 1, 1}, {"ir_k3_s2", 3, 1, 2}, {"ir_k3_e3", 3, 3, 1},
                               {"ir_k3_e6", 3, 6, 1}, {"ir_k5_e1", 5, 1, 1}, {"ir_k5_s2", 5, 1, 2},
                               {"ir_k5_e3", 5, 3, 1}, {"ir_k5_e6", 5, 6, 1}};

std::vector<SpaceCell> Cells(const SpaceInput& input) {
  std::vector<SpaceCell> cells;
  int64_t size = (input.resolution + 1) / 2;  // behind the stem
  int64_t cin = 16;
  int layer = 0;
  for (const Stage& stage : kStages) {
    for (int64_t i = 0; i < stage.layers; ++i, ++layer) {
      const int64_t stride = i == 0 ? stage.stride : 1;
      const std::string place = absl::StrCat("layer ", layer);
      for (const Choice& choice : kChoices) {
        cells.push_back({place, choice.key,
                         absl::StrCat("block:FBNetBlock?batch=", input.batch, "&cin=", cin,
                                      "&h=", size, "&w=", size, "&cout=", stage.channels,
                                      "&expand=", choice.expand, "&kernel=", choice.kernel,
                                      "&stride=", stride, "&groups=", choice.groups)});
      }
      cells.push_back({place, "skip", ""});
      size = (size - 1) / stride + 1;
      cin = stage.channels;
    }
  }
  return cells;
}

}  // namespace

SearchSpace FbnetSpace() {
  return {"fbnet",
          "FBNet: 22 layers of nine choices (kernel 3 or 5; expansion 1, 3, 6, or 1 with two "
          "groups: s2; or nothing: skip). Stem, last convolution and classifier are not in the "
          "table, for they are the same in every network.",
          Cells};
}

}  // namespace latcast::blocks
