#include "bench/plan/plans.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "base/features.h"
#include "bench/plan/candidate.h"
#include "bench/plan/plan_text.h"

namespace latcast::bench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

PlanOptions Budget(double seconds) {
  PlanOptions options;
  options.budget_s = seconds;
  options.pool_per_family = 40;
  return options;
}

std::vector<Candidate> ExamineAll(const Plan& plan) {
  std::vector<Candidate> candidates;
  for (const PlanItem& item : plan.items) {
    candidates.push_back(Examine(item.spec, 1).value());
  }
  return candidates;
}

// The same options give the same plan; another seed another one.
TEST(QuickPlanTest, SeedDecides) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, QuickPlan(Budget(60)));
  ASSERT_OK_AND_ASSIGN(const Plan again, QuickPlan(Budget(60)));
  EXPECT_EQ(FormatPlan(plan), FormatPlan(again));
  PlanOptions other = Budget(60);
  other.seed = 2;
  ASSERT_OK_AND_ASSIGN(const Plan different, QuickPlan(other));
  EXPECT_NE(plan.items, different.items);
}

// Every operator of the library and every family are in, about half of the points have batch 1, the
// large linear layer is there, no feature of the CPU model is left unmeasured, and the guessed cost
// keeps to the budget.
TEST(QuickPlanTest, CoversEverythingWithinTheBudget) {
  const PlanOptions options = Budget(60);
  ASSERT_OK_AND_ASSIGN(const Plan plan, QuickPlan(options));
  EXPECT_GE(plan.items.size(), 40u);
  EXPECT_OK(CheckUnique(plan));

  std::map<std::string, int> families;
  std::set<std::string> op_types;
  double cost_s = 0;
  size_t singles = 0;
  std::map<Feature, int> users;
  int without_library_path = 0;
  double longest_ms = 0;
  for (const Candidate& candidate : ExamineAll(plan)) {
    ++families[candidate.item.group];
    for (const graph::Op& op : candidate.graph.ops) op_types.insert(op.type);
    cost_s += RoughCostSeconds(candidate, options.passes, options.sampling);
    if (candidate.features[Feature::kBatch] == 1) ++singles;
    for (const Feature feature : FindFeatureSet("cpu")->predictors) {
      if (candidate.features[feature] > 0) ++users[feature];
    }
    if (candidate.features[Feature::kActs] > 0 && candidate.features[Feature::kNMkl] == 0) {
      ++without_library_path;
    }
    longest_ms = std::max(longest_ms, candidate.rough_ms);
  }
  for (const blocks::BlockFamily& family : blocks::BuiltinFamilies()) {
    EXPECT_GE(families[std::string(family.name)], 2) << family.name;
    ASSERT_OK_AND_ASSIGN(const graph::Graph defaults, blocks::BuildBlock(family.name));
    for (const graph::Op& op : defaults.ops) EXPECT_TRUE(op_types.contains(op.type)) << op.type;
  }
  EXPECT_NEAR(static_cast<double>(singles) / static_cast<double>(plan.items.size()), 0.5, 0.15);
  EXPECT_THAT(plan.items, Contains(PlanItem{
                              "block:Classifier?batch=1&in=25088&hidden=0&hidden_layers=1&out=4096",
                              "Classifier"}));
  for (const Feature feature : FindFeatureSet("cpu")->predictors) {
    EXPECT_GE(users[feature], 3) << Info(feature).name;
  }
  EXPECT_GE(without_library_path, 3);
  EXPECT_GE(longest_ms, 20.0);
  EXPECT_LE(cost_s, 60.0);
  EXPECT_GE(cost_s, 30.0);
}

// A plan for a GPU uses every column of its feature set, in several blocks.
TEST(QuickPlanTest, CoversTheColumnsOfAGpu) {
  PlanOptions options = Budget(60);
  options.feature_set = FeatureSetFor("cuda:1");
  ASSERT_OK_AND_ASSIGN(const Plan plan, QuickPlan(options));
  std::map<Feature, int> users;
  for (const Candidate& candidate : ExamineAll(plan)) {
    for (const Feature feature : FindFeatureSet("cuda")->predictors) {
      if (candidate.features[feature] > 0) ++users[feature];
    }
  }
  for (const Feature feature : FindFeatureSet("cuda")->predictors) {
    EXPECT_GE(users[feature], 3) << Info(feature).name;
  }
}

TEST(FeatureSetForTest, OfEveryDevice) {
  EXPECT_EQ(FeatureSetFor("cpu"), PlanOptions().feature_set);
  EXPECT_EQ(FeatureSetFor("fake"), PlanOptions().feature_set);
  EXPECT_EQ(FeatureSetFor("cuda"), "cuda");
  EXPECT_EQ(FeatureSetFor("cuda:3"), "cuda");
}

// More time is more points; a budget without room for some families says which, and one that cannot
// cover the operators is refused.
TEST(QuickPlanTest, FollowsTheBudget) {
  ASSERT_OK_AND_ASSIGN(const Plan small, QuickPlan(Budget(30)));
  ASSERT_OK_AND_ASSIGN(const Plan large, QuickPlan(Budget(120)));
  EXPECT_LT(small.items.size(), large.items.size());
  EXPECT_THAT(large.notes, IsEmpty());
  ASSERT_OK_AND_ASSIGN(const Plan tight, QuickPlan(Budget(15)));
  std::set<std::string> covered;
  for (const PlanItem& item : tight.items) {
    if (!item.is_held_out) covered.insert(item.group);
  }
  EXPECT_THAT(tight.notes, Not(IsEmpty()));
  EXPECT_EQ(covered.size() + tight.notes.size(), blocks::BuiltinFamilies().size());
  EXPECT_THAT(QuickPlan(Budget(1)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("too small")));
}

