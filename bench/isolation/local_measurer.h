// Measures in this process.
#ifndef LATCAST_BENCH_ISOLATION_LOCAL_MEASURER_H_
#define LATCAST_BENCH_ISOLATION_LOCAL_MEASURER_H_

#include <atomic>
#include <memory>

#include "bench/isolation/measurer.h"

namespace latcast::bench {

// A point that does not fit the memory stays "oom", and the largest batch below its own that fits
// and takes but seconds, found by halving, is measured instead (Visit::instead). `interrupted` may
// be null.
std::unique_ptr<Measurer> MakeLocalMeasurer(std::unique_ptr<Backend> backend,
                                            const std::atomic<bool>* interrupted);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_ISOLATION_LOCAL_MEASURER_H_
