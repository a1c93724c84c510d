#include "bench/harness/drift.h"

#include <cmath>

namespace latcast::bench {
namespace {

// 'P' a probe at 1 ms, 'm' one of 1.04 ms, 'Q' one of 1.5 ms, 'x' one without a latency, '.' a
// visit.
std::vector<Visit> Visits(const std::string& order) {
  std::vector<Visit> visits;
  for (const char kind : order) {
    Visit& visit = visits.emplace_back();
    visit.is_probe = kind != '.';
    if (kind != 'x') {
      visit.samples_ms = {kind == 'Q' ? 1.5 : kind == 'm' ? 1.04 : kind == 'P' ? 1.0 : 7.0};
    }
  }
  return visits;
}

struct Case {
  std::string order;
  std::string drifted;  // 'd' where the visit is distrusted
};

// Visits beside a probe that is off are distrusted, unless the probe was fine when made again.
TEST(DriftTest, VisitsBesideProbesThatAreOff) {
  for (const Case& c : std::vector<Case>{
           {"", ""},
           {"...", "   "},
           {"P..P..P", "       "},
           {"P..m..P..P", "          "},
           {"P..Q..P..P", " dd dd    "},
           {"P..QP..P..P", "           "},
           {"P..QQ..P..P..P", " dd  dd       "},
           {"P..P..Q..", "    dd dd"},
           {"..P..P", "      "},
           {"Q..P..P", " dd    "},
           {"P..x..P", "       "},
       }) {
    const Drift drift = FindDrift(Visits(c.order));
    std::string found;
    for (size_t v = 0; v < c.order.size(); ++v) found += drift.IsDrifted(v) ? 'd' : ' ';
    EXPECT_EQ(found, c.drifted) << c.order;
  }
}

// How much slower: the mean of the probes on either side, as far as there are two, made again or
// not.
TEST(DriftTest, Slowdown) {
  const Drift drift = FindDrift(Visits("P.Q.QQ.m.P.Q."));
  EXPECT_THAT(drift.slowdown,
              testing::Pointwise(testing::DoubleNear(1e-9), {1.0, 1.25, 1.0, 1.5, 1.0, 1.0, 1.27,
                                                             1.0, 1.0, 1.0, 1.25, 1.0, 1.5}));
  EXPECT_EQ(drift.Drifted(), 5u);
}

// How far probes were off is told. A device that is disturbed for most of the time is known by the
// rest; probes that differ by little all the time are no drift.
TEST(DriftTest, ToleranceFollowsTheProbes) {
  Drift drift = FindDrift(Visits("P.P.P.Q"));
  EXPECT_EQ(drift.probes, 4u);
  EXPECT_EQ(drift.reference_ms, 1.0);
  EXPECT_EQ(drift.largest, 0.5);
  EXPECT_EQ(drift.tolerance, 0.05);
  EXPECT_EQ(drift.Drifted(), 1u);
  EXPECT_TRUE(drift.IsOff(0.94));
  EXPECT_FALSE(drift.IsOff(1.049));

  drift = FindDrift(Visits("P.P.Q.Q.Q.Q.Q.P.P"));
  EXPECT_EQ(drift.reference_ms, 1.0);
  EXPECT_EQ(drift.Drifted(), 6u);

  // Faster for less than a tenth of the time: before the device was warm.
  drift = FindDrift(Visits("P.Q.Q.Q.Q.Q.Q.Q.Q.Q.Q"));
  EXPECT_EQ(drift.reference_ms, 1.5);
  EXPECT_EQ(drift.Drifted(), 1u);

  const auto uneven = [](size_t count, double ratio) {
    std::vector<Visit> visits = Visits(std::string(count, 'P'));
    for (size_t i = 0; i < count; ++i) {
      visits[i].samples_ms = {std::pow(ratio, static_cast<double>(i))};
    }
    return visits;
  };
  drift = FindDrift(uneven(101, 1.004));  // thirteen within 5 %
  EXPECT_DOUBLE_EQ(drift.reference_ms, std::pow(1.004, 6));
  EXPECT_DOUBLE_EQ(drift.tolerance, 0.05);
  // A tenth lies in no 5 %, but in 10 %: three of 26, 1 to 1.04 squared.
  drift = FindDrift(uneven(26, 1.04));
  EXPECT_DOUBLE_EQ(drift.reference_ms, 1.04);
  EXPECT_DOUBLE_EQ(drift.tolerance, 0.1);
  EXPECT_EQ(FindDrift(Visits("..")).probes, 0u);
}

}  // namespace
}  // namespace latcast::bench
