#include "regression/points.h"

#include "base/file.h"
#include "base/status_matchers.h"

namespace latcast::regression {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kGood[] =
    "name,group,batch,acts,kernels,latency_ms,mad_ms,outcome,samples,weather\n"
    "a,g1,1,100,3,0.5,0.01,ok,20,rain\n"
    "b,g2,2,200,3,,,oom,0,sun\n"
    "c,g1,4,0,3,1.5e-1,,ok,20,sun\n";
constexpr char kUnstable[] =
    "name,kernels,latency_ms,outcome\n"
    "a,1,0.5,ok\n"
    "b,2,0.6,unstable\n"
    "c,3,,oom\n"
    "d,4,0.6,unstable\n";

// Many rows of one outcome are one note.
TEST(PointsTest, CountsWhatItLeavesOut) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ParsePoints(kUnstable));
  EXPECT_EQ(file.skipped, 3);
  EXPECT_THAT(file.notes, ElementsAre("line 4: skipped, its outcome is 'oom'",
                                      "2 rows skipped, their outcome is 'unstable': lines 3, 5"));
}

// Features, group, spread and line of a row are read; a row that failed to be measured is counted,
// a column that means nothing is named.
TEST(PointsTest, ReadsRowsAndReportsWhatItLeavesOut) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ParsePoints(kGood));
  ASSERT_EQ(file.points.size(), 2u);
  EXPECT_THAT(file.features, ElementsAre(Feature::kBatch, Feature::kActs, Feature::kKernels));
  EXPECT_THAT(file.ignored_columns, ElementsAre("weather"));
  EXPECT_EQ(file.skipped, 1);
  EXPECT_THAT(file.notes,
              ElementsAre("column 'weather' is ignored", "line 3: skipped, its outcome is 'oom'"));
  const Point& a = file.points[0];
  EXPECT_EQ(a.name, "a");
  EXPECT_EQ(a.group, "g1");
  EXPECT_EQ(a.spec, "");
  EXPECT_EQ(a.latency_ms, 0.5);
  EXPECT_EQ(a.mad_ms, 0.01);
  EXPECT_EQ(a.line, 2);
  EXPECT_EQ(a.features[Feature::kActs], 100);
  EXPECT_FALSE(a.features.Has(Feature::kInp));
  EXPECT_EQ(file.points[1].line, 4);
  EXPECT_EQ(file.points[1].latency_ms, 0.15);
  EXPECT_EQ(file.points[1].mad_ms, 0.0);
  EXPECT_TRUE(file.points[1].features.Has(Feature::kActs));
}

// Sums are added to rows that hold all their parts, and not to others; a sum of the file stays.
TEST(PointsTest, AddsSums) {
  ASSERT_OK_AND_ASSIGN(
      const PointsFile file,
      ParsePoints("name,acts,inp,macs_dense,macs_pointwise,macs_grouped,macs_depthwise,"
                  "macs_matmul,io_matmul,elementwise,latency_ms\n"
                  "a,1,2,10,20,30,40,50,4,8,1\n"));
  EXPECT_EQ(file.points[0].features[Feature::kMacsAll], 150);
  EXPECT_EQ(file.points[0].features[Feature::kIoAll], 15);
  FeatureVector partial;
  partial.Set(Feature::kActs, 1);
  AddSums(partial);
  EXPECT_FALSE(partial.Has(Feature::kIoAll));
  FeatureVector known = file.points[0].features;
  known.Set(Feature::kMacsAll, 7);
  AddSums(known);
  EXPECT_EQ(known[Feature::kMacsAll], 7);
}

