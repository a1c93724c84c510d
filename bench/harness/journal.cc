#include "bench/harness/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {
namespace {

absl::Status SystemError(const std::string& path, std::string_view what) {
  return absl::UnavailableError(absl::StrCat(path, ": ", ToAbsl(what), ": ", std::strerror(errno)));
}

// A new file is safe only when its name is on the disk as well.
void SyncFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

absl::Status CheckSameRun(const JournalHeader& found, const JournalHeader& wanted) {
  constexpr char kWayOut[] = "; use another journal, or remove this one to start afresh";
  if (found.PlanHash() != wanted.PlanHash()) {
    return absl::FailedPreconditionError(absl::StrCat("the journal of another plan (",
                                                      found.PlanHash(), ", this plan is ",
                                                      wanted.PlanHash(), ")", kWayOut));
  }
  std::map<std::string, std::string> differing = wanted.mode;
  differing.insert(found.mode.begin(), found.mode.end());
  for (const auto& [key, unused] : differing) {
    const auto value = [&key = key](const JournalHeader& header) {
      const auto it = header.mode.find(key);
      return it == header.mode.end() ? std::string("nothing") : it->second;
    };
    if (value(found) != value(wanted)) {
      return absl::FailedPreconditionError(absl::StrCat("measured with ", key, " ", value(found),
                                                        ", this run has ", value(wanted), kWayOut));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Journal> Journal::Open(const std::string& path, const JournalHeader& header) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return SystemError(path, "cannot open the journal");
  Journal journal(path, fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return SystemError(path, "cannot lock the journal");
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": another process is writing this journal"));
  }
  RETURN_IF_ERROR(journal.Load(header));
  return journal;
}

absl::Status Journal::Load(const JournalHeader& header) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
  ASSIGN_OR_RETURN(content_, Annotate(ParseJournal(text), path_));
  if (content_.has_header) {
    RETURN_IF_ERROR(Annotate(CheckSameRun(content_.header, header), path_));
    resumed_ = true;
  }
  if (content_.complete_bytes < text.size() &&
      ::ftruncate(fd_, static_cast<off_t>(content_.complete_bytes)) != 0) {
    return SystemError(path_, "cannot drop the unfinished last line");
  }
  if (content_.has_header) return absl::OkStatus();
  content_.header = header;
  content_.has_header = true;
  SyncFolderOf(path_);
  return AppendLine(FormatHeaderLine(header));
}

Journal::Journal(Journal&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      content_(std::move(other.content_)),
      resumed_(other.resumed_) {}

Journal::~Journal() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status Journal::Append(const Visit& visit) { return AppendLine(FormatVisitLine(visit)); }

absl::Status Journal::AppendLine(std::string_view line) {
  while (!line.empty()) {
    const ssize_t written = ::write(fd_, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(path_, "cannot write the journal");
    line.remove_prefix(static_cast<size_t>(written));
  }
  if (::fdatasync(fd_) != 0) return SystemError(path_, "cannot sync the journal");
  return absl::OkStatus();
}

}  // namespace latcast::bench
