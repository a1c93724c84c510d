// latcast-bench on the real CPU: that it measures, and that it says what it cannot.
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/csv.h"
#include "base/file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace latcast::bench {
namespace {

using test::Ran;
using test::RunProgram;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kSmall[] = "block:BasicBlock?cin=16&cout=16&h=8&w=8";
constexpr char kLarger[] = "block:BasicBlock?cin=64&cout=64&h=28&w=28";

class BenchCpuTest : public ::testing::Test {
 protected:
  Ran Bench(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"run", "--passes", "1", "--out", points_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunProgram("latcast-bench", arguments);
  }

  test::TempFolder folder_;
  std::string points_ = folder_.path() + "/points.csv";
};

#if LATCAST_WITH_LIBTORCH

// Blocks get a latency, the larger one the larger, and the record says how they were measured.
TEST_F(BenchCpuTest, Measures) {
  const Ran ran = Bench({"--model", kSmall, "--model", kLarger});
  ASSERT_EQ(ran.code, 0) << ran.err;
  ASSERT_OK_AND_ASSIGN(const CsvTable table, ParseCsv(*ReadFile(points_)));
  ASSERT_THAT(table.rows, SizeIs(2));
  double latency_ms[2] = {};
  for (size_t row = 0; row < 2; ++row) {
    EXPECT_EQ(table.rows[row].fields[*table.Column("outcome")], "ok");
    ASSERT_TRUE(
        absl::SimpleAtod(table.rows[row].fields[*table.Column("latency_ms")], &latency_ms[row]));
  }
  EXPECT_GT(latency_ms[0], 0.0);
  EXPECT_GT(latency_ms[1], latency_ms[0]);
  const auto json = nlohmann::json::parse(ReadFile(points_ + ".provenance.json").value());
  EXPECT_EQ(json["mode"]["threads"], 1);
  const auto provenance = json["provenance"].get<std::map<std::string, std::string>>();
  EXPECT_EQ(provenance.at("device"), "cpu");
  EXPECT_EQ(provenance.at("allocator"), "retain");
  EXPECT_EQ(provenance.at("weights"), "cold");
  EXPECT_TRUE(provenance.contains("torch_version"));
  EXPECT_TRUE(provenance.contains("onednn_version"));
}

// A journal made with another allocator, or with weights of another warmth, is not gone on with.
TEST_F(BenchCpuTest, SettingsAreOneRun) {
  ASSERT_EQ(Bench({"--model", kSmall, "--allocator", "system"}).code, 0);
  Ran ran = Bench({"--model", kSmall});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("measured with allocator system, this run has retain"));
  ran = Bench({"--model", kSmall, "--allocator", "system", "--weights", "warm"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("measured with weights cold, this run has warm"));
}

// A point beyond the memory is out of memory, without harm to the others.
TEST_F(BenchCpuTest, OutOfMemoryIsAnOutcome) {
  const Ran ran = Bench(
      {"--model", kSmall, "--model", "block:BasicBlock?batch=100000&cin=512&cout=512&h=224&w=224"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("1 ok, 1 oom"));
}

// More threads than cores are refused.
TEST_F(BenchCpuTest, TooManyThreads) {
  const Ran ran = Bench(
      {"--model", kSmall, "--threads", absl::StrCat(std::thread::hardware_concurrency() + 1)});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("threads"));
}

#else

// A program without LibTorch says so when it is asked for the CPU.
TEST_F(BenchCpuTest, SaysThatThereIsNoLibTorch) {
  const Ran ran = Bench({"--model", kSmall});
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, HasSubstr("built without LibTorch and has only the device fake"));
}

#endif

}  // namespace
}  // namespace latcast::bench
