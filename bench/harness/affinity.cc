#include "bench/harness/affinity.h"

#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::bench {

std::vector<int> AllowedCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

absl::StatusOr<std::vector<int>> ChooseCores(std::span<const int> allowed, int threads,
                                             const std::function<int(int)>& physical) {
  const size_t wanted = static_cast<size_t>(threads);
  if (allowed.size() < wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat("threads ", threads, ": this process may use ", allowed.size(), " core(s)"));
  }
  std::vector<int> chosen;
  std::vector<int> siblings;
  std::set<int> taken;
  for (auto core = allowed.rbegin(); core != allowed.rend(); ++core) {
    (taken.insert(physical(*core)).second ? chosen : siblings).push_back(*core);
  }
  chosen.insert(chosen.end(), siblings.begin(), siblings.end());
  chosen.resize(wanted);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

int PhysicalCore(int core) {
  const absl::StatusOr<std::string> text =
      ReadFile(absl::StrCat("/sys/devices/system/cpu/cpu", core, "/topology/thread_siblings_list"));
  int first = core;
  // "0,4" or "0-1"
  if (text.ok() && absl::SimpleAtoi(text->substr(0, text->find_first_of(",-\n")), &first)) {
    return first;
  }
  return core;
}

absl::StatusOr<std::vector<int>> ParseCores(std::string_view text) {
  std::vector<int> cores;
  for (const absl::string_view part : absl::StrSplit(ToAbsl(text), ',')) {
    ASSIGN_OR_RETURN(const int64_t core, ParseInt(ToStd(part)));
    if (core < 0 || core >= CPU_SETSIZE) {
      return absl::InvalidArgumentError(absl::StrCat("core ", core, ": no such core"));
    }
    cores.push_back(static_cast<int>(core));
  }
  std::sort(cores.begin(), cores.end());
  if (std::adjacent_find(cores.begin(), cores.end()) != cores.end()) {
    return absl::InvalidArgumentError(absl::StrCat("'", ToAbsl(text), "': a core named twice"));
  }
  return cores;
}

absl::Status PinTo(std::span<const int> cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(static_cast<size_t>(core), &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot run on cores ", absl::StrJoin(cores, ","), ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

}  // namespace latcast::bench
