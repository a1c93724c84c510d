#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace latcast {
namespace {

template <typename T>
absl::StatusOr<T> ParseNumber(std::string_view text, const char* what) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::invalid_argument || stop != end) {
    return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "' is not ", what));
  }
  if (error == std::errc::result_out_of_range) {
    return absl::OutOfRangeError(absl::StrCat("'", ToAbsl(text), "' does not fit 64 bits"));
  }
  return value;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

absl::StatusOr<int64_t> ParseInt(std::string_view text) {
  return ParseNumber<int64_t>(text, "a whole number");
}

absl::StatusOr<double> ParseDouble(std::string_view text) {
  return ParseNumber<double>(text, "a number");
}

absl::StatusOr<std::vector<int64_t>> ParseDims(std::string_view text) {
  std::vector<int64_t> dims;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(text), 'x')) {
    ASSIGN_OR_RETURN(const int64_t dim,
                     Annotate(ParseInt(ToStd(part)), "dimensions (as 1x3x224x224)"));
    if (dim < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("dimensions '", ToAbsl(text), "': ", dim, " is not positive"));
    }
    dims.push_back(dim);
  }
  return dims;
}

std::string JoinDims(const std::vector<int64_t>& dims, std::string_view separator) {
  return absl::StrJoin(dims, ToAbsl(separator));
}

std::string_view Nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  // The first distance that is too far. One letter has nothing in common with another.
  size_t best_distance = std::min(name.size(), std::max<size_t>(1, name.size() / 3) + 1);
  for (const std::string_view candidate : candidates) {
    const size_t difference =
        std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    if (difference >= best_distance) continue;  // keeps long names from strangers cheap
    const size_t distance = EditDistance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates) {
  const std::string_view nearest = Nearest(name, candidates);
  if (nearest.empty()) return "";
  return absl::StrCat("; did you mean '", ToAbsl(nearest), "'?");
}

}  // namespace latcast
