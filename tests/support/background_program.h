// A program of this build that runs beside a test, and ends with it.
#ifndef LATCAST_TESTS_SUPPORT_BACKGROUND_PROGRAM_H_
#define LATCAST_TESTS_SUPPORT_BACKGROUND_PROGRAM_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace latcast::test {

class BackgroundProgram {
 public:
  // `program` lies in the folder that LATCAST_BIN names; what it writes is appended to `log`.
  BackgroundProgram(const std::string& program, std::vector<std::string> arguments,
                    const std::string& log);
  ~BackgroundProgram();  // kills it if it still runs
  BackgroundProgram(const BackgroundProgram&) = delete;
  BackgroundProgram& operator=(const BackgroundProgram&) = delete;

  pid_t pid() const { return pid_; }
  // Its exit status, or minus the signal that ended it.
  int Wait();
  int SignalAndWait(int signal);

 private:
  pid_t pid_;
};

}  // namespace latcast::test

#endif  // LATCAST_TESTS_SUPPORT_BACKGROUND_PROGRAM_H_
