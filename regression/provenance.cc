#include "regression/provenance.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"

namespace latcast::regression {
namespace {

using Json = nlohmann::json;

absl::Status Wrong(std::string_view field, std::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat("field '", std::string(field), "' is not ", std::string(right)));
}

absl::Status ReadText(const Json& object, const char* field, std::string& value) {
  const auto it = object.find(field);
  if (it == object.end()) return absl::OkStatus();
  if (!it->is_string()) return Wrong(field, "text");
  value = it->get<std::string>();
  return absl::OkStatus();
}

absl::StatusOr<Mode> ReadMode(const Json& object) {
  Mode mode;
  if (!object.is_object()) return Wrong("mode", "an object");
  RETURN_IF_ERROR(ReadText(object, "metric", mode.metric));
  RETURN_IF_ERROR(ReadText(object, "precision", mode.precision));
  RETURN_IF_ERROR(ReadText(object, "execution", mode.execution));
  RETURN_IF_ERROR(ReadText(object, "layout", mode.layout));
  if (const auto it = object.find("threads"); it != object.end()) {
    if (!it->is_number_integer() || it->get<int64_t>() < 1 || it->get<int64_t>() > 65536) {
      return Wrong("mode.threads", "a number of threads");
    }
    mode.threads = it->get<int>();
  }
  return mode;
}

std::string Entry(const Provenance& provenance, const std::string& key) {
  const auto it = provenance.entries.find(key);
  return it == provenance.entries.end() || it->second == "unknown" ? "" : it->second;
}

}  // namespace

absl::StatusOr<Provenance> ParseProvenance(std::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InvalidArgumentError("not a JSON object");
  Provenance provenance;
  if (const auto it = json.find("mode"); it != json.end()) {
    ASSIGN_OR_RETURN(provenance.mode, ReadMode(*it));
  }
  if (const auto it = json.find("provenance"); it != json.end()) {
    if (!it->is_object()) return Wrong("provenance", "an object");
    for (const auto& [key, value] : it->items()) {
      if (!value.is_string()) return Wrong("provenance." + key, "text");
      provenance.entries[key] = value.get<std::string>();
    }
  }
  return provenance;
}

absl::StatusOr<Provenance> ReadProvenance(const std::string& points_path) {
  const std::string path = points_path + ".provenance.json";
  if (!std::filesystem::exists(path)) return Provenance{};
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Annotate(ParseProvenance(text), path);
}

std::string DeviceId(const Provenance& provenance) {
  std::string id;
  bool in_parentheses = false;  // "Intel(R)"
  for (const char c : Entry(provenance, "cpu_model")) {
    if (c == '@') break;  // the nominal clock
    in_parentheses = c == '(' || (in_parentheses && c != ')');
    if (in_parentheses || c == ')') continue;
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      id += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  id = id.substr(0, 64);
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.empty() ? "cpu" : id;
}

std::string DeviceDescription(const Provenance& provenance) {
  const std::string cpu = Entry(provenance, "cpu_model");
  const std::string torch = Entry(provenance, "torch_version");
  return absl::StrCat(cpu.empty() ? "" : cpu + ", ", provenance.mode.threads,
                      provenance.mode.threads == 1 ? " thread" : " threads",
                      torch.empty() ? "" : ", torch ", torch);
}

}  // namespace latcast::regression
