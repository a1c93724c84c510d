#include "server/core/calibration_spec.h"

#include <cmath>
#include <functional>

#include "base/status_matchers.h"

namespace latcast::server {
namespace {

using ::testing::HasSubstr;

// The defaults and everything that the protocol names.
TEST(CalibrationSpecTest, TakesKnownWords) {
  EXPECT_OK(Validate({}));
  CalibrationSpec spec;
  spec.plan = "classic";
  spec.networks = {"resnet18", "alexnet"};
  spec.precision = "bfloat16";
  spec.layout = "nhwc";
  spec.execution = "graph";
  spec.metric = "wall";
  spec.budget_s = kMaxBudget_s;
  spec.threads = 1024;
  EXPECT_OK(Validate(spec));
}

// Every field with a value it cannot have, named.
TEST(CalibrationSpecTest, NamesTheField) {
  const struct {
    const char* message;
    std::function<void(CalibrationSpec&)> spoil;
  } cases[] = {
      {"spec.budget_s", [](auto& s) { s.budget_s = 0.0; }},
      {"spec.budget_s", [](auto& s) { s.budget_s = -1.0; }},
      {"spec.budget_s", [](auto& s) { s.budget_s = std::nan(""); }},
      {"spec.budget_s", [](auto& s) { s.budget_s = INFINITY; }},
      {"spec.budget_s", [](auto& s) { s.budget_s = kMaxBudget_s + 1.0; }},
      {"spec.threads", [](auto& s) { s.threads = 0; }},
      {"spec.threads", [](auto& s) { s.threads = 1025; }},
      {"spec.plan: '/etc/passwd' is none of quick, classic",
       [](auto& s) { s.plan = "/etc/passwd"; }},
      {"spec.plan", [](auto& s) { s.plan = ""; }},
      {"spec.precision: 'int8' is none of float32", [](auto& s) { s.precision = "int8"; }},
      {"spec.layout", [](auto& s) { s.layout = "NCHW"; }},
      {"spec.execution", [](auto& s) { s.execution = "compiled"; }},
      {"spec.metric", [](auto& s) { s.metric = "cpu"; }},
      {"spec.networks[1]: no network of the zoo is called '../x'",
       [](auto& s) {
         s.networks = {"resnet18", "../x"};
       }},
      {"spec.networks[1]: 'resnet18' twice",
       [](auto& s) {
         s.networks = {"resnet18", "resnet18"};
       }},
      {"spec.networks: 101", [](auto& s) { s.networks.assign(101, "resnet18"); }},
  };
  for (const auto& test : cases) {
    CalibrationSpec spec;
    test.spoil(spec);
    EXPECT_THAT(Validate(spec),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(test.message)));
  }
}

}  // namespace
}  // namespace latcast::server
