#include "base/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "base/status_matchers.h"

namespace latcast {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "file_test.XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  size_t CountFiles() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  fs::path folder_;
};

// What is written is read, byte for byte, and nothing else is left in the folder.
TEST_F(FileTest, WritesAndReadsBytes) {
  const std::string content("a\0b\r\n\xFF", 6);
  ASSERT_OK(WriteFileAtomically(Path("f"), content));
  EXPECT_THAT(ReadFile(Path("f")), IsOkAndHolds(content));
  EXPECT_EQ(CountFiles(), 1U);
}

// A second write replaces the whole content, also by less.
TEST_F(FileTest, ReplacesContent) {
  ASSERT_OK(WriteFileAtomically(Path("f"), "a long first content"));
  ASSERT_OK(WriteFileAtomically(Path("f"), ""));
  EXPECT_THAT(ReadFile(Path("f")), IsOkAndHolds(""));
}

// Contents beyond one read buffer arrive whole.
TEST_F(FileTest, LargeContent) {
  const std::string content(300'000, 'x');
  ASSERT_OK(WriteFileAtomically(Path("f"), content));
  EXPECT_THAT(ReadFile(Path("f")), IsOkAndHolds(content));
}

// The limit of ReadFile is inclusive, and beyond it the error names file and limit.
TEST_F(FileTest, ReadLimit) {
  ASSERT_OK(WriteFileAtomically(Path("f"), "12345"));
  EXPECT_OK(ReadFile(Path("f"), 5));
  EXPECT_THAT(ReadFile(Path("f"), 4),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr(Path("f") + ": larger than 4")));
}

// A file that is not there, a folder, and a path through a file are told apart.
TEST_F(FileTest, ReadErrorsNameThePath) {
  EXPECT_THAT(ReadFile(Path("none")), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
  EXPECT_THAT(ReadFile(folder_.string()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("directory")));
  ASSERT_OK(WriteFileAtomically(Path("f"), "x"));
  EXPECT_THAT(ReadFile(Path("f/g")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("f/g")));
  EXPECT_THAT(ReadFile(Path(std::string(300, 'n'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too long")));
}

// A write that cannot be done says why, names the path asked for, and leaves nothing behind.
TEST_F(FileTest, WriteErrorsLeaveNothing) {
  EXPECT_THAT(WriteFileAtomically(Path("no/such/f"), "x"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no/such/f: No such file")));
  ASSERT_TRUE(fs::create_directory(folder_ / "folder"));
  EXPECT_THAT(WriteFileAtomically(Path("folder"), "x"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("folder: Is a directory")));
  EXPECT_EQ(CountFiles(), 1U);
  EXPECT_TRUE(fs::is_directory(folder_ / "folder"));
}

// A full disk is RESOURCE_EXHAUSTED; a device stays the device it is.
TEST_F(FileTest, DevicesAreWrittenDirectly) {
  EXPECT_THAT(WriteFileAtomically("/dev/full", "x"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("/dev/full")));
  EXPECT_OK(WriteFileAtomically("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

// Writing to a link changes the file it leads to, and the link stays a link.
TEST_F(FileTest, LinksAreFollowed) {
  ASSERT_OK(WriteFileAtomically(Path("target"), "old"));
  fs::create_symlink("target", folder_ / "link");
  ASSERT_OK(WriteFileAtomically(Path("link"), "new"));
  EXPECT_THAT(ReadFile(Path("target")), IsOkAndHolds("new"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
}

// Writers of one file in several threads do not disturb one another: one whole content wins.
TEST_F(FileTest, ConcurrentWritersKeepContentsWhole) {
  const std::string a(100'000, 'a');
  const std::string b(100'000, 'b');
  std::vector<std::thread> writers;
  std::vector<absl::Status> results(8);
  for (size_t i = 0; i < results.size(); ++i) {
    writers.emplace_back(
        [&, i] { results[i] = WriteFileAtomically(Path("f"), i % 2 == 0 ? a : b); });
  }
  for (std::thread& writer : writers) writer.join();
  for (const absl::Status& result : results) EXPECT_OK(result);
  ASSERT_OK_AND_ASSIGN(const std::string content, ReadFile(Path("f")));
  EXPECT_TRUE(content == a || content == b);
  EXPECT_EQ(CountFiles(), 1U);
}

}  // namespace
}  // namespace latcast
