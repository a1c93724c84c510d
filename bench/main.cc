// latcast-bench: measures blocks and networks on a device and writes a points file.
#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/duration.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "bench/harness/journal.h"
#include "bench/isolation/worker.h"
#include "bench/layers_command.h"
#include "bench/plan/plan_text.h"
#include "bench/points_table.h"
#include "bench/repeat_command.h"
#include "bench/run_command.h"

namespace latcast::bench {
namespace {

constexpr int kBadInput = 1;
constexpr int kBadUsage = 2;
constexpr int kInterrupted = 130;

std::atomic<bool> interrupted = false;

// The first signal ends the run in good order; a second one ends the program.
void OnSignal(int signal) {
  interrupted = true;
  std::signal(signal, SIG_DFL);
}

struct Arguments {
  RunRequest run;
  LayersRequest layers;
  std::string budget;
  std::string point_limit = "60s";
  std::string journal;
  std::string out;
  bool dry_run = false;
};

void AddThreadsAndSeed(CLI::App& command, int& threads, uint64_t& seed) {
  command.add_option("--threads", threads, "threads an operator may use")->capture_default_str();
  command.add_option("--seed", seed, "of plan, order and contents")->capture_default_str();
}

void AddPlanOptions(CLI::App& command, Arguments& arguments) {
  PlanRequest& plan = arguments.run.plan;
  command.add_option("--plan", plan.plan, "quick, classic, or a plan file")->type_name("PLAN");
  command.add_option("--model", plan.models, "measure this MODEL too (repeatable)")
      ->type_name("MODEL");
  command
      .add_option("--features", plan.features,
                  "quick: choose points for a model on this feature set (cpu-full; cuda on a GPU)")
      ->type_name("SET");
  command.add_option("--budget", arguments.budget, "time for the whole run, as 60s or 2min")
      ->type_name("TIME");
  AddThreadsAndSeed(command, plan.threads, plan.seed);
}

void AddDeviceOptions(CLI::App& command, DeviceOptions& device) {
  command.add_option("--device", device.device, "cpu, cuda, cuda:N or fake")->capture_default_str();
  command.add_option("--metric", device.metric, "cuda: gpu time, or wall with the launching")
      ->check(CLI::IsMember({"gpu", "wall"}))
      ->capture_default_str();
  command.add_option("--precision", device.precision, "cuda")
      ->check(CLI::IsMember({"float32", "tf32", "float16", "bfloat16"}))
      ->capture_default_str();
  command.add_option("--layout", device.layout, "cuda: nhwc is channels-last")
      ->check(CLI::IsMember({"nchw", "nhwc"}))
      ->capture_default_str();
  command.add_option("--execution", device.execution, "cuda: eager, or graph that is replayed")
      ->check(CLI::IsMember({"eager", "graph"}))
      ->capture_default_str();
  command.add_flag("--flush-caches,!--no-flush-caches", device.flush_caches,
                   "cpu, cuda: every run finds nothing in the caches, no activations either");
  command.add_flag("--autotune,!--no-autotune", device.autotune,
                   "cuda: cuDNN tries its algorithms first (default)");
  command
      .add_option("--allocator", device.allocator,
                  "cpu: retain keeps freed memory in the process, system is the C library's way")
      ->check(CLI::IsMember({"retain", "system"}))
      ->capture_default_str();
  command
      .add_option("--cores", device.cores,
                  "cpu: auto pins to as many cores as threads, none does not, or which, as 2,3")
      ->capture_default_str();
  command.add_option("--fake", device.fake,
                     "fake: noise=, scale=, realtime=, oom_above_ms=, fail=, nan=, zero=, hang=, "
                     "crash=, vanish=, throttle=, unsteady=, drift=, drift_from=, drift_to=, "
                     "separated by commas");
}

// Of run and repeat.
void AddRunOptions(CLI::App& command, Arguments& arguments) {
  AddPlanOptions(command, arguments);
  AddDeviceOptions(command, arguments.run.device);
  command
      .add_option(
          "--weights", arguments.run.weights,
          "blocks find their weights cold, as inside a network, or warm from the run before")
      ->check(CLI::IsMember({"cold", "warm"}))
      ->capture_default_str();
  command.add_flag("--isolate,!--no-isolate", arguments.run.isolate,
                   "measure in a process of its own: a crash or a hang costs one point (default)");
  command
      .add_option("--point-limit", arguments.point_limit,
                  "time after which a visit is given up, beside 20 times what is expected of it")
      ->type_name("TIME")
      ->capture_default_str();
  command
      .add_option("--probe-every", arguments.run.probe_every,
                  "visits between two visits to the probe that shows drift; 0 for none")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command.add_option("--passes", arguments.run.plan.passes, "visits to every point")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
}

absl::Status FinishPlanOptions(Arguments& arguments) {
  PlanRequest& plan = arguments.run.plan;
  if (plan.threads < 1) return absl::InvalidArgumentError("--threads: less than 1");
  if (arguments.budget.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(plan.budget_s, Annotate(ParseSeconds(arguments.budget), "--budget"));
  return absl::OkStatus();
}

absl::Status FinishRunOptions(Arguments& arguments) {
  RETURN_IF_ERROR(FinishPlanOptions(arguments));
  RunRequest& run = arguments.run;
  ASSIGN_OR_RETURN(run.point_limit_s,
                   Annotate(ParseSeconds(arguments.point_limit), "--point-limit"));
  if (run.plan.features.empty()) run.plan.features = FeatureSetFor(run.device.device);
  run.device.threads = run.plan.threads;
  run.device.seed = run.plan.seed;
  run.out = arguments.out;
  run.journal = arguments.journal.empty() ? run.out + ".journal.jsonl" : arguments.journal;
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  return absl::OkStatus();
}

absl::Status Run(Arguments& arguments) {
  RETURN_IF_ERROR(FinishRunOptions(arguments));
  return RunCommand(arguments.run, interrupted);
}

absl::Status Repeat(Arguments& arguments) {
  RETURN_IF_ERROR(FinishRunOptions(arguments));
  return RepeatCommand(arguments.run, interrupted);
}

absl::Status WritePlan(Arguments& arguments) {
  RETURN_IF_ERROR(FinishPlanOptions(arguments));
  ASSIGN_OR_RETURN(const Plan plan, MakePlan(arguments.run.plan));
  for (const std::string& note : plan.notes) std::cerr << "latcast-bench: " << note << '\n';
  if (arguments.dry_run) {
    ASSIGN_OR_RETURN(const std::string text, DescribePlan(plan, ToPlanOptions(arguments.run.plan)));
    std::cout << text;
    return absl::OkStatus();
  }
  if (arguments.out.empty() || arguments.out == "-") {
    std::cout << FormatPlan(plan);
    return absl::OkStatus();
  }
  return WriteFileAtomically(arguments.out, FormatPlan(plan));
}

absl::Status ConvertJournal(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const JournalContent journal, ReadJournal(arguments.journal));
  return WritePoints(journal.header, journal.visits, arguments.out).status();
}

int Main(int argc, char** argv) {
  CLI::App app{"Measures blocks and networks on a device."};
  app.name("latcast-bench");
  app.require_subcommand(1);
  Arguments arguments;
  DeviceOptions& device = arguments.run.device;

  CLI::App* run = app.add_subcommand("run", "measure a plan; goes on where a journal stopped");
  AddRunOptions(*run, arguments);
  run->add_option("--journal", arguments.journal,
                  "default: the points file's name + .journal.jsonl");
  run->add_option("--out", arguments.out, "points file")->required();

  CLI::App* repeat = app.add_subcommand("repeat", "the same plan twice, and how far the two agree");
  AddRunOptions(*repeat, arguments);
  repeat->add_option("--out", arguments.out, "JSON file; points go to OUT.1 and OUT.2")->required();

  LayersRequest& layers = arguments.layers;
  CLI::App* per_layer = app.add_subcommand("layers", "how long each operator of a network takes");
  per_layer->add_option("--model", layers.model, "MODEL to measure")
      ->required()
      ->type_name("MODEL");
  per_layer->add_option("--device", layers.device.device, "cpu or fake")->capture_default_str();
  per_layer->add_option("--threads", layers.device.threads, "threads an operator may use")
      ->capture_default_str();
  per_layer->add_option("--passes", layers.passes, "runs of the network")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  per_layer->add_option("--out", layers.out, "JSON file")->required();

  CLI::App* plan = app.add_subcommand("plan", "write a plan without measuring it");
  AddPlanOptions(*plan, arguments);
  plan->add_option("--out", arguments.out, "plan file; standard output without");

  plan->add_flag("--dry-run", arguments.dry_run,
                 "print what would be measured, what it covers and how long it might take");

  CLI::App* worker = app.add_subcommand("worker", "the process that run measures in")->group("");
  AddDeviceOptions(*worker, device);
  AddThreadsAndSeed(*worker, device.threads, device.seed);

  CLI::App* points = app.add_subcommand("points", "journal -> points file");
  points->add_option("--journal", arguments.journal, "of a run, finished or not")->required();
  points->add_option("--out", arguments.out, "points file")->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kBadUsage;
  }
  const absl::Status status = *run         ? Run(arguments)
                              : *repeat    ? Repeat(arguments)
                              : *per_layer ? LayersCommand(arguments.layers)
                              : *plan      ? WritePlan(arguments)
                              : *worker    ? RunWorker([&] { return OpenDevice(device); })
                                           : ConvertJournal(arguments);
  if (status.ok()) return 0;
  if (*worker) return kBadInput;  // told to the bench
  std::cerr << "latcast-bench: " << status.message() << '\n';
  return absl::IsCancelled(status) ? kInterrupted : kBadInput;
}

}  // namespace
}  // namespace latcast::bench

int main(int argc, char** argv) { return latcast::bench::Main(argc, argv); }
