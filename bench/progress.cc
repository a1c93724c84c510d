#include "bench/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::bench {
namespace {

constexpr size_t kBarCells = 24;
constexpr size_t kDefaultColumns = 80;

std::string MinutesSeconds(double seconds) {
  const long whole = std::lround(std::max(seconds, 0.0));
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

double Share(const RunProgress& progress) {
  return progress.total == 0
             ? 1.0
             : static_cast<double>(progress.done) / static_cast<double>(progress.total);
}

std::string LastPoint(const RunProgress& progress) {
  if (progress.last == nullptr) return "";
  const Visit& visit = *progress.last;
  const std::string result = visit.outcome == Outcome::kOk
                                 ? FormatLatency(Median(visit.samples_ms))
                                 : absl::StrCat(ToAbsl(Name(visit.outcome)));
  return absl::StrCat("  ", result, "  ", visit.id);
}

size_t Columns(std::FILE* stream) {
  struct winsize size {};
  if (::ioctl(::fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kDefaultColumns;
  }
  return size.ws_col;
}

}  // namespace

std::string ProgressBar(const RunProgress& progress, size_t width) {
  const size_t filled = static_cast<size_t>(Share(progress) * static_cast<double>(kBarCells));
  std::string bar = absl::StrCat(
      "[", std::string(filled, '#'), std::string(kBarCells - filled, '.'), "] ", progress.done, "/",
      progress.total, "  left ", MinutesSeconds(progress.left_s), LastPoint(progress));
  if (bar.size() > width) bar.resize(width);
  return bar;
}

std::string ProgressLine(const RunProgress& progress) {
  return absl::StrCat(progress.done, " of ", progress.total, " measured, about ",
                      MinutesSeconds(progress.left_s), " left");
}

ProgressPrinter::ProgressPrinter(std::FILE* stream)
    : stream_(stream), is_terminal_(::isatty(::fileno(stream)) == 1) {}

ProgressPrinter::~ProgressPrinter() {
  if (bar_is_open_) std::fputc('\n', stream_);
}

void ProgressPrinter::Show(const RunProgress& progress) {
  if (is_terminal_) {
    const std::string bar = ProgressBar(progress, Columns(stream_) - 1);
    std::fprintf(stream_, "\r\033[K%s", bar.c_str());
    bar_is_open_ = true;
  } else if (const int tenths = static_cast<int>(Share(progress) * 10.0); tenths != tenths_shown_) {
    tenths_shown_ = tenths;
    std::fprintf(stream_, "%s\n", ProgressLine(progress).c_str());
  }
  std::fflush(stream_);
}

}  // namespace latcast::bench
