// The journal of a run: a text file of JSON lines that a crash, a kill -9 or a power cut cannot rob
// of a finished visit. The first line says what is measured and how; every further line is one
// visit, synced to the disk before the next one starts. A last line that was cut short is dropped
// when the run resumes.
//
//   ASSIGN_OR_RETURN(Journal journal, Journal::Open("j.jsonl", header));
//   RunAll(items, options, journal.TakeVisits(), clock,
//       {.on_visit = [&](const Visit& v) { return journal.Append(v); }});
#ifndef LATCAST_BENCH_HARNESS_JOURNAL_H_
#define LATCAST_BENCH_HARNESS_JOURNAL_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/harness/visit.h"

namespace latcast::bench {

inline constexpr int kJournalVersion = 1;

struct JournalHeader {
  std::string plan;  // the plan: valid JSON text
  // What must be equal for visits of two runs to be comparable: device, threads, library, ...
  std::map<std::string, std::string> mode;
  std::map<std::string, std::string> settings;    // of the run that began the journal
  std::map<std::string, std::string> provenance;  // likewise

  // 16 hexadecimal digits; the plan's white space does not matter.
  std::string PlanHash() const;
};

struct JournalContent {
  JournalHeader header;
  std::vector<Visit> visits;
  bool has_header = false;    // false for an empty file, or one cut short in its first line
  size_t complete_bytes = 0;  // length without a last line that was cut short
};

// INVALID_ARGUMENT with the line for anything but a journal, FAILED_PRECONDITION for another
// version of it. A last line without its line end is no error.
absl::StatusOr<JournalContent> ParseJournal(std::string_view text);
absl::StatusOr<JournalContent> ReadJournal(const std::string& path);

std::string FormatHeaderLine(const JournalHeader& header);
std::string FormatVisitLine(const Visit& visit);
// INVALID_ARGUMENT naming what is wrong with the line.
absl::StatusOr<Visit> ParseVisit(std::string_view line);

// The journal as one process writes it. Movable; closing releases the lock.
class Journal {
 public:
  // Creates the file, or resumes one of the same plan and mode. FAILED_PRECONDITION when it belongs
  // to another plan or mode (naming what differs), or another process is writing it; else as
  // ReadJournal, or an error naming the path when it cannot be written.
  static absl::StatusOr<Journal> Open(const std::string& path, const JournalHeader& header);

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  // Returns when the visit is on the disk.
  absl::Status Append(const Visit& visit);

  // The header of the file: that of the first run, when this one resumes.
  const JournalHeader& header() const { return content_.header; }
  bool resumed() const { return resumed_; }
  // The visits found when it was opened.
  std::vector<Visit> TakeVisits() { return std::move(content_.visits); }

 private:
  Journal(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  absl::Status Load(const JournalHeader& header);
  absl::Status AppendLine(std::string_view line);

  std::string path_;
  int fd_ = -1;
  JournalContent content_;
  bool resumed_ = false;
};

}  // namespace latcast::bench

#endif  // LATCAST_BENCH_HARNESS_JOURNAL_H_
