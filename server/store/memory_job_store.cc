#include "server/store/memory_job_store.h"

#include "base/status_macros.h"
#include "server/core/upload_piece.h"
#include "server/store/profile_store.h"

namespace latcast::server {

absl::StatusOr<MemoryJobStore::Entry*> MemoryJobStore::Find(std::string_view name) {
  for (Entry& entry : jobs_) {
    if (entry.record.name == name) return &entry;
  }
  return NoSuchJob(name);
}

absl::StatusOr<JobRecord> MemoryJobStore::Create(const NewJob& job) {
  std::lock_guard lock(mutex_);
  for (const Entry& entry : jobs_) {
    if (job.request_id.empty() || entry.request_id != job.request_id) continue;
    if (entry.record.device != job.device || entry.record.spec != job.spec) {
      return JobRequestIdUsed(job.request_id);
    }
    return entry.record;
  }
  Entry entry;
  entry.record.name = job.name;
  entry.record.device = job.device;
  entry.record.spec = job.spec;
  entry.record.created_at = TimestampNow();
  entry.record.updated_at = entry.record.created_at;
  entry.request_id = job.request_id;
  jobs_.push_back(entry);
  return entry.record;
}

absl::StatusOr<JobRecord> MemoryJobStore::Get(std::string_view name) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const Entry* entry, Find(name));
  return entry->record;
}

absl::StatusOr<std::vector<JobRecord>> MemoryJobStore::List(std::string_view device) {
  std::lock_guard lock(mutex_);
  std::vector<JobRecord> records;
  for (const Entry& entry : jobs_) {
    if (device.empty() || entry.record.device == device) records.push_back(entry.record);
  }
  return records;
}

absl::StatusOr<JobRecord> MemoryJobStore::Change(std::string_view name, const JobChange& change) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, Find(name));
  ASSIGN_OR_RETURN(entry->record, Apply(entry->record, change));
  return entry->record;
}

absl::StatusOr<int64_t> MemoryJobStore::Append(std::string_view name, std::string_view upload,
                                               int64_t offset, std::string_view data,
                                               int64_t total_bytes) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(Entry * entry, Find(name));
  const std::string_view stored = entry->upload == upload ? entry->bytes : std::string_view();
  ASSIGN_OR_RETURN(const std::string_view bytes, NewBytes(stored, offset, data, total_bytes));
  if (bytes.empty()) return static_cast<int64_t>(stored.size());
  if (entry->upload != upload) entry->bytes.clear();
  entry->upload = upload;
  entry->bytes += bytes;
  return static_cast<int64_t>(entry->bytes.size());
}

absl::StatusOr<std::string> MemoryJobStore::Uploaded(std::string_view name) {
  std::lock_guard lock(mutex_);
  ASSIGN_OR_RETURN(const Entry* entry, Find(name));
  return entry->bytes;
}

absl::Status MemoryJobStore::Register(const DeviceRecord& device) {
  std::lock_guard lock(mutex_);
  DeviceRecord& known = devices_[device.name];
  const DeviceRecord before = known;
  known = device;
  known.registered_at = TimestampNow();
  known.staleness = before.staleness;
  known.stale = before.stale;
  return absl::OkStatus();
}

absl::Status MemoryJobStore::SetStaleness(std::string_view device, bool stale,
                                          std::string_view sentence) {
  std::lock_guard lock(mutex_);
  const auto known = devices_.find(device);
  if (known == devices_.end()) return NoSuchDevice(device);
  known->second.stale = stale;
  known->second.staleness = sentence;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<DeviceRecord>> MemoryJobStore::Devices() {
  std::lock_guard lock(mutex_);
  std::vector<DeviceRecord> devices;
  for (const auto& [name, device] : devices_) devices.push_back(device);
  return devices;
}

}  // namespace latcast::server
