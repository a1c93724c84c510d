// Which cores a measurement runs on. Unpinned, the scheduler moves it between cores, and every move
// costs warm caches.
#ifndef LATCAST_BENCH_HARNESS_AFFINITY_H_
#define LATCAST_BENCH_HARNESS_AFFINITY_H_

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::bench {

// Cores this process may use, ascending.
std::vector<int> AllowedCores();

// `threads` of the allowed cores, ascending: the last ones (the first takes the interrupts), each a
// physical core of its own while there are enough. `physical` gives cores of one physical core the
// same number. Pure. INVALID_ARGUMENT when there are fewer cores than threads.
absl::StatusOr<std::vector<int>> ChooseCores(std::span<const int> allowed, int threads,
                                             const std::function<int(int)>& physical);
// The first hardware thread of the core, as the kernel tells; the core itself where it does not.
int PhysicalCore(int core);

// "2,3" -> {2, 3}. INVALID_ARGUMENT for anything else, or a core named twice.
absl::StatusOr<std::vector<int>> ParseCores(std::string_view text);

// From now on this process and the threads it starts run on these cores alone. INVALID_ARGUMENT
// naming them when the system refuses.
absl::Status PinTo(std::span<const int> cores);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_AFFINITY_H_
