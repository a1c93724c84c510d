#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "bench/harness/journal.h"

namespace latcast::bench {
namespace {

using nlohmann::json;

// Keys are written in alphabetical order.
constexpr std::string_view kFirstBytes = R"({"journal_version":)";

absl::StatusOr<JournalHeader> ParseHeader(std::string_view line) {
  JournalHeader header;
  try {
    const json object = json::parse(line);
    const int version = object.at("journal_version").get<int>();
    if (version != kJournalVersion) {
      return absl::FailedPreconditionError(
          absl::StrCat("journal version ", version, ", this program reads ", kJournalVersion));
    }
    header.plan = object.at("plan").dump();
    object.at("mode").get_to(header.mode);
    object.at("settings").get_to(header.settings);
    object.at("provenance").get_to(header.provenance);
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("not a journal's first line: ", e.what()));
  }
  return header;
}

}  // namespace

absl::StatusOr<Visit> ParseVisit(std::string_view line) {
  Visit visit;
  try {
    const json object = json::parse(line);
    object.at("id").get_to(visit.id);
    object.at("pass").get_to(visit.pass);
    const std::string outcome = object.at("outcome").get<std::string>();
    const auto found = FindOutcome(outcome);
    if (!found.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("outcome: unknown value '", outcome, "'"));
    }
    visit.outcome = *found;
    visit.message = object.value("message", "");
    visit.instead = object.value("instead", "");
    object.at("samples_ms").get_to(visit.samples_ms);
    object.at("runs").get_to(visit.runs);
    object.at("disturbed_runs").get_to(visit.disturbed_runs);
    visit.discarded_runs = object.value("discarded_runs", size_t{0});
    visit.is_probe = object.value("probe", false);
    object.at("warmup_runs").get_to(visit.warmup_runs);
    object.at("warmup_stop").get_to(visit.warmup_stop);
    object.at("stop").get_to(visit.stop);
    object.at("prepare_s").get_to(visit.prepare_s);
    object.at("wall_s").get_to(visit.wall_s);
  } catch (const json::exception& e) {
    return absl::InvalidArgumentError(absl::StrCat("not a visit: ", e.what()));
  }
  return visit;
}

std::string JournalHeader::PlanHash() const {
  // Of the content: the plan file's layout and order of keys do not survive the journal.
  const std::string content = json::parse(plan, nullptr, /*allow_exceptions=*/false).dump();
  uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return absl::StrFormat("%016x", hash);
}

std::string FormatHeaderLine(const JournalHeader& header) {
  json object;
  object["journal_version"] = kJournalVersion;
  object["plan_hash"] = header.PlanHash();
  object["mode"] = header.mode;
  object["settings"] = header.settings;
  object["provenance"] = header.provenance;
  object["plan"] = json::parse(header.plan);
  return absl::StrCat(object.dump(), "\n");
}

std::string FormatVisitLine(const Visit& visit) {
  json object;
  object["id"] = visit.id;
  object["pass"] = visit.pass;
  object["outcome"] = Name(visit.outcome);
  if (!visit.message.empty()) object["message"] = visit.message;
  if (!visit.instead.empty()) object["instead"] = visit.instead;
  object["samples_ms"] = visit.samples_ms;
  object["runs"] = visit.runs;
  object["disturbed_runs"] = visit.disturbed_runs;
  if (visit.discarded_runs > 0) object["discarded_runs"] = visit.discarded_runs;
  if (visit.is_probe) object["probe"] = true;
  object["warmup_runs"] = visit.warmup_runs;
  object["warmup_stop"] = visit.warmup_stop;
  object["stop"] = visit.stop;
  object["prepare_s"] = visit.prepare_s;
  object["wall_s"] = visit.wall_s;
  // Messages of libraries may hold any bytes.
  return absl::StrCat(object.dump(-1, ' ', false, json::error_handler_t::replace), "\n");
}

absl::StatusOr<JournalContent> ParseJournal(std::string_view text) {
  JournalContent content;
  for (int line = 1;; ++line) {
    const size_t end = text.find('\n', content.complete_bytes);
    if (end == std::string_view::npos) break;
    const std::string_view record =
        text.substr(content.complete_bytes, end - content.complete_bytes);
    const std::string where = absl::StrCat("line ", line);
    if (!content.has_header) {
      ASSIGN_OR_RETURN(content.header, Annotate(ParseHeader(record), where));
      content.has_header = true;
    } else {
      ASSIGN_OR_RETURN(Visit visit, Annotate(ParseVisit(record), where));
      content.visits.push_back(std::move(visit));
    }
    content.complete_bytes = end + 1;
  }
  // A header cut short is dropped; some other file without line ends must not be.
  if (!content.has_header &&
      kFirstBytes.substr(0, text.size()) != text.substr(0, kFirstBytes.size())) {
    return absl::InvalidArgumentError("line 1: not a journal");
  }
  return content;
}

absl::StatusOr<JournalContent> ReadJournal(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ASSIGN_OR_RETURN(JournalContent content, Annotate(ParseJournal(text), path));
  if (!content.has_header) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": no complete line: not a journal"));
  }
  return content;
}

}  // namespace latcast::bench
