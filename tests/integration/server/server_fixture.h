// A running latcast-server with an active profile of the device "epyc", and a client to it; one for
// all tests of a suite, so that every test also shows that the server outlived those before.
#ifndef LATCAST_TESTS_INTEGRATION_SERVER_SERVER_FIXTURE_H_
#define LATCAST_TESTS_INTEGRATION_SERVER_SERVER_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "base/status_matchers.h"
#include "clients/cpp/client.h"
#include "clients/cpp/profile_json.h"
#include "regression/profile.h"
#include "tests/support/profiles.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"

namespace latcast::test {

inline v1::DeviceProfile ProfileMessage(const std::string& device,
                                        const std::string& description = "") {
  return client::ProfileFromJson(regression::FormatProfile(TwoModeProfile(device, description)))
      .value();
}

class ServerTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TempFolder>();
    ASSERT_OK_AND_ASSIGN(server_, ServerProcess::Start(folder_->path()));
    // Nothing depends on how fast the machine is.
    ASSERT_OK_AND_ASSIGN(
        client_, client::Client::Connect(server_->address(), {.timeout = absl::Minutes(4)}));
    ASSERT_OK(client_->CreateProfile(ProfileMessage("epyc"), /*activate=*/true));
  }
  static void TearDownTestSuite() {
    client_.reset();
    if (server_ != nullptr) {
      const Ended ended = server_->SignalAndWait(SIGTERM);
      EXPECT_EQ(ended.code, 0) << ended.output;
    }
    server_.reset();
    folder_.reset();
  }

  static const client::Client& client() { return *client_; }
  static const std::string& address() { return server_->address(); }

 private:
  static inline std::unique_ptr<TempFolder> folder_;
  static inline std::unique_ptr<ServerProcess> server_;
  static inline std::optional<client::Client> client_;
};

}  // namespace latcast::test

#endif  // LATCAST_TESTS_INTEGRATION_SERVER_SERVER_FIXTURE_H_
