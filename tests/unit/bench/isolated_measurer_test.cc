// The bench's side of isolation, against measuring processes that are shell scripts.
#include "bench/isolation/isolated_measurer.h"

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "bench/isolation/protocol.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

class IsolatedMeasurerTest : public ::testing::Test {
 protected:
  static DeviceInfo Device(const std::string& name, const std::string& driver = "1") {
    DeviceInfo info;
    info.device = name;
    info.settings = {{"driver", driver}};
    return info;
  }
  static std::string Say(const std::string& line) {
    return absl::StrCat("cat <<'END'\n", line, "\nEND\n");
  }
  static std::string Good() {
    Visit visit;
    visit.samples_ms = {1.0, 2.0};
    visit.wall_s = 0.5;
    return FormatAnswer(visit);
  }

  // A process that runs `first` when it is started for the first time and `later` from then on.
  absl::StatusOr<std::unique_ptr<Measurer>> Open(const std::string& first,
                                                 const std::string& later) {
    IsolationOptions options;
    options.command = {"/bin/sh", "-c",
                       absl::StrCat("echo >>", starts_, "\nif [ $(wc -l <", starts_,
                                    ") = 1 ]; then\n", first, "\nelse :\n", later, "\nfi")};
    return MakeIsolatedMeasurer(options, &interrupted_);
  }
  size_t Starts() const {
    const std::string text = ReadFile(starts_).value();
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  test::TempFolder folder_;
  std::string starts_ = folder_.path() + "/starts";
  std::atomic<bool> interrupted_ = false;
  std::string hello_ = Say(FormatDevice(Device("gpu")));
  std::string serve_ = "while read request; do\n" + Say(Good()) + "done";
};

// One process answers visit after visit.
TEST_F(IsolatedMeasurerTest, OneProcessMeasuresAll) {
  ASSERT_OK_AND_ASSIGN(const auto measurer, Open(hello_ + serve_, "exit 1"));
  EXPECT_EQ(measurer->info().device, "gpu");
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const Visit visit, measurer->Measure({.spec = "x"}));
    EXPECT_EQ(visit.samples_ms, (std::vector<double>{1.0, 2.0}));
  }
  EXPECT_EQ(Starts(), 1u);
}

struct Loss {
  std::string script;  // after the first request was read
  std::string why;
};

// Crash, exit, hang, nonsense and a lost device cost the one visit, with the reason; the next one
// is measured by a fresh process.
TEST_F(IsolatedMeasurerTest, LossesCostOneVisit) {
  const std::string lost = Say(FormatError(absl::UnavailableError("fell off the bus")));
  for (const Loss& loss : std::vector<Loss>{{"kill -SEGV $$", "signal 11"},
                                            {"kill -KILL $$", "signal 9"},
                                            {"exit 3", "exit status 3"},
                                            {"exec sleep 1000", "no answer within 0.2 s"},
                                            {"echo CUDA error", "said 'CUDA error'"},
                                            {lost, "fell off the bus"}}) {
    ASSERT_OK(WriteFileAtomically(starts_, ""));
    ASSERT_OK_AND_ASSIGN(const auto measurer,
                         Open(hello_ + "read request\n" + loss.script, hello_ + serve_));
    ASSERT_OK_AND_ASSIGN(const Visit visit, measurer->Measure({.spec = "x", .limit_s = 0.2}));
    EXPECT_EQ(visit.outcome, Outcome::kFailed);
    EXPECT_THAT(visit.message, HasSubstr(loss.why));
    EXPECT_GT(visit.wall_s, 0.0);
    ASSERT_OK_AND_ASSIGN(const Visit next, measurer->Measure({.spec = "x"}));
    EXPECT_EQ(next.outcome, Outcome::kOk) << loss.why;
    EXPECT_EQ(Starts(), 2u) << loss.why;
  }
}

// When every point loses its process it is the device: the run ends, after points that were told.
TEST_F(IsolatedMeasurerTest, EndsWhenEveryPointIsLost) {
  const std::string crash = hello_ + "read request; exit 3";
  ASSERT_OK_AND_ASSIGN(const auto measurer, Open(crash, crash));
  for (int i = 0; i < 4; ++i) {
    ASSERT_OK_AND_ASSIGN(const Visit visit, measurer->Measure({.spec = "x"}));
    EXPECT_EQ(visit.outcome, Outcome::kFailed);
  }
  EXPECT_THAT(measurer->Measure({.spec = "x"}),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("4 points in a row were lost with their process")));
}

// A device that has vanished, or that calls itself something else after a crash, ends the run.
TEST_F(IsolatedMeasurerTest, AnotherDeviceEndsTheRun) {
  struct Change {
    std::string later;
    absl::StatusCode code;
    std::string why;
  };
  for (const Change& change : std::vector<Change>{
           {Say(FormatError(absl::NotFoundError("no GPU"))), absl::StatusCode::kNotFound, "no GPU"},
           {"exit 5", absl::StatusCode::kUnavailable, "did not start: ended with exit status 5"},
           {Say(FormatDevice(Device("toaster"))), absl::StatusCode::kFailedPrecondition,
            "device gpu calls itself toaster now"},
           {Say(FormatDevice(Device("gpu", "2"))), absl::StatusCode::kFailedPrecondition,
            "driver was 1 and is 2 now"}}) {
    ASSERT_OK(WriteFileAtomically(starts_, ""));
    ASSERT_OK_AND_ASSIGN(const auto measurer, Open(hello_ + "read request; exit 3", change.later));
    ASSERT_OK(measurer->Measure({.spec = "x"}).status());
    EXPECT_THAT(measurer->Measure({.spec = "x"}), StatusIs(change.code, HasSubstr(change.why)));
  }
}

// A device that cannot be opened at all is the error that opening it gave.
TEST_F(IsolatedMeasurerTest, OpeningFails) {
  EXPECT_THAT(Open(Say(FormatError(absl::InvalidArgumentError("threads 99"))), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, "threads 99"));
}

// An interrupt does not wait for the visit.
TEST_F(IsolatedMeasurerTest, InterruptEndsTheVisit) {
  ASSERT_OK_AND_ASSIGN(const auto measurer, Open(hello_ + "read request; exec sleep 1000", ""));
  interrupted_ = true;
  EXPECT_THAT(measurer->Measure({.spec = "x", .limit_s = 1000.0}),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

// Time of a device with a clock of its own passes as the visits say.
TEST_F(IsolatedMeasurerTest, VirtualTimePassesWithTheVisits) {
  DeviceInfo info = Device("fake");
  info.has_virtual_time = true;
  ASSERT_OK_AND_ASSIGN(const auto measurer, Open(Say(FormatDevice(info)) + serve_, ""));
  ASSERT_OK(measurer->Measure({.spec = "x"}).status());
  ASSERT_OK(measurer->Measure({.spec = "x"}).status());
  EXPECT_EQ(measurer->clock().NowNs(), 1'000'000'000);
}

}  // namespace
}  // namespace latcast::bench
