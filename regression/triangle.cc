#include "regression/triangle.h"

#include <cstring>
#include <utility>

#include "regression/vector_clones.h"

namespace latcast::regression {
namespace {

constexpr size_t kTile = 16;  // rows

// Numbers as GCC and Clang keep them in one register, or in two.
using Four = double __attribute__((vector_size(32)));
static_assert(kTile == 4 * sizeof(Four) / sizeof(double));

inline void AddProduct(const double* column, double f, Four (&sum)[4]) {
  for (size_t k = 0; k < 4; ++k) {
    Four part;
    std::memcpy(&part, column + 4 * k, sizeof(Four));
    sum[k] += part * f;
  }
}

LATCAST_VECTOR_CLONES double SquaredLength(const double* tile, size_t tiles, size_t columns,
                                           const double* f) {
  Four squares = {};
  for (; tiles > 0; --tiles) {
    Four even[4] = {};
    Four odd[4] = {};
    size_t j = 0;
    for (; j + 1 < columns; j += 2, tile += 2 * kTile) {
      AddProduct(tile, f[j], even);
      AddProduct(tile + kTile, f[j + 1], odd);
    }
    if (j < columns) {
      AddProduct(tile, f[j], even);
      tile += kTile;
    }
    for (size_t k = 0; k < 4; ++k) {
      const Four u = even[k] + odd[k];
      squares += u * u;
    }
  }
  return (squares[0] + squares[2]) + (squares[1] + squares[3]);
}

}  // namespace

Triangle::Triangle(std::vector<double> numbers) : numbers_(std::move(numbers)) {
  size_t size = 0;
  while (size < numbers_.size()) size += ++rows_;
  if (size != numbers_.size()) rows_ = 0;
  tiles_.assign((rows_ + kTile - 1) / kTile * kTile * rows_, 0.0);
  size_t k = 0;
  for (size_t i = 0; i < rows_; ++i) {
    double* const tile = tiles_.data() + i / kTile * kTile * rows_;
    for (size_t j = 0; j <= i; ++j) tile[j * kTile + i % kTile] = numbers_[k++];
  }
}

double Triangle::SquaredLengthOfProduct(const double* f) const {
  return SquaredLength(tiles_.data(), (rows_ + kTile - 1) / kTile, rows_, f);
}

}  // namespace latcast::regression
