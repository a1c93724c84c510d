#include "bench/isolation/protocol.h"

namespace latcast::bench {
namespace {

using ::testing::HasSubstr;

// What is said is understood: device, request, answer.
TEST(ProtocolTest, RoundTrips) {
  DeviceInfo info;
  info.device = "fake";
  info.mode.threads = 3;
  info.mode.precision = "float16";
  info.settings = {{"noise", "0.1"}};
  info.provenance = {{"library", "any bytes \xff"}};
  info.has_virtual_time = true;
  ASSERT_OK_AND_ASSIGN(const DeviceInfo device, ParseDevice(FormatDevice(info)));
  EXPECT_EQ(device.device, "fake");
  EXPECT_EQ(device.mode.threads, 3);
  EXPECT_EQ(device.mode.precision, "float16");
  EXPECT_EQ(device.settings, info.settings);
  EXPECT_TRUE(device.has_virtual_time);

  PointRequest request;
  request.spec = "block:Fire?batch=2";
  request.weights = Weights::kWarm;
  request.limit_s = 7.5;
  request.sampling.min_samples = 77;
  request.sampling.max_sampling_s = 0.125;
  ASSERT_OK_AND_ASSIGN(const PointRequest same, ParseRequest(FormatRequest(request)));
  EXPECT_EQ(same.spec, request.spec);
  EXPECT_EQ(same.weights, Weights::kWarm);
  EXPECT_EQ(same.limit_s, 7.5);
  EXPECT_EQ(same.sampling.min_samples, 77u);
  EXPECT_EQ(same.sampling.max_sampling_s, 0.125);

  Visit visit;
  visit.outcome = Outcome::kOom;
  visit.message = "two\nlines";
  visit.instead = "block:Fire?batch=1";
  visit.samples_ms = {0.1, 3e-6};
  const std::string line = FormatAnswer(visit);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const Visit answer, ParseAnswer(line));
  EXPECT_EQ(answer.outcome, Outcome::kOom);
  EXPECT_EQ(answer.message, visit.message);
  EXPECT_EQ(answer.instead, visit.instead);
  EXPECT_EQ(answer.samples_ms, visit.samples_ms);
}

// An error arrives with its code and words, in place of a device as of an answer.
TEST(ProtocolTest, ErrorsArrive) {
  const absl::Status lost = absl::UnavailableError("the device fell off the bus");
  EXPECT_EQ(ParseAnswer(FormatAnswer(lost)).status(), lost);
  EXPECT_EQ(ParseDevice(FormatError(lost)).status(), lost);
}

// What is no answer is an error that quotes it.
TEST(ProtocolTest, NonsenseIsNamed) {
  for (const char* line : {"", "Segmentation fault", "{}", "[1]", R"({"id":"a","pass":"x"})",
                           R"({"error":"bare words"})"}) {
    EXPECT_THAT(ParseAnswer(line),
                StatusIs(absl::StatusCode::kInternal, HasSubstr(std::string("'") + line + "'")));
    EXPECT_THAT(ParseDevice(line), StatusIs(absl::StatusCode::kInternal, ::testing::_));
    EXPECT_THAT(ParseRequest(line), StatusIs(absl::StatusCode::kInternal, ::testing::_));
  }
}

}  // namespace
}  // namespace latcast::bench
