// The parameters that several families share.
#include <iterator>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/families.h"

namespace latcast::blocks {

BlockParameter BatchParameter() { return {"batch", "images in a batch", 1}; }

std::vector<BlockParameter> ImageParameters(int64_t cin, int64_t h, int64_t w,
                                            std::vector<BlockParameter> own) {
  std::vector<BlockParameter> all = {BatchParameter(),
                                     {"cin", "input channels", cin},
                                     {"h", "input height", h},
                                     {"w", "input width", w}};
  all.insert(all.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
  return all;
}

BlockParameter StrideParameter(std::string_view doc, int64_t default_value) {
  return {"stride", doc, default_value, 1, 64};
}

BlockParameter OddKernelParameter(int64_t default_value) {
  return {"kernel", "size of the spatial convolution, odd", default_value, 1, 63};
}

absl::Status CheckOddKernel(const BlockArguments& arguments) {
  const int64_t kernel = arguments.at("kernel");
  if (kernel % 2 == 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("kernel ", kernel, " is even; only odd kernels keep the size of the image"));
}

BlockParameter ResidualParameter(std::string_view classic) {
  return {"residual", classic, 1, 0, 1};
}

}  // namespace latcast::blocks
