// latcast jobs: calibrations that a server lets the agents of its devices measure.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration.h"
#include "base/status_macros.h"
#include "base/text_table.h"
#include "base/units.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"
#include "clients/cpp/calibrations.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;
using client::Calibrations;

constexpr int kInterrupted = 130;

struct Options {
  std::string action;
  std::vector<std::string> arguments;
  std::string server;
  // What is not given is the server's choice.
  std::string budget;
  int threads = 0;
  std::string plan;
  std::vector<std::string> networks;
  std::string precision, layout, execution, metric;
  bool no_wait = false;
  std::string format = "text";

  bool json() const { return format == "json"; }
};

std::atomic<bool> interrupted = false;

void OnSignal(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);  // the second one ends the program
}

absl::StatusOr<std::string> OnlyArgument(const Options& options, std::string_view what) {
  if (options.arguments.size() == 1) return options.arguments.front();
  return UsageError(absl::StrCat("jobs ", options.action, " takes ", std::string(what)));
}

std::string ProgressText(const v1::Operation& operation) {
  if (operation.state() == "running" && !operation.agent_connected()) {
    return "running, its agent is away";
  }
  if (operation.state() != "running" || operation.progress().total() == 0) {
    return operation.state();
  }
  const v1::Progress& progress = operation.progress();
  const auto left_s = static_cast<int64_t>(progress.left_s());
  return absl::StrFormat("%s %d of %d, about %d:%02d left", progress.phase(), progress.done(),
                         progress.total(), left_s / 60, left_s % 60);
}

std::string OutcomeText(const v1::Operation& operation) {
  if (operation.state() == "succeeded") {
    return absl::StrCat("version ", operation.result().version());
  }
  return operation.error_message();
}

Json Row(const v1::Operation& operation) {
  Json row = {{"name", operation.name()},
              {"device", operation.device()},
              {"state", operation.state()},
              {"done", operation.done()},
              {"created_at", operation.created_at()},
              {"updated_at", operation.updated_at()}};
  if (operation.state() == "succeeded") {
    const v1::CalibrationResult& result = operation.result();
    row["version"] = result.version();
    row["points"] = result.points();
    row["networks"] = result.networks();
    row["cross_validated_mdre"] = result.cross_validated_mdre();
    if (result.has_networks_mdre()) row["networks_mdre"] = result.networks_mdre();
    row["report"] = result.report();
  }
  if (!operation.error_message().empty()) row["error"] = operation.error_message();
  return row;
}

// What became of it; the exit status tells success from the rest.
absl::StatusOr<int> Conclude(const v1::Operation& operation, const Options& options) {
  if (options.json()) {
    Print(JsonText({{"schema_version", kJsonSchemaVersion}, {"operation", Row(operation)}}));
  } else if (operation.state() == "succeeded") {
    Print(absl::StrCat(operation.result().report(), "\nprofile of ", operation.device(),
                       " stored as version ", operation.result().version(), ", active, on ",
                       options.server, "\n"));
  } else {
    Print(absl::StrCat(operation.name(), ": ", operation.state(),
                       operation.error_message().empty() ? "" : ": ", operation.error_message(),
                       "\n"));
  }
  return operation.state() == "failed" || operation.state() == "cancelled" ? kBadInput : kSuccess;
}

// A server that is away for a while does not end the waiting: the operation goes on when it is
// back.
absl::StatusOr<int> Wait(const Calibrations& client, const std::string& name, bool cancel,
                         const Options& options) {
  constexpr int kMaxFailures = 120;
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  std::string shown;
  int failures = 0;
  while (!interrupted) {
    const absl::StatusOr<v1::Operation> operation = client.Wait(name, absl::Seconds(1));
    if (!operation.ok()) {
      if (!absl::IsUnavailable(operation.status()) || ++failures > kMaxFailures) {
        return FromServer(operation.status(), options.server);
      }
      if (failures == 1) Note(absl::StrCat(operation.status().message(), "; waiting for it"));
      std::this_thread::sleep_for(std::chrono::seconds(1));
      continue;
    }
    failures = 0;
    if (operation->done()) return Conclude(*operation, options);
    if (const std::string text = ProgressText(*operation); text != shown) {
      shown = text;
      Note(absl::StrCat(name, ": ", text));
    }
  }
  if (!cancel) return kInterrupted;
  RETURN_IF_ERROR(FromServer(client.Cancel(name).status(), options.server));
  Note(absl::StrCat(name, ": cancelled"));
  return kInterrupted;
}

absl::StatusOr<int> Start(const Calibrations& client, const Options& options) {
  v1::StartCalibrationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_device(), OnlyArgument(options, "DEVICE"));
  v1::CalibrationSpec& spec = *request.mutable_spec();
  if (!options.budget.empty()) {
    const absl::StatusOr<double> budget_s = ParseSeconds(options.budget);
    if (!budget_s.ok()) {
      return UsageError(absl::StrCat("--budget: ", budget_s.status().message()));
    }
    spec.set_budget_s(*budget_s);
  }
  spec.set_threads(options.threads);
  spec.set_plan(options.plan);
  spec.mutable_networks()->Assign(options.networks.begin(), options.networks.end());
  spec.set_precision(options.precision);
  spec.set_layout(options.layout);
  spec.set_execution(options.execution);
  spec.set_metric(options.metric);
  std::random_device random;
  request.set_request_id(absl::StrFormat("%08x%08x", random(), random()));
  const absl::StatusOr<v1::Operation> operation = client.Start(request);
  if (!operation.ok()) return FromServer(operation.status(), options.server);
  if (options.no_wait) {
    Print(operation->name() + "\n");
    return kSuccess;
  }
  return Wait(client, operation->name(), /*cancel=*/true, options);
}

