// Programs that are started: shell scripts here.
#include "base/running_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <thread>

#include "base/file.h"
#include "tests/support/processes.h"
#include "tests/support/temp_folder.h"

namespace latcast {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::vector<std::string> Shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

// Exit statuses and signals are what a shell makes of them, however often they are asked for.
TEST(RunningProgramTest, TellsHowItEnded) {
  for (const auto& [script, status] :
       {std::pair("true", 0), std::pair("exit 7", 7), std::pair("kill -SEGV $$", 139)}) {
    ASSERT_OK_AND_ASSIGN(const auto program, RunningProgram::Start(Shell(script)));
    EXPECT_EQ(ExitStatus(program->WaitForEnd()), status);
    EXPECT_EQ(program->Ended(), program->WaitForEnd());
  }
  ASSERT_OK_AND_ASSIGN(const auto sleeper, RunningProgram::Start(Shell("exec sleep 1000")));
  EXPECT_EQ(sleeper->Ended(), std::nullopt);
}

// A program that is not there, is none, or may not be run is an error with its path and the reason.
TEST(RunningProgramTest, CannotStart) {
  EXPECT_THAT(RunningProgram::Start({"/nowhere/program"}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("cannot start /nowhere/program"), HasSubstr("No such"))));
  const test::TempFolder folder;
  const std::string file = folder.path() + "/file";
  ASSERT_OK(WriteFileAtomically(file, "no program"));
  EXPECT_THAT(RunningProgram::Start({file}),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr(file)));
  ::chmod(file.c_str(), 0755);
  EXPECT_THAT(RunningProgram::Start({file}).status().message(),
              AllOf(HasSubstr(file), HasSubstr("format")));
  EXPECT_THAT(RunningProgram::Start({"/bin/true"}, {.input = 12345}).status().message(),
              AllOf(HasSubstr("/bin/true"), HasSubstr("descriptor")));
}

// Its streams are those it is given.
TEST(RunningProgramTest, Streams) {
  const test::TempFolder folder;
  const std::string in = folder.path() + "/in", out = folder.path() + "/out";
  ASSERT_OK(WriteFileAtomically(in, "hello"));
  const int input = ::open(in.c_str(), O_RDONLY | O_CLOEXEC);
  const int output = ::open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_OK_AND_ASSIGN(const auto program, RunningProgram::Start(Shell("cat; echo ' and bye' >&2"),
                                                                 {input, output, output}));
  EXPECT_EQ(ExitStatus(program->WaitForEnd()), 0);
  EXPECT_THAT(ReadFile(out), IsOkAndHolds("hello and bye\n"));
  ::close(input);
  ::close(output);
}

// It ends with its object; what it started itself does too where it has a group of its own.
TEST(RunningProgramTest, EndsWithItsObject) {
  ASSERT_OK_AND_ASSIGN(auto alone, RunningProgram::Start(Shell("exec sleep 1000")));
  const pid_t pid = alone->pid();
  EXPECT_TRUE(test::Runs(pid));
  alone.reset();
  EXPECT_FALSE(test::Runs(pid));

  ASSERT_OK_AND_ASSIGN(
      auto group, RunningProgram::Start(Shell("sleep 1000 & wait"), {}, ProcessGroup::kItsOwn));
  while (test::ChildrenOf(group->pid()).empty()) std::this_thread::yield();
  const pid_t below = test::ChildrenOf(group->pid()).front();
  group.reset();
  EXPECT_TRUE(test::EndsSoon(below));
}

// It ends with the program that started it, kill -9 included.
TEST(RunningProgramTest, EndsWithItsParent) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const auto program = RunningProgram::Start(Shell("exec sleep 1000"));
    const pid_t pid = program.ok() ? (*program)->pid() : 0;
    if (::write(ends[1], &pid, sizeof pid) < 0) ::_exit(1);
    while (true) ::pause();
  }
  pid_t pid = 0;
  ASSERT_EQ(::read(ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(test::Runs(pid));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(test::EndsSoon(pid));
  if (HasFailure()) ::kill(pid, SIGKILL);
}

// Signals that are blocked here are not blocked in it.
TEST(RunningProgramTest, SignalsReachIt) {
  sigset_t blocked, before;
  ::sigfillset(&blocked);
  ::pthread_sigmask(SIG_SETMASK, &blocked, &before);
  const auto program = RunningProgram::Start(Shell("exec sleep 1000"));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_OK(program.status());
  ::kill((*program)->pid(), SIGTERM);
  EXPECT_EQ(ExitStatus((*program)->WaitForEnd()), 128 + SIGTERM);
}

}  // namespace
}  // namespace latcast
