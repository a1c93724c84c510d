// The least-squares core on the linear reference sets of NIST (Statistical Reference Datasets), of
// average to higher difficulty, against their certified coefficients. The digits asked for are the
// ones it reaches, rounded down. Without refinement they are 11 for Longley, 9 to 11 for Wampler 1
// to 3, 8 and 6 for Wampler 4 and 5. For Filip the powers of x are no longer exact as doubles: at a
// condition number of 5e9 seven of their sixteen digits remain.
#include <array>
#include <cmath>
#include <string>

#include "base/csv.h"
#include "base/file.h"
#include "base/status_matchers.h"
#include "regression/least_squares.h"

namespace latcast::regression {
namespace {

std::vector<double> Column(const CsvTable& table, const std::string& name) {
  std::vector<double> values;
  const size_t column = table.Column(name).value();
  for (const CsvRow& row : table.rows) values.push_back(std::stod(row.fields[column]));
  return values;
}

CsvTable Read(const std::string& name) {
  return ParseCsv(ReadFile("tests/data/nist/" + name).value()).value();
}

// 1, x, x^2, ..., x^degree.
Design Powers(const std::vector<double>& x, int degree) {
  Design design;
  design.rows = x.size();
  for (int power = 0; power <= degree; ++power) {
    const std::span<double> column = design.AddColumn("x^" + std::to_string(power));
    for (size_t i = 0; i < x.size(); ++i) column[i] = std::pow(x[i], power);
  }
  return design;
}

// The fewest digits that a coefficient shares with its certified value, 16 at most.
double Digits(const LeastSquares& fit, const std::vector<double>& certified) {
  double digits = 16.0;
  for (size_t j = 0; j < certified.size(); ++j) {
    const double error = std::abs(fit.x[j] - certified[j]) / std::abs(certified[j]);
    digits = std::min(digits, -std::log10(error + 1e-16));
  }
  return digits;
}

// Six macroeconomic series that rise together; condition number 4e4 after scaling.
TEST(NistTest, Longley) {
  const CsvTable table = Read("longley.csv");
  Design design;
  design.rows = table.rows.size();
  for (double& one : design.AddColumn("1")) one = 1.0;
  for (int j = 1; j <= 6; ++j) {
    const std::string name = "x" + std::to_string(j);
    const std::vector<double> values = Column(table, name);
    std::copy(values.begin(), values.end(), design.AddColumn(name).begin());
  }
  const LeastSquares fit = SolveLeastSquares(design, Column(table, "y"));
  EXPECT_EQ(fit.rank, 7u);
  EXPECT_GT(
      Digits(fit, {-3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683,
                   -1.03322686717359, -0.0511041056535807, 1829.15146461355}),
      14);
}

// Five polynomials of degree five: exact data (1, 2), then the same coefficients of one under noise
// that the columns do not explain, up to 2e7 times as large as they (5).
TEST(NistTest, Wampler) {
  const CsvTable table = Read("wampler.csv");
  const Design design = Powers(Column(table, "x"), 5);
  const std::vector<double> ones(6, 1.0);
  struct Case {
    const char* name;
    std::vector<double> certified;
    double digits;
  };
  for (const Case& c : {Case{"wampler1", ones, 13},
                        {"wampler2", {1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5}, 13},
                        {"wampler3", ones, 14},
                        {"wampler4", ones, 14},
                        {"wampler5", ones, 13}}) {
    const LeastSquares fit = SolveLeastSquares(design, Column(table, c.name));
    EXPECT_EQ(fit.rank, 6u) << c.name;
    EXPECT_GT(Digits(fit, c.certified), c.digits) << c.name;
  }
}

// A polynomial of degree ten over x from -8.8 to -3.1, which most programs give up.
TEST(NistTest, Filip) {
  const CsvTable table = Read("filip.csv");
  const Design design = Powers(Column(table, "x"), 10);
  const LeastSquares fit = SolveLeastSquares(design, Column(table, "y"));
  EXPECT_EQ(fit.rank, 11u);
  EXPECT_GT(Digits(fit, {-1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372,
                         -354.478233703349, -75.1242017393757, -10.8753180355343, -1.06221498588947,
                         -0.670191154593408E-01, -0.246781078275479E-02, -0.402962525080404E-04}),
            7.5);
}

}  // namespace
}  // namespace latcast::regression
