// latcast-server: serves until SIGTERM or SIGINT, then lets calls in flight finish; a second signal
// ends it at once.
#include <pthread.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <iostream>

#include "server/server.h"

namespace {

using latcast::server::Server;
using latcast::server::ServerOptions;

int Serve(const ServerOptions& options, std::chrono::seconds grace) {
  // Blocked before any thread starts, so that every thread leaves the signals to this one.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto server = Server::Start(options);
  if (!server.ok()) {
    std::cerr << "latcast-server: " << server.status().message() << std::endl;
    return 1;
  }
  std::cout << "latcast-server: listening on " << (*server)->address() << std::endl;

  int received = 0;
  sigwait(&signals, &received);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // from now on they end the process
  (*server)->Stop(grace);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ServerOptions options;
  int grace_s = 10;
  CLI::App app("Serves latency forecasts, analyses and device profiles over gRPC (latcast.v1).",
               "latcast-server");
  app.set_version_flag("--version", LATCAST_VERSION);
  app.add_option("--data", options.data_dir, "Folder of the profiles; created if missing")
      ->required();
  app.add_option("--listen", options.listen, "HOST:PORT; port 0 takes any free one")
      ->capture_default_str();
  app.add_flag("--insecure-ok", options.insecure_ok,
               "Listen, unencrypted, on an address that other computers reach");
  app.add_option("--grace", grace_s, "Seconds that calls in flight have at the end")
      ->capture_default_str()
      ->check(CLI::Range(0, 3600));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Serve(options, std::chrono::seconds(grace_s));
}
