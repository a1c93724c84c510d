// latcast profiles: the profiles on a server.
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"
#include "clients/cli/command.h"
#include "clients/cli/output.h"
#include "clients/cli/remote_profiles.h"
#include "clients/cli/wording.h"
#include "clients/cpp/client.h"
#include "clients/cpp/profile_json.h"
#include "regression/profile.h"

namespace latcast::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string action;
  std::vector<std::string> arguments;
  std::string server;
  bool activate = false;
  std::string format = "text";

  bool json() const { return format == "json"; }
};

// DEVICE VERSION, where the action takes them; 0 for a version that may be left out.
struct Which {
  std::string device;
  int version = 0;
};

absl::StatusOr<Which> ReadWhich(const Options& options, size_t at_least) {
  const std::vector<std::string>& arguments = options.arguments;
  if (arguments.size() < at_least || arguments.size() > 2) {
    return UsageError(absl::StrCat("profiles ", options.action, " takes ",
                                   at_least == 0   ? "[DEVICE]"
                                   : at_least == 1 ? "DEVICE [VERSION]"
                                                   : "DEVICE VERSION"));
  }
  Which which;
  if (!arguments.empty()) which.device = arguments[0];
  if (arguments.size() < 2) return which;
  const absl::StatusOr<int64_t> version = ParseInt(arguments[1]);
  if (!version.ok() || *version < 1 || *version > 1'000'000'000) {
    return UsageError(absl::StrCat("'", arguments[1], "' is no version: 1, 2, ..."));
  }
  which.version = static_cast<int>(*version);
  return which;
}

Json Row(const v1::StoredProfile& stored) {
  return {{"device", stored.device()},
          {"version", stored.version()},
          {"active", stored.active()},
          {"created_at", stored.created_at()},
          {"description", stored.profile().description()}};
}

void PrintRows(const std::vector<v1::StoredProfile>& profiles, bool json) {
  Json list = Json::array();
  TextTable table(
      {{"device"}, {"version", Align::kRight}, {"active"}, {"created"}, {"what it is"}});
  for (const v1::StoredProfile& stored : profiles) {
    list.push_back(Row(stored));
    table.AddRow({stored.device(), absl::StrCat(stored.version()), stored.active() ? "yes" : "",
                  stored.created_at(), stored.profile().description()});
  }
  Print(json ? JsonText({{"schema_version", kJsonSchemaVersion}, {"profiles", std::move(list)}})
             : table.Render(TableStyle::kPlain));
}

std::string ModelText(const regression::LatencyModel& model) {
  std::string text = absl::StrCat(
      model.family, " model on ", model.feature_set, " features: ", model.mode.metric, " latency, ",
      model.mode.precision, ", ", model.mode.execution, ", ", ThreadsText(model.mode.threads), "\n",
      "  cross-validated: ", AccuracyText(model.cross_validated), "\n");
  if (model.leave_group_out) {
    absl::StrAppend(&text, "  families held out: ", AccuracyText(*model.leave_group_out), "\n");
  }
  return text;
}

absl::StatusOr<int> List(const client::Client& client, const Options& options) {
  ASSIGN_OR_RETURN(const Which which, ReadWhich(options, 0));
  if (which.version != 0) return UsageError("profiles list takes [DEVICE]");
  const absl::StatusOr<v1::ListProfilesResponse> answer = client.ListProfiles(which.device);
  if (!answer.ok()) return FromServer(answer.status(), options.server);
  PrintRows({answer->profiles().begin(), answer->profiles().end()}, options.json());
  return kSuccess;
}

// The JSON form is the profile file itself, so that it can be uploaded elsewhere.
absl::StatusOr<int> Show(const client::Client& client, const Options& options) {
  ASSIGN_OR_RETURN(const Which which, ReadWhich(options, 1));
  const absl::StatusOr<v1::StoredProfile> stored = client.GetProfile(which.device, which.version);
  if (!stored.ok()) return FromServer(stored.status(), options.server);
  ASSIGN_OR_RETURN(const std::string json, client::ProfileToJson(stored->profile()));
  ASSIGN_OR_RETURN(const regression::DeviceProfile profile,
                   At(regression::ParseProfile(json), options.server));
  if (options.json()) {
    Print(regression::FormatProfile(profile));
    return kSuccess;
  }
  PrintRows({*stored}, false);
  for (const regression::LatencyModel& model : profile.models) Print("\n" + ModelText(model));
  Print("\n");
  for (const auto& [key, value] : profile.provenance) Print(absl::StrCat(key, ": ", value, "\n"));
  return kSuccess;
}

absl::StatusOr<int> Create(const Options& options) {
  if (options.arguments.size() != 1) return UsageError("profiles create takes FILE");
  const std::string& path = options.arguments.front();
  ASSIGN_OR_RETURN(const regression::DeviceProfile profile,
                   At(regression::ReadProfile(path), path));
  ASSIGN_OR_RETURN(const std::string stored,
                   UploadProfile(options.server, profile, options.activate));
  Print(stored);
  return kSuccess;
}

absl::StatusOr<int> Activate(const client::Client& client, const Options& options) {
  ASSIGN_OR_RETURN(const Which which, ReadWhich(options, 2));
  const absl::StatusOr<v1::StoredProfile> stored =
      client.ActivateProfile(which.device, which.version);
  if (!stored.ok()) return FromServer(stored.status(), options.server);
  PrintRows({*stored}, options.json());
  return kSuccess;
}

absl::StatusOr<int> Delete(const client::Client& client, const Options& options) {
  ASSIGN_OR_RETURN(const Which which, ReadWhich(options, 2));
  RETURN_IF_ERROR(FromServer(client.DeleteProfile(which.device, which.version), options.server));
  return kSuccess;
}

absl::StatusOr<int> Run(const Options& options) {
  if (options.action == "create") return Create(options);
  ASSIGN_OR_RETURN(const client::Client client, ConnectTo(options.server));
  if (options.action == "list") return List(client, options);
  if (options.action == "show") return Show(client, options);
  if (options.action == "activate") return Activate(client, options);
  return Delete(client, options);
}

Action Declare(Flags& flags) {
  const auto options = std::make_shared<Options>();
  flags.PositionalChoice("ACTION", {"list", "show", "create", "activate", "delete"},
                         options->action,
                         "list [DEVICE] | show DEVICE [VERSION] | create FILE | "
                         "activate DEVICE VERSION | delete DEVICE VERSION");
  flags.Positionals("ARGUMENT", options->arguments, "what the action takes");
  flags.Value("--server", "ADDRESS", options->server, "host:port of a latcast-server");
  flags.Switch("--activate", options->activate, "create: forecasts use it from now on");
  flags.Choice("--format", {"text", "json"}, options->format,
               "form of the output; show: the profile file");
  return [options] { return Run(*options); };
}

}  // namespace

Command ProfilesCommand() {
  return {"profiles", "list, show, create, activate and delete the profiles of a server",
          "latcast profiles create profile.json --activate --server 127.0.0.1:50051", Declare};
}

}  // namespace latcast::cli
