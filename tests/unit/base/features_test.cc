#include "base/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace latcast {
namespace {

using ::testing::ElementsAre;

// Every feature has a unique column name that finds it again, a unit and a description.
TEST(FeatureInfoTest, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kFeatureCount; ++i) {
    const Feature feature = static_cast<Feature>(i);
    const FeatureInfo& info = Info(feature);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(FindFeature(info.name), feature) << info.name;
    EXPECT_FALSE(info.unit.empty()) << info.name;
    EXPECT_FALSE(info.description.empty()) << info.name;
  }
  EXPECT_EQ(FindFeature("no_such_feature"), std::nullopt);
  EXPECT_EQ(FindFeature(""), std::nullopt);
}

// The general columns come first and in the order points files document.
TEST(FeatureInfoTest, OrderOfTheGeneralColumns) {
  std::vector<std::string_view> names = FeatureNames();
  ASSERT_EQ(names.size(), kFeatureCount);
  names.resize(13);
  EXPECT_THAT(names, ElementsAre("batch", "acts", "inp", "macs_dense", "macs_pointwise",
                                 "macs_grouped", "macs_depthwise", "macs_matmul", "io_matmul",
                                 "elementwise", "weights", "kernels", "flops"));
}

// A fresh vector holds nothing; setting a column, even to zero, makes it present.
TEST(FeatureVectorTest, PresenceIsNotValue) {
  FeatureVector v;
  EXPECT_EQ(v.present(), 0U);
  EXPECT_FALSE(v.Has(Feature::kActs));
  EXPECT_EQ(v[Feature::kActs], 0.0);
  v.Set(Feature::kActs, 0.0);
  EXPECT_TRUE(v.Has(Feature::kActs));
  EXPECT_FALSE(v.Has(Feature::kInp));
  EXPECT_NE(v, FeatureVector());
}

// HasAll asks for every feature of a mask.
TEST(FeatureVectorTest, HasAll) {
  const auto bit = [](Feature f) { return uint64_t{1} << FeatureVector::Index(f); };
  FeatureVector v;
  v.Set(Feature::kActs, 1);
  v.Set(Feature::kWMmp, 2);
  EXPECT_TRUE(v.HasAll(0));
  EXPECT_TRUE(v.HasAll(bit(Feature::kActs) | bit(Feature::kWMmp)));
  EXPECT_FALSE(v.HasAll(bit(Feature::kActs) | bit(Feature::kInp)));
}

// Adding to a column accumulates, starting from zero.
TEST(FeatureVectorTest, AddAccumulates) {
  FeatureVector v;
  v.Add(Feature::kKernels, 1);
  v.Add(Feature::kKernels, 2);
  EXPECT_EQ(v[Feature::kKernels], 3.0);
  EXPECT_TRUE(v.Has(Feature::kKernels));
}

// A sum adds column by column, keeps columns of either side, and does not add batches.
TEST(FeatureVectorTest, SumKeepsTheBatch) {
  FeatureVector a;
  a.Set(Feature::kBatch, 4);
  a.Set(Feature::kActs, 10);
  FeatureVector b;
  b.Set(Feature::kBatch, 8);
  b.Set(Feature::kActs, 5);
  b.Set(Feature::kFlops, 7);
  a += b;
  EXPECT_EQ(a[Feature::kBatch], 4.0);
  EXPECT_EQ(a[Feature::kActs], 15.0);
  EXPECT_EQ(a[Feature::kFlops], 7.0);
  EXPECT_TRUE(a.Has(Feature::kFlops));

  FeatureVector sum;  // the empty vector takes the batch of what is added to it
  sum += b;
  EXPECT_EQ(sum, b);
}

// The published model's set is exactly its three sums, and no set predicts from the batch size.
TEST(FeatureSetTest, Sets) {
  const FeatureSet* classic = FindFeatureSet("classic");
  ASSERT_NE(classic, nullptr);
  EXPECT_THAT(classic->predictors, ElementsAre(Feature::kActs, Feature::kInp, Feature::kFlops));
  EXPECT_EQ(FindFeatureSet("no_such_set"), nullptr);
  std::set<std::string_view> names;
  for (const FeatureSet& set : FeatureSets()) {
    EXPECT_TRUE(names.insert(set.name).second) << set.name;
    EXPECT_EQ(FindFeatureSet(set.name), &set);
    EXPECT_FALSE(set.description.empty());
    std::set<Feature> predictors(set.predictors.begin(), set.predictors.end());
    EXPECT_EQ(predictors.size(), set.predictors.size()) << set.name << " repeats a column";
    EXPECT_EQ(predictors.count(Feature::kBatch), 0U) << set.name;
  }
  EXPECT_THAT(names, ElementsAre("classic", "compact", "cpu", "cpu-full", "cuda", "general"));
}

}  // namespace
}  // namespace latcast
