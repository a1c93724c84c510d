// The profile's JSON form and the wire message DeviceProfile are one content under two hands: these
// tests hold them together through Protobuf's own JSON mapping.
#include <google/protobuf/util/json_util.h>

#include "base/status_matchers.h"
#include "latcast/v1/profile.pb.h"
#include "regression/profile.h"
#include "tests/unit/regression/sample_model.h"

namespace latcast::regression {
namespace {

namespace util = google::protobuf::util;

std::string ToJson(const v1::DeviceProfile& message) {
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = util::MessageToJsonString(message, &json, options);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return json;
}

// What the profile's writer prints, Protobuf reads without an unknown field; what Protobuf prints
// of it, the profile's reader accepts; and nothing is lost on the way.
TEST(ProfileProtoTest, ProfileSurvivesTheWire) {
  const DeviceProfile profile = SampleProfile();
  v1::DeviceProfile message;
  const auto status = util::JsonStringToMessage(FormatProfile(profile), &message);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(message.models_size(), 2);
  EXPECT_EQ(message.models(0).terms(2).feature(), "flops");
  EXPECT_TRUE(message.models(0).has_two_piece());
  EXPECT_FALSE(message.models(1).has_two_piece());
  EXPECT_FALSE(message.models(1).has_leave_group_out());
  EXPECT_THAT(ParseProfile(ToJson(message)), IsOkAndHolds(profile));
}

// Zero and empty fields are printed by Protobuf and not missed by the reader.
TEST(ProfileProtoTest, ZeroAndEmptyFieldsSurviveTheWire) {
  DeviceProfile profile;
  profile.device = "d";
  LatencyModel& model = profile.models.emplace_back();
  model.feature_set = "cpu";
  model.terms = {{Feature::kMacsAll, 0.0}};
  model.two_piece = TwoPiece{0.0, 0.0, 0.0};
  v1::DeviceProfile message;
  ASSERT_TRUE(util::JsonStringToMessage(FormatProfile(profile), &message).ok());
  EXPECT_THAT(ParseProfile(ToJson(message)), IsOkAndHolds(profile));
}

// Numbers keep their last bit across the wire's JSON.
TEST(ProfileProtoTest, NumbersKeepTheirLastBit) {
  DeviceProfile profile = SampleProfile();
  for (const double value : {1.0 / 3.0, 1e22, 5e-324, 1.7976931348623157e308, 123456789012345680.0,
                             -1.3406733994819889e-08}) {
    profile.models[0].terms[0].coefficient = value;
    v1::DeviceProfile message;
    ASSERT_TRUE(util::JsonStringToMessage(FormatProfile(profile), &message).ok());
    EXPECT_EQ(message.models(0).terms(0).coefficient(), value);
    EXPECT_THAT(ParseProfile(ToJson(message)), IsOkAndHolds(profile));
  }
}

}  // namespace
}  // namespace latcast::regression
