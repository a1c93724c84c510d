// Processes that a test did not start itself, as the kernel shows them.
#ifndef LATCAST_TESTS_SUPPORT_PROCESSES_H_
#define LATCAST_TESTS_SUPPORT_PROCESSES_H_

#include <sys/types.h>

#include <chrono>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace latcast::test {

// Of its main thread; those that ended but were not waited for are among them.
inline std::vector<pid_t> ChildrenOf(pid_t pid) {
  const std::string id = std::to_string(pid);
  std::istringstream text(ReadFile("/proc/" + id + "/task/" + id + "/children").value_or(""));
  std::vector<pid_t> children;
  for (pid_t child = 0; text >> child;) children.push_back(child);
  return children;
}

// A process that ended may still wait for its parent to notice.
inline bool Runs(pid_t pid) {
  const std::string stat =
      ReadFile("/proc/" + std::to_string(pid) + "/stat").value_or("0 (gone) X");
  const char state = stat.at(stat.rfind(')') + 2);
  return state != 'X' && state != 'Z';
}

// A killed process runs until the kernel gets to it.
inline bool EndsSoon(pid_t pid) {
  for (int tries = 0; tries < 5000 && Runs(pid); ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return !Runs(pid);
}

}  // namespace latcast::test

#endif  // LATCAST_TESTS_SUPPORT_PROCESSES_H_
