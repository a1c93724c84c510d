// How far a run is, for the person who waits: a bar on a terminal, a line now and then elsewhere.
#ifndef LATCAST_BENCH_PROGRESS_H_
#define LATCAST_BENCH_PROGRESS_H_

#include <cstdio>
#include <string>

#include "bench/harness/runner.h"

namespace latcast::bench {

// "[########............]  17/42  left 0:35  block:Fire?... 1.23 ms". Pure; at most `width`
// columns.
std::string ProgressBar(const RunProgress& progress, size_t width);
// "17 of 42 measured, about 0:35 left".
std::string ProgressLine(const RunProgress& progress);

class ProgressPrinter {
 public:
  explicit ProgressPrinter(std::FILE* stream);
  ~ProgressPrinter();  // ends the bar's line
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;

  void Show(const RunProgress& progress);

 private:
  std::FILE* stream_;
  bool is_terminal_;
  bool bar_is_open_ = false;
  int tenths_shown_ = -1;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_PROGRESS_H_
