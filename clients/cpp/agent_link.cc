#include "clients/cpp/agent_link.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cpp/connection.h"

namespace latcast::client {
namespace {

// A thread reads, so that the agent can wait for other things as well.
class StreamLink final : public AgentLink {
 public:
  StreamLink(std::shared_ptr<v1::Calibrations::Stub> stub, std::string address,
             const v1::AgentHello& hello)
      : stub_(std::move(stub)), address_(std::move(address)) {
    stream_ = stub_->ServeDevice(&context_);
    v1::AgentMessage message;
    *message.mutable_hello() = hello;
    stream_->Write(message);  // that it failed is read
    reader_ = std::thread([this] { ReadAll(); });
  }

  ~StreamLink() override {
    context_.TryCancel();
    reader_.join();
  }

  absl::StatusOr<std::optional<v1::ServerMessage>> Next(absl::Duration timeout) override {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, absl::ToChronoNanoseconds(timeout),
                      [this] { return !messages_.empty() || !end_.ok(); });
    if (!messages_.empty()) {
      v1::ServerMessage message = std::move(messages_.front());
      messages_.pop_front();
      return message;
    }
    if (!end_.ok()) return end_;
    return std::nullopt;
  }

  void Send(const v1::AgentMessage& message) override {
    {
      std::lock_guard lock(mutex_);
      if (!end_.ok()) return;
    }
    stream_->Write(message);
  }

 private:
  void ReadAll() {
    v1::ServerMessage message;
    while (stream_->Read(&message)) {
      std::lock_guard lock(mutex_);
      messages_.push_back(message);
      arrived_.notify_all();
    }
    const grpc::Status status = stream_->Finish();
    std::lock_guard lock(mutex_);
    end_ = status.ok() ? absl::UnavailableError(absl::StrCat("server ", address_, ": it ended"))
                       : ToStatus(status, address_);
    arrived_.notify_all();
  }

  const std::shared_ptr<v1::Calibrations::Stub> stub_;
  const std::string address_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::AgentMessage, v1::ServerMessage>> stream_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<v1::ServerMessage> messages_;
  absl::Status end_ = absl::OkStatus();
  std::thread reader_;
};

}  // namespace

std::unique_ptr<AgentLink> MakeAgentLink(std::shared_ptr<v1::Calibrations::Stub> stub,
                                         std::string address, const v1::AgentHello& hello) {
  return std::make_unique<StreamLink>(std::move(stub), std::move(address), hello);
}

}  // namespace latcast::client
