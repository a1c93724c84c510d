#include <set>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/search_space.h"

namespace latcast::blocks {
namespace {

struct Stage {
  int64_t channels;
  int64_t stride;  // of the first layer
  bool se;
  bool hs;
};
// Behind the first block; width multiplier 1.
constexpr Stage kStages[] = {{24, 2, false, false},
                             {40, 2, true, false},
                             {80, 2, false, true},
                             {112, 1, true, true},
                             {160, 2, true, true}};
constexpr int64_t kStem = 16;
constexpr int64_t kExpanded = 960;
constexpr int64_t kMixed = 1280;
constexpr int64_t kClasses = 1000;

std::string Shape(int64_t size, int64_t channels) {
  return absl::StrCat(size, "x", size, "x", channels);
}

class Table {
 public:
  explicit Table(const SpaceInput& input) : input_(input) {}

  // A layer in front of or behind the blocks. The name is that of the table's key.
  void AddLayer(const std::string& name, const std::string& from, const std::string& to,
                const std::string& block, int64_t size, const std::string& arguments) {
    cells_.push_back({name, absl::StrCat(name, "-input:", from, "-output:", to),
                      absl::StrCat("block:", block, "?batch=", input_.batch, "&h=", size,
                                   "&w=", size, "&", arguments)});
  }

  // Returns the height and width of its output.
  int64_t AddBlock(const std::string& place, int64_t size, int64_t cin, int64_t cout,
                   int64_t expand, int64_t kernel, int64_t stride, bool se, bool hs) {
    const int64_t out = (size - 1) / stride + 1;
    const bool skips = stride == 1 && cin == cout;
    const std::string key =
        absl::StrCat("expanded_conv-input:", Shape(size, cin), "-output:", Shape(out, cout),
                     "-expand:", cin * expand, "-kernel:", kernel, "-stride:", stride,
                     "-idskip:", skips ? 1 : 0, "-se:", se ? 1 : 0, "-hs:", hs ? 1 : 0);
    if (keys_.insert(key).second) {
      cells_.push_back(
          {place, key,
           absl::StrCat("block:OFABlock?batch=", input_.batch, "&cin=", cin, "&h=", size,
                        "&w=", size, "&cout=", cout, "&stride=", stride, "&expand=", expand,
                        "&kernel=", kernel, "&se=", se ? 1 : 0, "&hs=", hs ? 1 : 0)});
    }
    return out;
  }

  std::vector<SpaceCell> Take() { return std::move(cells_); }

 private:
  const SpaceInput& input_;
  std::vector<SpaceCell> cells_;
  std::set<std::string> keys_;
};

std::vector<SpaceCell> Cells(const SpaceInput& input) {
  Table table(input);
  int64_t size = (input.resolution + 1) / 2;
  table.AddLayer("Conv", Shape(input.resolution, 3), Shape(size, kStem), "ConvBnAct",
                 input.resolution, absl::StrCat("cin=3&cout=", kStem, "&stride=2&act=4"));
  table.AddBlock("first block", size, kStem, kStem, 1, 3, 1, false, false);
  int64_t cin = kStem;
  int index = 0;
  for (const Stage& stage : kStages) {
    const std::string place = absl::StrCat("stage ", ++index);
    int64_t out = size;
    for (const bool first : {true, false}) {  // the others are all alike
      const int64_t stride = first ? stage.stride : 1;
      for (const int64_t kernel : {3, 5, 7}) {
        for (const int64_t expand : {3, 4, 6}) {
          out = table.AddBlock(place, size, cin, stage.channels, expand, kernel, stride, stage.se,
                               stage.hs);
        }
      }
      size = out;
      cin = stage.channels;
    }
  }
  table.AddLayer("Conv_1", Shape(size, cin), Shape(size, kExpanded), "ConvBnAct", size,
                 absl::StrCat("cin=", cin, "&cout=", kExpanded, "&kernel=1&act=4"));
  table.AddLayer("AvgPool2D", Shape(size, kExpanded), Shape(1, kExpanded), "GlobalPool", size,
                 absl::StrCat("cin=", kExpanded));
  table.AddLayer("Conv_2", Shape(1, kExpanded), Shape(1, kMixed), "ConvBnAct", 1,
                 absl::StrCat("cin=", kExpanded, "&cout=", kMixed, "&kernel=1&bn=0&act=4"));
  std::vector<SpaceCell> cells = table.Take();
  cells.push_back({"Logits", absl::StrCat("Logits-input:", Shape(1, kMixed), "-output:", kClasses),
                   absl::StrCat("block:Classifier?batch=", input.batch, "&in=", kMixed,
                                "&hidden=0&out=", kClasses)});
  return cells;
}

}  // namespace

SearchSpace OfaSpace() {
  return {
      "ofa",
      "Once-for-all MobileNetV3 at width 1: five stages with kernel 3, 5, 7 and expansion 3, 4, "
      "6, and the layers before and behind them. Keys are those of its latency tables, one "
      "table a resolution.",
      Cells};
}

}  // namespace latcast::blocks
