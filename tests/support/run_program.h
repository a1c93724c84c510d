// A program of this build, run to its end.
#ifndef LATCAST_TESTS_SUPPORT_RUN_PROGRAM_H_
#define LATCAST_TESTS_SUPPORT_RUN_PROGRAM_H_

#include <string>
#include <vector>

namespace latcast::test {

struct Ran {
  int code = 0;  // exit status, or minus the signal that killed it
  std::string out;
  std::string err;
};

// `program` lies in the folder that LATCAST_BIN names; stdin is empty.
Ran RunProgram(const std::string& program, const std::vector<std::string>& arguments);

// The path of a program of this build.
std::string ProgramPath(const std::string& program);

}  // namespace latcast::test

#endif  // LATCAST_TESTS_SUPPORT_RUN_PROGRAM_H_
