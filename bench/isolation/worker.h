// The measuring process: answers the requests of the bench that started it until that one is gone.
#ifndef LATCAST_BENCH_ISOLATION_WORKER_H_
#define LATCAST_BENCH_ISOLATION_WORKER_H_

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/backends/backend.h"

namespace latcast::bench {

// Talks over standard input and output; whatever libraries print goes to standard error. Ends
// with OK when the bench closes its end, and with the bench itself, however that ends; with the
// error when the device cannot be opened or is lost, which was told before: a process whose device
// failed once cannot be trusted with another point. Signals that end a run in good order are the
// bench's business.
absl::Status RunWorker(const std::function<absl::StatusOr<std::unique_ptr<Backend>>()>& open);

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_ISOLATION_WORKER_H_
