// Reports held against tests/data/report.
#ifndef LATCAST_TESTS_UNIT_REPORT_GOLDEN_H_
#define LATCAST_TESTS_UNIT_REPORT_GOLDEN_H_

#include <string>

#include "tests/support/golden_file.h"

namespace latcast::report {

inline void ExpectGolden(const std::string& text, const std::string& file) {
  ExpectGoldenFile(text, "report/" + file);
}

}  // namespace latcast::report

#endif  // LATCAST_TESTS_UNIT_REPORT_GOLDEN_H_
