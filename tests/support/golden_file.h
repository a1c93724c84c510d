// Text held against a file in tests/data. LATCAST_UPDATE_GOLDENS=1 writes the files anew.
#ifndef LATCAST_TESTS_SUPPORT_GOLDEN_FILE_H_
#define LATCAST_TESTS_SUPPORT_GOLDEN_FILE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "base/file.h"
#include "base/status_matchers.h"

namespace latcast {

// `file` within tests/data: "report/tiny.csv".
inline void ExpectGoldenFile(const std::string& text, const std::string& file) {
  const std::string path = "tests/data/" + file;
  if (std::getenv("LATCAST_UPDATE_GOLDENS") != nullptr) {
    ASSERT_OK(WriteFileAtomically(path, text));
  }
  ASSERT_OK_AND_ASSIGN(const std::string golden, ReadFile(path));
  EXPECT_EQ(text, golden) << path;
}

}  // namespace latcast

#endif  // LATCAST_TESTS_SUPPORT_GOLDEN_FILE_H_
