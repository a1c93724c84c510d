// latcast-agent: serves a device of this computer to a latcast-server, which may calibrate it.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <iostream>
#include <string>

#include "base/find_program.h"
#include "base/status_macros.h"
#include "bench/agent/agent.h"

namespace latcast::bench {
namespace {

std::atomic<bool> interrupted = false;

// The first signal ends it in good order; a second one at once.
void OnSignal(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

std::string HostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

// A resource id: other characters become dashes.
std::string DefaultName(const std::string& host, const std::string& device) {
  std::string name = host.empty() ? device : host + "-" + device;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.') c = '-';
  }
  return name;
}

absl::Status Serve(AgentOptions& options) {
  options.host = HostName();
  if (options.name.empty()) options.name = DefaultName(options.host, options.bench.device);
  if (options.bench.program.empty()) {
    ASSIGN_OR_RETURN(options.bench.program, FindProgram("latcast-bench"));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Agent> agent, Agent::Create(options));
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  std::signal(SIGPIPE, SIG_IGN);
  return agent->Run(interrupted);
}

int Main(int argc, char** argv) {
  AgentOptions options;
  CLI::App app("Serves a device of this computer to a latcast-server, which may calibrate it.",
               "latcast-agent");
  app.set_version_flag("--version", LATCAST_VERSION);
  app.add_option("--server", options.server, "HOST:PORT of the latcast-server")->required();
  app.add_option("--device", options.bench.device, "cpu, cuda:N or fake")->required();
  app.add_option("--data", options.folder, "Folder of journals and unfinished jobs; created")
      ->required();
  app.add_option("--name", options.name, "Id of the device; host and device without");
  app.add_option("--bench-arg", options.bench.extra,
                 "Further argument of latcast-bench run, as --bench-arg=--cores=2,3 (repeatable)")
      ->type_name("ARG");
  app.add_option("--bench", options.bench.program,
                 "The latcast-bench to run; the one beside this program without")
      ->type_name("PROGRAM");
  app.add_option("--hang-limit", options.measurement.hang_limit_s,
                 "Seconds without a new measurement after which the bench is started again")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--piece", options.piece_bytes, "Bytes of one piece of an upload")
      ->check(CLI::Range(int64_t{1}, int64_t{1} << 20))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::Status status = Serve(options);
  if (status.ok()) return 0;
  std::cerr << "latcast-agent: " << status.message() << std::endl;
  return 1;
}

}  // namespace
}  // namespace latcast::bench

int main(int argc, char** argv) { return latcast::bench::Main(argc, argv); }
