// Counting conventions against the totals that the tools themselves printed: every network of
// torchvision-13-tools.csv, whole numbers.
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/cost/graph_cost.h"
#include "analyzer/import/load_model.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/status_matchers.h"
#include "base/text.h"

namespace latcast::conventions {
namespace {

using Totals = std::map<std::string, double, std::less<>>;

constexpr std::string_view kConventions[] = {"torchvision", "fvcore",       "ptflops-aten",
                                             "ptflops",     "deepspeed",    "thop",
                                             "torchinfo",   "torchprofile", "torchstat"};

// The table counts GoogLeNet with the auxiliary heads that evaluation does not run.
std::string FileOf(const std::string& model) {
  return model == "googlenet" ? "googlenet-aux" : model;
}

absl::StatusOr<Totals> TotalsOf(const std::string& model) {
  ASSIGN_OR_RETURN(const graph::Graph graph,
                   import::LoadModel(absl::StrCat(LATCAST_CAPTURED_DIR "/", model, ".lcg")));
  ASSIGN_OR_RETURN(const cost::GraphCost cost, cost::ComputeCost(graph));
  Totals totals = {{"params", static_cast<double>(cost.parameters.parameters())},
                   {"buffers_bytes", static_cast<double>(cost.parameters.buffer_bytes)}};
  for (const std::string_view name : kConventions) {
    const Convention* convention = FindConvention(name);
    if (convention == nullptr) return absl::NotFoundError(ToAbsl(name));
    ASSIGN_OR_RETURN(const Table table, convention->count(graph));
    for (size_t i = 0; i < convention->totals.size(); ++i) {
      if (table.totals[i]) totals[std::string(convention->totals[i].name)] = *table.totals[i];
    }
  }
  return totals;
}

// Every number the tools printed is ours.
TEST(ConventionsGoldenTest, Torchvision13Tools) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ReadFile("tests/data/golden/torchvision-13-tools.csv"));
  ASSERT_OK_AND_ASSIGN(const CsvTable csv, ParseCsv(text));
  ASSERT_EQ(csv.rows.size(), 43u);
  int compared = 0;
  for (const CsvRow& row : csv.rows) {
    const std::string& model = row.fields[0];
    ASSERT_OK_AND_ASSIGN(const Totals totals, TotalsOf(FileOf(model)));
    for (size_t i = 0; i < csv.header.size(); ++i) {
      const auto ours = totals.find(csv.header[i]);
      if (ours == totals.end() || row.fields[i].empty()) continue;
      ASSERT_OK_AND_ASSIGN(const double theirs, ParseDouble(row.fields[i]));
      ++compared;
      EXPECT_EQ(ours->second, theirs)
          << model << " " << csv.header[i] << ": " << ours->second - theirs << " too many";
    }
  }
  EXPECT_EQ(compared, 43 * 20 + 23 + 40);  // torchprofile printed 23 numbers, ptflops 40
}

}  // namespace
}  // namespace latcast::conventions