// The points that are held out are other ones than those to fit on, come last, and are random: they
// are of several families, and about a tenth of the time is theirs.
TEST(QuickPlanTest, HoldsPointsOut) {
  const PlanOptions options = Budget(120);
  ASSERT_OK_AND_ASSIGN(const Plan plan, QuickPlan(options));
  ASSERT_OK(CheckUnique(plan));
  const std::vector<Candidate> candidates = ExamineAll(plan);
  double cost_s[2] = {};
  std::set<std::string> families;
  for (size_t i = 0; i < plan.items.size(); ++i) {
    const bool is_held_out = plan.items[i].is_held_out;
    EXPECT_GE(is_held_out, i > 0 && plan.items[i - 1].is_held_out);
    cost_s[is_held_out] += RoughCostSeconds(candidates[i], options.passes, options.sampling);
    if (is_held_out) families.insert(plan.items[i].group);
  }
  EXPECT_GE(families.size(), 8u);
  EXPECT_NEAR(cost_s[1] / (cost_s[0] + cost_s[1]), 0.1, 0.04);
}

// Another model asks for other points; an unknown one is named.
TEST(QuickPlanTest, FeatureSetDecides) {
  PlanOptions options = Budget(40);
  ASSERT_OK_AND_ASSIGN(const Plan cpu, QuickPlan(options));
  options.feature_set = "general";
  ASSERT_OK_AND_ASSIGN(const Plan general, QuickPlan(options));
  EXPECT_NE(cpu.items, general.items);
  options.feature_set = "cpux";
  EXPECT_THAT(QuickPlan(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "unknown feature set 'cpux'; did you mean 'cpu'?"));
}

// A plan for people has a row a group, and says what it covers.
TEST(DescribePlanTest, CountsAndCovers) {
  Plan plan;
  plan.items = {{"block:Fire", "Fire"}, {"block:Fire?batch=2", "Fire", true}};
  ASSERT_OK_AND_ASSIGN(const std::string text, DescribePlan(plan, {}));
  EXPECT_THAT(text, HasSubstr("Fire        2         1        1"));
  EXPECT_THAT(text, HasSubstr("3 operators: cat conv2d relu\n"));
  plan.items.push_back({"block:Fier", "Fire"});
  EXPECT_THAT(DescribePlan(plan, {}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no block 'Fier'")));
}

// The classic protocol: nine blocks at thirteen batch sizes, less what does not fit, each omission
// with its reason.
TEST(ClassicPlanTest, NineBlocksAtThirteenBatchSizes) {
  PlanOptions unlimited;
  unlimited.memory_bytes = int64_t{1} << 50;
  unlimited.max_latency_ms = 1e9;
  ASSERT_OK_AND_ASSIGN(const Plan all, ClassicPlan(unlimited));
  EXPECT_THAT(all.items, SizeIs(117));
  EXPECT_THAT(all.notes, IsEmpty());
  EXPECT_EQ(all.items.front(), (PlanItem{"block:classic/BasicBlock7?batch=1", "BasicBlock7"}));
  EXPECT_EQ(all.items.back(), (PlanItem{"block:classic/MBConv?batch=300", "MBConv"}));
  // The preset, not the family of the same name: 8491360 is its published count.
  ASSERT_OK_AND_ASSIGN(const Candidate mbconv, Examine(all.items.back().spec, 1));
  EXPECT_EQ(mbconv.features[Feature::kFlops], 300.0 * 8491360.0);

  PlanOptions limited;
  limited.memory_bytes = int64_t{1} << 30;
  ASSERT_OK_AND_ASSIGN(const Plan some, ClassicPlan(limited));
  EXPECT_EQ(some.items.size() + some.notes.size(), 117u);
  EXPECT_THAT(some.notes, Contains(HasSubstr("Conv2d_3x3?batch=300: left out: needs about")));
  for (const Candidate& candidate : ExamineAll(some)) {
    EXPECT_LE(candidate.peak_bytes, limited.memory_bytes) << candidate.item.spec;
    EXPECT_LE(candidate.rough_ms, limited.max_latency_ms) << candidate.item.spec;
  }
}

// A budget takes the longest points away and leaves every block its small batches.
TEST(ClassicPlanTest, BudgetTakesTheLongestPoints) {
  ASSERT_OK_AND_ASSIGN(const Plan plan, ClassicPlan(Budget(60)));
  EXPECT_LT(plan.items.size(), 117u);
  EXPECT_GE(plan.items.size(), 60u);
  std::set<std::string> groups;
  for (const PlanItem& item : plan.items) {
    if (absl::EndsWith(item.spec, "?batch=1")) groups.insert(item.group);
  }
  EXPECT_THAT(groups, SizeIs(9));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("beyond the budget of 60.0 s")));
}

// Models join a plan once; one that nobody knows is named.
TEST(AddModelsTest, JoinOnceOrAreNamed) {
  Plan plan;
  ASSERT_OK(AddModels({"resnet18", "block:Fire?batch=3", "resnet18"}, 1, plan));
  EXPECT_EQ(plan.items,
            (std::vector<PlanItem>{{"resnet18", "network"}, {"block:Fire?batch=3", "Fire"}}));
  EXPECT_THAT(AddModels({"resnet1"}, 1, plan),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("resnet1")));
  EXPECT_EQ(AddModels({"block:Fire?batch=zero"}, 1, plan).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace latcast::bench
