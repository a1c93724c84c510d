// What tools expect of any gRPC server: health and reflection.
#include <google/protobuf/descriptor.pb.h>
#include <grpc/health/v1/health.grpc.pb.h>
#include <grpc/reflection/v1alpha/reflection.grpc.pb.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "tests/integration/server/server_fixture.h"

namespace latcast::test {
namespace {

using ::testing::Contains;
using ::testing::UnorderedElementsAre;
using Reflection = grpc::reflection::v1alpha::ServerReflection;

class StandardServicesTest : public ServerTest {
 protected:
  std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
};

// The server as a whole and each of its services are SERVING; another service is NOT_FOUND.
TEST_F(StandardServicesTest, HealthSaysServing) {
  const auto stub = grpc::health::v1::Health::NewStub(channel_);
  for (const char* service : {"", "latcast.v1.Predictor", "latcast.v1.Analyzer",
                              "latcast.v1.Profiles", "latcast.v1.Calibrations"}) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, request, &response).ok()) << service;
    EXPECT_EQ(response.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  grpc::ClientContext context;
  grpc::health::v1::HealthCheckRequest request;
  request.set_service("latcast.v1.Nothing");
  grpc::health::v1::HealthCheckResponse response;
  EXPECT_EQ(stub->Check(&context, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

// Reflection lists every service and has a descriptor for each, health included.
TEST_F(StandardServicesTest, ReflectionDescribesEveryService) {
  grpc::ClientContext context;
  const auto stream = Reflection::NewStub(channel_)->ServerReflectionInfo(&context);
  grpc::reflection::v1alpha::ServerReflectionRequest request;
  grpc::reflection::v1alpha::ServerReflectionResponse response;
  request.set_list_services("");
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  std::vector<std::string> services;
  for (const auto& service : response.list_services_response().service()) {
    services.push_back(service.name());
  }
  EXPECT_THAT(services, UnorderedElementsAre("latcast.v1.Predictor", "latcast.v1.Analyzer",
                                             "latcast.v1.Profiles", "latcast.v1.Calibrations",
                                             "grpc.health.v1.Health",
                                             "grpc.reflection.v1alpha.ServerReflection"));
  for (const std::string& service : services) {
    request.set_file_containing_symbol(service);
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&response));
    std::vector<std::string> described;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      google::protobuf::FileDescriptorProto file;
      ASSERT_TRUE(file.ParseFromString(bytes));
      for (const auto& entry : file.service()) {
        described.push_back(file.package() + "." + entry.name());
      }
    }
    EXPECT_THAT(described, Contains(service));
  }
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace latcast::test
