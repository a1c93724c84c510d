#include "server/core/upload_piece.h"

#include "base/status_matchers.h"

namespace latcast::server {
namespace {

using ::testing::HasSubstr;

// Pieces that fit: the next one, one sent again, one that overlaps, an empty question.
TEST(UploadPieceTest, TakesWhatIsNew) {
  const struct {
    const char* stored;
    int64_t offset;
    const char* data;
    const char* fresh;
  } cases[] = {
      {"", 0, "abc", "abc"},     {"abc", 3, "def", "def"},
      {"abcdef", 0, "abc", ""},  {"abcdef", 3, "def", ""},
      {"abcd", 2, "cdef", "ef"}, {"", 0, "", ""},
      {"abc", 0, "", ""},        {"", 5, "", ""},
      {"abcdefgh", 8, "", ""},   {"abcdefgh", 0, "abcdefgh", ""},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(NewBytes(test.stored, test.offset, test.data, 8),
                IsOkAndHolds(std::string_view(test.fresh)))
        << test.stored << " " << test.offset << " " << test.data;
  }
}

// Pieces that do not: a gap, other bytes than before, beyond the end, before the beginning.
TEST(UploadPieceTest, RefusesTheRest) {
  const struct {
    const char* stored;
    int64_t offset;
    const char* data;
    absl::StatusCode code;
    const char* message;
  } cases[] = {
      {"abc", 4, "d", absl::StatusCode::kOutOfRange, "the next byte is 3"},
      {"", 1, "a", absl::StatusCode::kOutOfRange, "the next byte is 0"},
      {"abc", 0, "abd", absl::StatusCode::kAlreadyExists, "differs"},
      {"abc", 2, "xyz", absl::StatusCode::kAlreadyExists, "differs"},
      {"abc", 3, "defghi", absl::StatusCode::kInvalidArgument, "beyond the file of 8"},
      {"abc", -1, "a", absl::StatusCode::kInvalidArgument, "offset: -1"},
      {"abc", 9, "", absl::StatusCode::kInvalidArgument, "offset: 9"},
      {"abc", INT64_MAX, "a", absl::StatusCode::kInvalidArgument, "offset: "},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(NewBytes(test.stored, test.offset, test.data, 8),
                StatusIs(test.code, HasSubstr(test.message)));
  }
}

}  // namespace
}  // namespace latcast::server
