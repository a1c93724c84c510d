#include "bench/backends/cpu_cache_sweep.h"

#include <ATen/Parallel.h>

#include <cstdint>
#include <cstring>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/file.h"

namespace latcast::bench {
namespace {

constexpr size_t kUnknown = size_t{64} << 20;

// "32768K", as the kernel writes it; 0 for anything else.
size_t ParseSize(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  size_t unit = 1;
  if (absl::ConsumeSuffix(&text, "K")) unit = size_t{1} << 10;
  if (absl::ConsumeSuffix(&text, "M")) unit = size_t{1} << 20;
  size_t number = 0;
  return absl::SimpleAtoi(text, &number) ? number * unit : 0;
}

}  // namespace

size_t CacheBytes(const std::string& folder) {
  size_t bytes = 0;
  for (int index = 0;; ++index) {
    const std::string cache = absl::StrCat(folder, "/index", index);
    const absl::StatusOr<std::string> size = ReadFile(cache + "/size");
    if (!size.ok()) return bytes;
    const absl::StatusOr<std::string> type = ReadFile(cache + "/type");
    if (type.ok() && absl::StartsWith(*type, "Instruction")) continue;
    bytes += ParseSize(*size);
  }
}

CpuCacheSweep::CpuCacheSweep(int threads) : threads_(threads) {
  const size_t seen = CacheBytes();
  memory_.resize(2 * static_cast<size_t>(threads) * (seen == 0 ? kUnknown : seen));
}

void CpuCacheSweep::Run() {
  const size_t share = memory_.size() / static_cast<size_t>(threads_);
  at::parallel_for(0, threads_, 1, [&](int64_t begin, int64_t end) {
    for (int64_t thread = begin; thread < end; ++thread) {
      unsigned char* mine = memory_.data() + static_cast<size_t>(thread) * share;
      std::memset(mine, *mine + 1, share);  // another value every time: nothing to leave out
    }
  });
}

}  // namespace latcast::bench