// Points that are held out are read as such, taken out of the list, and written again.
TEST(PointsTest, HeldOut) {
  const std::string csv =
      "name,spec,group,use,acts,latency_ms,mad_ms\n"
      "a,,,fit,100,1,0\nb,,,check,200,2,0\nc,,,fit,300,3,0\n";
  ASSERT_OK_AND_ASSIGN(PointsFile file, ParsePoints(csv));
  EXPECT_THAT(file.ignored_columns, IsEmpty());
  EXPECT_EQ(FormatPoints(file.points, {Feature::kActs}), csv);
  const std::vector<Point> held_out = TakeHeldOut(file.points);
  ASSERT_EQ(held_out.size(), 1u);
  EXPECT_EQ(held_out[0].name, "b");
  ASSERT_EQ(file.points.size(), 2u);
  EXPECT_EQ(file.points[1].name, "c");
  EXPECT_THAT(
      ParsePoints("name,use,acts,latency_ms\na,test,1,1\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, "line 2: use is 'test', neither fit nor check"));
}

// A number that cannot be used is refused with line, column and text; skip_bad counts it instead.
TEST(PointsTest, RefusesOrSkipsBadRows) {
  for (const char* cell : {"-1", "0", "nan", "inf", "", "fast", "1e999", "1;2"}) {
    const std::string csv = absl::StrCat("name,acts,latency_ms\na,10,1\nb,10,", cell, "\nc,10,3\n");
    EXPECT_THAT(ParsePoints(csv), StatusIs(absl::StatusCode::kInvalidArgument,
                                           absl::StrCat("line 3: latency_ms is '", cell,
                                                        "', not a finite number above zero")));
    ASSERT_OK_AND_ASSIGN(const PointsFile file, ParsePoints(csv, {.skip_bad = true}));
    EXPECT_EQ(file.points.size(), 2u);
    EXPECT_EQ(file.skipped, 1);
    ASSERT_EQ(file.notes.size(), 1u);
    EXPECT_THAT(file.notes[0], HasSubstr("line 3: latency_ms"));
  }
  for (const char* cell : {"-1", "nan", "inf", "", "x"}) {
    EXPECT_THAT(ParsePoints(absl::StrCat("name,acts,latency_ms\na,", cell, ",1\n")),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2: acts is '")));
  }
  EXPECT_THAT(ParsePoints("name,acts,latency_ms,mad_ms\na,1,1,-2\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("line 2: mad_ms is '-2'")));
}

// A file without one of the needed columns is refused, and `batch` alone is no feature.
TEST(PointsTest, RefusesFilesWithoutNeededColumns) {
  EXPECT_THAT(ParsePoints("acts,latency_ms\n1,1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'name'")));
  EXPECT_THAT(ParsePoints("name,acts\na,1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'latency_ms'")));
  EXPECT_THAT(ParsePoints("name,batch,latency_ms\na,1,1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no feature column")));
  EXPECT_THAT(ParsePoints(""), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("header")));
}

// What is written reads back as the same points.
TEST(PointsTest, FormatsWhatItReads) {
  Point point;
  point.name = "a, \"quoted\"";
  point.spec = "block:BasicBlock?c=3";
  point.group = "basic";
  point.features.Set(Feature::kActs, 75264);
  point.features.Set(Feature::kFlops, 1.0 / 3.0);
  point.latency_ms = 0.1;
  point.mad_ms = 1e-9;
  const std::string text = FormatPoints({point}, {Feature::kActs, Feature::kFlops});
  EXPECT_EQ(
      text,
      "name,spec,group,acts,flops,latency_ms,mad_ms\n"
      "\"a, \"\"quoted\"\"\",block:BasicBlock?c=3,basic,75264,0.3333333333333333,0.1,1e-09\n");
  ASSERT_OK_AND_ASSIGN(const PointsFile file, ParsePoints(text));
  ASSERT_EQ(file.points.size(), 1u);
  EXPECT_EQ(file.points[0].name, point.name);
  EXPECT_EQ(file.points[0].spec, point.spec);
  EXPECT_EQ(file.points[0].features, point.features);
  EXPECT_EQ(file.points[0].latency_ms, 0.1);
  EXPECT_EQ(file.points[0].mad_ms, 1e-9);
  EXPECT_THAT(file.notes, IsEmpty());
}

// A file is read whole, and its errors carry its path.
TEST(PointsTest, ReadsFilesUnderTheirPath) {
  ASSERT_OK_AND_ASSIGN(const PointsFile file,
                       ReadPoints("tests/data/latency/seed-a100-blocks.csv"));
  EXPECT_EQ(file.points.size(), 117u);
  EXPECT_THAT(file.ignored_columns, IsEmpty());
  EXPECT_THAT(ReadPoints("no/such.csv"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such.csv")));
  const std::string path = ::testing::TempDir() + "/bad_points.csv";
  ASSERT_OK(WriteFileAtomically(path, "name,acts,latency_ms\na,1,-1\n"));
  EXPECT_THAT(ReadPoints(path),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path + ": line 2")));
}

}  // namespace
}  // namespace latcast::regression
