#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "regression/profile.h"

namespace latcast::regression {
namespace {

constexpr size_t kMaxDeviceLength = 128;

bool IsResourceId(std::string_view id) {
  if (id.empty() || id.size() > kMaxDeviceLength) return false;
  if (!absl::ascii_isalnum(static_cast<unsigned char>(id.front()))) return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
}

// Length of the UTF-8 character at the front of `text`, 0 where there is none (RFC 3629: no
// overlong forms, no surrogates, nothing above U+10FFFF).
size_t Utf8Length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto in = [&](size_t i, int low, int high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const int lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  if (lead < 0xE0) return in(1, 0x80, 0xBF) ? 2 : 0;
  if (lead < 0xF0) {
    const bool second = in(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
    return second && in(2, 0x80, 0xBF) ? 3 : 0;
  }
  const bool second = in(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
  return second && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
}

absl::Status CheckText(std::string_view field, std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) {
      return absl::InvalidArgumentError(absl::StrCat(ToAbsl(field), ": not UTF-8"));
    }
    text.remove_prefix(length);
  }
  return absl::OkStatus();
}

absl::Status CheckModel(const LatencyModel& model, const std::string& path) {
  RETURN_IF_ERROR(CheckText(path + ".family", model.family));
  RETURN_IF_ERROR(CheckText(path + ".mode.precision", model.mode.precision));
  RETURN_IF_ERROR(CheckText(path + ".mode.layout", model.mode.layout));
  if (FindFeatureSet(model.feature_set) == nullptr) {
    std::vector<std::string_view> names;
    for (const FeatureSet& set : FeatureSets()) names.push_back(set.name);
    return absl::InvalidArgumentError(absl::StrCat(path, ".feature_set: unknown feature set '",
                                                   model.feature_set, "'",
                                                   DidYouMean(model.feature_set, names)));
  }
  return Validate(model, path);
}

}  // namespace

absl::Status ValidateDevice(std::string_view device) {
  if (IsResourceId(device)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("device: needs 1 to ", kMaxDeviceLength,
                   " letters, digits, '-', '_' or '.', a letter or digit first"));
}

absl::Status Validate(const DeviceProfile& profile) {
  RETURN_IF_ERROR(ValidateDevice(profile.device));
  RETURN_IF_ERROR(CheckText("description", profile.description));
  for (const auto& [key, text] : profile.provenance) {
    RETURN_IF_ERROR(CheckText("provenance", key));
    RETURN_IF_ERROR(CheckText(absl::StrCat("provenance.", key), text));
  }
  if (profile.models.empty()) {
    return absl::InvalidArgumentError("models: none; a profile has at least one");
  }
  for (size_t i = 0; i < profile.models.size(); ++i) {
    RETURN_IF_ERROR(CheckModel(profile.models[i], absl::StrCat("models[", i, "]")));
    for (size_t j = 0; j < i; ++j) {
      if (profile.models[i].mode == profile.models[j].mode) {
        return absl::InvalidArgumentError(
            absl::StrCat("models[", i, "].mode: the same as models[", j, "].mode"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace latcast::regression
