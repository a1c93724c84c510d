// What every convention declares.
#include <set>

#include "analyzer/conventions/convention.h"
#include "base/status_matchers.h"
#include "tests/unit/ops/single_op.h"

namespace latcast::conventions {
namespace {

// A convention says whose numbers it gives and what they are, and names are told apart: "true" is
// none of them.
TEST(RegistryTest, Documented) {
  std::set<std::string_view> names = {"true", "all"};
  std::set<std::string_view> totals;
  for (const Convention& convention : BuiltinConventions()) {
    SCOPED_TRACE(convention.name);
    EXPECT_TRUE(names.insert(convention.name).second);
    EXPECT_EQ(FindConvention(convention.name), &convention);
    EXPECT_FALSE(convention.tool.empty());
    EXPECT_FALSE(convention.doc.empty());
    EXPECT_NE(convention.count, nullptr);
    ASSERT_FALSE(convention.totals.empty());
    for (const Column& total : convention.totals) {
      EXPECT_TRUE(totals.insert(total.name).second) << total.name;
      EXPECT_FALSE(total.doc.empty()) << total.name;
    }
    for (const Column& column : convention.columns) EXPECT_FALSE(column.doc.empty());
  }
  EXPECT_EQ(FindConvention("true"), nullptr);
  EXPECT_EQ(FindConvention("onnx_tool"), FindConvention("onnx-tool"));
}

// Rows and totals are as wide as their declarations say, whatever the network.
TEST(RegistryTest, TablesFitTheirColumns) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph graph,
                       ops::SingleOp("conv2d", {ops::In({1, 3, 8, 8}), ops::Weight({4, 3, 3, 3})}));
  for (const Convention& convention : BuiltinConventions()) {
    SCOPED_TRACE(convention.name);
    ASSERT_OK_AND_ASSIGN(const Table table, convention.count(graph));
    EXPECT_EQ(table.totals.size(), convention.totals.size());
    for (const Row& row : table.rows) EXPECT_EQ(row.values.size(), convention.columns.size());
  }
}

// Beyond 2^53 a double is no longer exact, which is said.
TEST(RegistryTest, ExactOrRefused) {
  EXPECT_THAT(Exact(int64_t{1} << 53, "MACs"), IsOkAndHolds(9007199254740992.0));
  EXPECT_THAT(Exact((int64_t{1} << 53) + 1, "MACs"),
              StatusIs(absl::StatusCode::kOutOfRange, ::testing::HasSubstr("MACs")));
  EXPECT_THAT(Exact(Checked(INT64_MAX) + 1, "MACs"),
              StatusIs(absl::StatusCode::kOutOfRange, ::testing::HasSubstr("MACs")));
}

}  // namespace
}  // namespace latcast::conventions
