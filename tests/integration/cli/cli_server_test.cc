// The command line against a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/status_matchers.h"
#include "tests/support/run_program.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kSeedPoints[] = "tests/data/latency/seed-a100-blocks.csv";

class CliServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    profile_ = folder_.path() + "/profile.json";
    ASSERT_EQ(
        RunProgram("latcast", {"fit", kSeedPoints, "--device", "a100", "--out", profile_}).code, 0);
    auto server = ServerProcess::Start(folder_.path() + "/data");
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  Ran Latcast(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--server", server_->address()});
    return RunProgram("latcast", arguments);
  }

  Json LatcastJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "json"});
    const Ran ran = Latcast(std::move(arguments));
    EXPECT_EQ(ran.code, 0) << ran.err;
    return Json::parse(ran.out, nullptr, /*allow_exceptions=*/false);
  }

  TempFolder folder_;
  std::string profile_;
  std::unique_ptr<ServerProcess> server_;
};

// Upload, activate, list, show, delete: the life of a profile.
TEST_F(CliServerTest, ProfilesLive) {
  const Ran created = Latcast({"profiles", "create", profile_, "--activate"});
  ASSERT_EQ(created.code, 0) << created.err;
  EXPECT_THAT(created.out, HasSubstr("a100 version 1, active"));
  ASSERT_EQ(Latcast({"profiles", "create", profile_}).code, 0);

  Json list = LatcastJson({"profiles", "list"});
  ASSERT_EQ(list["profiles"].size(), 2u);
  ASSERT_EQ(Latcast({"profiles", "activate", "a100", "2"}).code, 0);
  const Ran active = Latcast({"profiles", "delete", "a100", "2"});
  EXPECT_EQ(active.code, 1) << active.err;
  EXPECT_EQ(Latcast({"profiles", "delete", "a100", "1"}).code, 0);
  list = LatcastJson({"profiles", "list", "a100"});
  ASSERT_EQ(list["profiles"].size(), 1u);
  EXPECT_EQ(list["profiles"][0]["version"], 2);
  EXPECT_EQ(list["profiles"][0]["active"], true);

  const Ran show = Latcast({"profiles", "show", "a100"});
  EXPECT_EQ(show.code, 0) << show.err;
  EXPECT_THAT(show.out, HasSubstr("relative model on classic features"));
  EXPECT_EQ(Latcast({"profiles", "show", "h100"}).code, 1);
}

// A profile that comes back from the server is the file that went there.
TEST_F(CliServerTest, ShowGivesTheFileBack) {
  ASSERT_EQ(Latcast({"profiles", "create", profile_, "--activate"}).code, 0);
  const Ran show = Latcast({"profiles", "show", "a100", "1", "--format", "json"});
  ASSERT_EQ(show.code, 0) << show.err;
  ASSERT_OK_AND_ASSIGN(const std::string file, ReadFile(profile_));
  EXPECT_EQ(show.out, file);
}

// Server and profile file forecast the same for networks, their parts, blocks and points.
TEST_F(CliServerTest, ForecastsAsTheFileDoes) {
  ASSERT_EQ(Latcast({"profiles", "create", profile_, "--activate"}).code, 0);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"predict", "resnet18", "block:BasicBlock7?batch=20", "--parts"},
           {"predict", "alexnet", "--batch", "4", "--interval", "0.5"},
           {"predict", "--features", kSeedPoints}}) {
    const Json remote = LatcastJson(arguments);
    std::vector<std::string> local_arguments = arguments;
    local_arguments.insert(local_arguments.end(), {"--profile", profile_, "--format", "json"});
    const Ran local = RunProgram("latcast", local_arguments);
    ASSERT_EQ(local.code, 0) << local.err;
    const Json local_json = Json::parse(local.out);
    EXPECT_EQ(remote["forecasts"], local_json["forecasts"]);
    EXPECT_EQ(remote["source"]["version"], 1);
    EXPECT_EQ(remote["source"]["model_hash"], local_json["source"]["model_hash"]);
  }
}

// What the server refuses is bad input; the line names the server, and the server lives on.
TEST_F(CliServerTest, RefusalsAreBadInput) {
  const Ran nobody = Latcast({"predict", "resnet18"});
  EXPECT_EQ(nobody.code, 1) << nobody.err;
  EXPECT_THAT(nobody.err, HasSubstr(server_->address()));
  ASSERT_EQ(Latcast({"profiles", "create", profile_, "--activate"}).code, 0);
  const Ran device = Latcast({"predict", "resnet18", "--device", "h100"});
  EXPECT_EQ(device.code, 1) << device.err;
  EXPECT_THAT(device.err, HasSubstr("h100"));
  EXPECT_EQ(Latcast({"predict", "resnet18"}).code, 0);
}

}  // namespace
}  // namespace latcast::test
