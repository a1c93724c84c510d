// latcast-server as a child process of a test.
#ifndef LATCAST_TESTS_SUPPORT_SERVER_PROCESS_H_
#define LATCAST_TESTS_SUPPORT_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace latcast::test {

// How a child ended: its exit code, or minus the signal that killed it; what it wrote.
struct Ended {
  int code = 0;
  std::string output;  // stdout and stderr together
};

class ServerProcess {
 public:
  // Starts `latcast-server --data data_dir --listen listen extra...` and waits for its line.
  // FAILED_PRECONDITION with the output when it ends instead.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const std::string& data_dir, const std::string& listen = "127.0.0.1:0",
      const std::vector<std::string>& extra = {});
  ~ServerProcess();  // kills it if it still runs
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  void Signal(int signal) const;
  // Waits for the end.
  Ended Wait();
  Ended SignalAndWait(int signal);

 private:
  friend Ended RunServer(const std::vector<std::string>& args);
  ServerProcess(pid_t pid, int output) : pid_(pid), output_(output) {}
  bool ReadMore();

  pid_t pid_;
  int output_;  // read end of the pipe
  std::string text_;
  std::string address_;
};

// Runs `latcast-server args...` to its end.
Ended RunServer(const std::vector<std::string>& args);

}  // namespace latcast::test

#endif  // LATCAST_TESTS_SUPPORT_SERVER_PROCESS_H_
