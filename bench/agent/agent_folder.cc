#include "bench/agent/agent_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "bench/agent/bench_command.h"

namespace latcast::bench {
namespace {

absl::Status CreateFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat(path, ": cannot be created"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<AgentFolder>> AgentFolder::Open(const std::string& path) {
  RETURN_IF_ERROR(CreateFolder(path));
  const std::string lock_path = path + "/lock";
  const int lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return absl::ErrnoToStatus(errno, absl::StrCat(lock_path, ": cannot be opened"));
  auto folder = std::unique_ptr<AgentFolder>(new AgentFolder(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return absl::ErrnoToStatus(errno, absl::StrCat(lock_path, ": cannot be locked"));
    }
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": another latcast-agent uses this folder"));
  }
  const std::string instance_path = path + "/instance";
  const absl::StatusOr<std::string> instance = ReadFile(instance_path);
  if (instance.ok()) {
    folder->instance_ = *instance;
  } else if (absl::IsNotFound(instance.status())) {
    std::random_device random;
    folder->instance_ = absl::StrFormat("%08x%08x", random(), random());
    RETURN_IF_ERROR(WriteFileAtomically(instance_path, folder->instance_));
  } else {
    return instance.status();
  }
  return folder;
}

AgentFolder::~AgentFolder() { ::close(lock_); }

absl::StatusOr<std::string> AgentFolder::Subfolder(const std::string& name) const {
  const std::string path = absl::StrCat(path_, "/", name);
  RETURN_IF_ERROR(CreateFolder(path));
  return path;
}

void AgentFolder::Remove(const std::string& name) const {
  std::error_code ignored;
  std::filesystem::remove_all(absl::StrCat(path_, "/", name), ignored);
}

void AgentFolder::RemoveOld(const std::string& current) const {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, std::string>> jobs;
  for (const fs::directory_entry& entry : fs::directory_iterator(path_, error)) {
    const std::string name = entry.path().filename().string();
    if (name == current || !IsOperationName(name)) continue;
    jobs.emplace_back(entry.last_write_time(error), name);
  }
  std::ranges::sort(jobs, std::greater());
  for (size_t i = kKeptJobs; i < jobs.size(); ++i) Remove(jobs[i].second);
}

}  // namespace latcast::bench