absl::StatusOr<int> List(const Calibrations& client, const Options& options) {
  if (options.arguments.size() > 1) return UsageError("jobs list takes [DEVICE]");
  const auto answer = client.List(options.arguments.empty() ? "" : options.arguments.front());
  if (!answer.ok()) return FromServer(answer.status(), options.server);
  Json list = Json::array();
  TextTable table({{"operation"}, {"device"}, {"state"}, {"started"}, {"outcome"}});
  for (const v1::Operation& operation : answer->operations()) {
    list.push_back(Row(operation));
    table.AddRow({operation.name(), operation.device(), ProgressText(operation),
                  operation.created_at(), OutcomeText(operation)});
  }
  Print(options.json()
            ? JsonText({{"schema_version", kJsonSchemaVersion}, {"operations", std::move(list)}})
            : table.Render(TableStyle::kPlain));
  return kSuccess;
}

absl::StatusOr<int> Devices(const Calibrations& client, const Options& options) {
  if (!options.arguments.empty()) return UsageError("jobs devices takes nothing");
  const absl::StatusOr<v1::ListDevicesResponse> answer = client.Devices();
  if (!answer.ok()) return FromServer(answer.status(), options.server);
  Json list = Json::array();
  TextTable table({{"device"}, {"hardware"}, {"host"}, {"agent"}, {"operation"}, {"profile"}});
  for (const v1::Device& device : answer->devices()) {
    list.push_back({{"name", device.name()},
                    {"hardware", device.hardware()},
                    {"host", device.host()},
                    {"connected", device.connected()},
                    {"registered_at", device.registered_at()},
                    {"operation", device.operation()},
                    {"stale", device.stale()},
                    {"staleness", device.staleness()}});
    table.AddRow({device.name(), device.hardware(), device.host(),
                  device.connected() ? "connected" : "away", device.operation(),
                  device.staleness().empty() ? ""
                  : device.stale()           ? "stale"
                                             : "fresh"});
  }
  Print(options.json()
            ? JsonText({{"schema_version", kJsonSchemaVersion}, {"devices", std::move(list)}})
            : table.Render(TableStyle::kPlain));
  return kSuccess;
}

absl::StatusOr<int> Show(const Calibrations& client, const Options& options, bool cancel) {
  ASSIGN_OR_RETURN(const std::string name, OnlyArgument(options, "OPERATION"));
  const auto operation = cancel ? client.Cancel(name) : client.Get(name);
  if (!operation.ok()) return FromServer(operation.status(), options.server);
  ASSIGN_OR_RETURN(const int status, Conclude(*operation, options));
  return cancel ? static_cast<int>(kSuccess) : status;
}

absl::StatusOr<int> Run(const Options& options) {
  if (options.server.empty()) {
    return UsageError("give --server ADDRESS, the host:port of a latcast-server");
  }
  const absl::StatusOr<Calibrations> client = Calibrations::Connect(options.server);
  if (!client.ok()) return UsageError(absl::StrCat("--server: ", client.status().message()));
  if (options.action == "start") return Start(*client, options);
  if (options.action == "list") return List(*client, options);
  if (options.action == "devices") return Devices(*client, options);
  if (options.action == "wait") {
    ASSIGN_OR_RETURN(const std::string name, OnlyArgument(options, "OPERATION"));
    return Wait(*client, name, /*cancel=*/false, options);
  }
  return Show(*client, options, /*cancel=*/options.action == "cancel");
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.PositionalChoice("ACTION", {"start", "wait", "list", "show", "cancel", "devices"},
                         options->action,
                         "start DEVICE | wait OPERATION | list [DEVICE] | show OPERATION | "
                         "cancel OPERATION | devices");
  flags.Positionals("ARGUMENT", options->arguments, "what the action takes");
  flags.Value("--server", "ADDRESS", options->server, "host:port of a latcast-server");
  flags.Value("--budget", "TIME", options->budget,
              "start: time to measure blocks (the server's: 90s)");
  flags.Value("--threads", "N", options->threads, 1, "start: threads of an operator (1)");
  flags.Value("--plan", "quick|classic", options->plan, "start: which blocks (quick)");
  flags.List("--networks", "A,B,...", options->networks,
             "start: networks of the zoo the forecasts are checked on");
  flags.Value("--precision", "TYPE", options->precision,
              "start, GPUs: float32, tf32, float16, ...");
  flags.Value("--layout", "LAYOUT", options->layout, "start, GPUs: nchw, nhwc");
  flags.Value("--execution", "HOW", options->execution, "start, GPUs: eager, graph");
  flags.Value("--metric", "METRIC", options->metric, "start, GPUs: gpu, wall");
  flags.Switch("--no-wait", options->no_wait,
               "start: print the operation's name and go; else Ctrl-C cancels it");
  flags.Choice("--format", {"text", "json"}, options->format, "form of the output");
  return [options] { return Run(*options); };
}

}  // namespace

Command JobsCommand() {
  return {"jobs", "calibrate devices from afar, through a server and their agents",
          "latcast jobs start my-host-cpu --budget 90s --server 127.0.0.1:50051", Declare};
}

}  // namespace latcast::cli
