// The agent's folder: the job it measures, those it measured last, and who this agent is. Held by
// one agent at a time.
#ifndef LATCAST_BENCH_AGENT_AGENT_FOLDER_H_
#define LATCAST_BENCH_AGENT_AGENT_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace latcast::bench {

inline constexpr size_t kKeptJobs = 10;

class AgentFolder {
 public:
  // Creates the folder. FAILED_PRECONDITION when another agent holds it, else the code of the
  // system error with the path.
  static absl::StatusOr<std::unique_ptr<AgentFolder>> Open(const std::string& path);
  ~AgentFolder();
  AgentFolder(const AgentFolder&) = delete;
  AgentFolder& operator=(const AgentFolder&) = delete;

  // 16 hexadecimal digits, drawn when the folder was new.
  const std::string& instance() const { return instance_; }
  // The folder of an operation or of "probes", which is created.
  absl::StatusOr<std::string> Subfolder(const std::string& name) const;
  void Remove(const std::string& name) const;
  // Of the operations beside `current`, removes all but the kKeptJobs that were written to last.
  void RemoveOld(const std::string& current) const;

 private:
  AgentFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_;  // file descriptor; the lock is the kernel's and ends with the process
  std::string instance_;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_AGENT_AGENT_FOLDER_H_
