#include "bench/isolation/worker.h"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "bench/isolation/local_measurer.h"
#include "bench/isolation/protocol.h"

namespace latcast::bench {
namespace {

absl::Status WriteLine(std::FILE* stream, const std::string& line) {
  if (std::fputs(line.c_str(), stream) < 0 || std::fputc('\n', stream) < 0 ||
      std::fflush(stream) != 0) {
    return absl::UnavailableError("the bench listens no more");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunWorker(const std::function<absl::StatusOr<std::unique_ptr<Backend>>()>& open) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
  std::FILE* answers = ::fdopen(::dup(STDOUT_FILENO), "w");
  if (answers == nullptr) return absl::UnavailableError("standard output is closed");
  ::dup2(STDERR_FILENO, STDOUT_FILENO);

  absl::StatusOr<std::unique_ptr<Backend>> backend = open();
  if (!backend.ok()) {
    RETURN_IF_ERROR(WriteLine(answers, FormatError(backend.status())));
    return backend.status();
  }
  const std::unique_ptr<Measurer> measurer =
      MakeLocalMeasurer(*std::move(backend), /*interrupted=*/nullptr);
  RETURN_IF_ERROR(WriteLine(answers, FormatDevice(measurer->info())));
  for (std::string line; std::getline(std::cin, line);) {
    ASSIGN_OR_RETURN(const PointRequest request, ParseRequest(line));
    const absl::StatusOr<Visit> visit = measurer->Measure(request);
    RETURN_IF_ERROR(WriteLine(answers, FormatAnswer(visit)));
    RETURN_IF_ERROR(visit.status());
  }
  return absl::OkStatus();
}

}  // namespace latcast::bench
