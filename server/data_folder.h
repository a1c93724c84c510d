// The server's folder, held by one server at a time.
#ifndef LATCAST_SERVER_DATA_FOLDER_H_
#define LATCAST_SERVER_DATA_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace latcast::server {

// The lock is the kernel's: it ends with the process, however that ends.
class DataFolder {
 public:
  // Creates the folder, parents included. FAILED_PRECONDITION when another server holds it,
  // else the code of the system error, with the path, when it cannot be created or opened.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Open(const std::string& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  std::string DatabasePath() const { return path_ + "/profiles.db"; }
  std::string JobsPath() const { return path_ + "/calibrations.db"; }

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;
  const int lock_;  // file descriptor
};

}  // namespace latcast::server

#endif  // LATCAST_SERVER_DATA_FOLDER_H_
