#include "tests/support/background_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "tests/support/run_program.h"

namespace latcast::test {

BackgroundProgram::BackgroundProgram(const std::string& program, std::vector<std::string> arguments,
                                     const std::string& log) {
  std::string path = ProgramPath(program);
  std::vector<char*> argv = {path.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

BackgroundProgram::~BackgroundProgram() {
  if (pid_ > 0) SignalAndWait(SIGKILL);
}

int BackgroundProgram::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int BackgroundProgram::SignalAndWait(int signal) {
  kill(pid_, signal);
  return Wait();
}

}  // namespace latcast::test
