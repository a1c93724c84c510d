#include "server/listen_address.h"

#include "server/data_folder.h"
#include "tests/support/temp_folder.h"

namespace latcast::server {
namespace {

using ::testing::HasSubstr;

// Loopback is known by its number, whatever its form.
TEST(ListenAddressTest, KnowsLoopback) {
  const std::pair<const char*, bool> cases[] = {{"127.0.0.1:7443", true}, {"127.1.2.3:1", true},
                                                {"[::1]:7443", true},     {"localhost:0", true},
                                                {"0.0.0.0:7443", false},  {"[::]:7443", false},
                                                {"10.0.0.1:7443", false}, {"128.0.0.1:1", false}};
  for (const auto& [text, loopback] : cases) {
    ASSERT_OK_AND_ASSIGN(const ListenAddress address, ParseListenAddress(text));
    EXPECT_EQ(address.loopback, loopback) << text;
  }
}

// The text form has the port that was found, with brackets where IPv6 needs them.
TEST(ListenAddressTest, FormatsTheRealPort) {
  EXPECT_EQ(ParseListenAddress("[::1]:0")->ToString(81), "[::1]:81");
  EXPECT_EQ(ParseListenAddress("localhost:0")->ToString(81), "127.0.0.1:81");
}

// Whatever is no HOST:PORT is refused with what is wrong and an example.
TEST(ListenAddressTest, RefusesNonsense) {
  for (const char* text :
       {"", "7443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
        ":7443", "::1:7443", "[::1]", "example.org:80", "[zz]:80", "127.0.0.1:80 "}) {
    EXPECT_THAT(ParseListenAddress(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("127.0.0.1:7443")))
        << text;
  }
}

// An address this computer does not have says so.
TEST(ListenAddressTest, TryBindGivesTheReason) {
  ASSERT_OK_AND_ASSIGN(const ListenAddress free, ParseListenAddress("127.0.0.1:0"));
  EXPECT_OK(TryBind(free));
  ASSERT_OK_AND_ASSIGN(const ListenAddress foreign, ParseListenAddress("192.0.2.1:0"));
  EXPECT_THAT(TryBind(foreign).message(), HasSubstr("192.0.2.1:0: cannot listen there"));
}

// A folder has one holder at a time, and the next one once that is gone.
TEST(DataFolderTest, HasOneHolder) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/deep/data";
  {
    ASSERT_OK_AND_ASSIGN(const auto held, DataFolder::Open(path));
    EXPECT_THAT(DataFolder::Open(path),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(path)));
  }
  EXPECT_OK(DataFolder::Open(path));
}

// A path that cannot be a folder is named.
TEST(DataFolderTest, NamesAPathThatCannotBe) {
  EXPECT_THAT(DataFolder::Open("/dev/null/data").status().message(), HasSubstr("/dev/null/data"));
}

}  // namespace
}  // namespace latcast::server
