#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace latcast {
namespace {

absl::Status FileError(int error, const std::string& path) {
  const std::string message = absl::StrCat(path, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case EISDIR:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return absl::InvalidArgumentError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status WriteAll(int fd, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError(errno, path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// Writes through an open file descriptor, closing it.
absl::Status WriteAndClose(int fd, std::string_view content, bool sync, const std::string& path) {
  absl::Status status = WriteAll(fd, content, path);
  if (status.ok() && sync && ::fsync(fd) != 0) status = FileError(errno, path);
  if (::close(fd) != 0 && status.ok()) status = FileError(errno, path);
  return status;
}

// Makes a rename in `folder` durable, as far as its file system can.
void SyncFolder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path, int64_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FileError(errno, path);
  const absl::Cleanup close = [fd] { ::close(fd); };
  std::string content;
  char buffer[1 << 16];
  while (true) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return FileError(errno, path);
    if (n == 0) return content;
    content.append(buffer, static_cast<size_t>(n));
    if (static_cast<int64_t>(content.size()) > max_bytes) {
      return absl::OutOfRangeError(absl::StrCat(path, ": larger than ", max_bytes, " bytes"));
    }
  }
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view content) {
  std::error_code error;
  const std::filesystem::file_status kind = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(kind)) return FileError(EISDIR, path);
  if (std::filesystem::exists(kind) && !std::filesystem::is_regular_file(kind)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return FileError(errno, path);
    return WriteAndClose(fd, content, /*sync=*/false, path);
  }
  std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) target = path;  // does not exist yet

  static std::atomic<int> counter = 0;
  const std::string temporary = absl::StrCat(target.string(), ".tmp.", ::getpid(), ".", counter++);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return FileError(errno, path);
  absl::Status status = WriteAndClose(fd, content, /*sync=*/true, path);
  if (status.ok() && ::rename(temporary.c_str(), target.c_str()) != 0) {
    status = FileError(errno, path);
  }
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  SyncFolder(target.parent_path());
  return absl::OkStatus();
}

}  // namespace latcast
