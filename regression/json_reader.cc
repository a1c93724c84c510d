#include "regression/json_reader.h"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace latcast::regression {
namespace {

using nlohmann::json;

absl::Status PathError(std::string_view path, std::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(path.empty() ? "the document" : ToAbsl(path), ": ", ToAbsl(message)));
}

// Notes the first field that stands twice in its object; a parsed object would hide it.
class RepeatedFields {
 public:
  bool operator()(int /*depth*/, json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) {
      open_.emplace_back();
    } else if (event == json::parse_event_t::object_end) {
      open_.pop_back();
    } else if (event == json::parse_event_t::key) {
      const std::string& key = parsed.get_ref<const std::string&>();
      if (!open_.back().insert(key).second && !repeated_) repeated_ = key;
    }
    return true;
  }
  const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> repeated_;
};

}  // namespace

absl::StatusOr<json> ParseJson(std::string_view text) {
  RepeatedFields fields;
  try {
    json value = json::parse(text, std::ref(fields));
    if (!fields.repeated()) return value;
    return absl::InvalidArgumentError(
        absl::StrCat("field '", *fields.repeated(), "' stands twice"));
  } catch (const json::exception& error) {
    // Without the library's own "[json.exception.parse_error.101] ".
    const std::string_view what = error.what();
    const size_t start = what.find("] ");
    return absl::InvalidArgumentError(
        absl::StrCat("not JSON: ", ToAbsl(start == what.npos ? what : what.substr(start + 2))));
  }
}

absl::StatusOr<double> ReadNumber(const json& value, std::string_view path) {
  if (!value.is_number()) return PathError(path, "not a number");
  return value.get<double>();
}

ObjectReader::ObjectReader(const json& value, std::string path)
    : object_(value), path_(std::move(path)) {
  if (!value.is_object()) Fail(path_, "not an object");
}

std::string ObjectReader::At(std::string_view field) const {
  return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", ToAbsl(field));
}

void ObjectReader::Fail(std::string_view path, std::string_view message) {
  if (status_.ok()) status_ = PathError(path, message);
}

bool ObjectReader::Has(const char* field) const {
  return object_.is_object() && object_.contains(field);
}

const json* ObjectReader::Find(const char* field) {
  if (!status_.ok()) return nullptr;
  read_.insert(field);
  const auto it = object_.find(field);
  if (it != object_.end()) return &*it;
  Fail(At(field), "missing");
  return nullptr;
}

void ObjectReader::Read(const char* field, double& out) {
  const json* value = Find(field);
  if (value == nullptr) return;
  const absl::StatusOr<double> number = ReadNumber(*value, At(field));
  if (number.ok()) {
    out = *number;
  } else {
    status_ = number.status();
  }
}

void ObjectReader::Read(const char* field, int& out) {
  const json* value = Find(field);
  if (value == nullptr) return;
  if (!value->is_number_integer()) return Fail(At(field), "not a whole number");
  const bool huge = value->is_number_unsigned() &&
                    value->get<uint64_t>() > uint64_t{std::numeric_limits<int>::max()};
  const int64_t number = huge ? std::numeric_limits<int64_t>::max() : value->get<int64_t>();
  if (number != static_cast<int>(number)) return Fail(At(field), "does not fit 32 bits");
  out = static_cast<int>(number);
}

void ObjectReader::Read(const char* field, bool& out) {
  const json* value = Find(field);
  if (value == nullptr) return;
  if (!value->is_boolean()) return Fail(At(field), "not a truth value");
  out = value->get<bool>();
}

void ObjectReader::Read(const char* field, std::string& out) {
  const json* value = Find(field);
  if (value == nullptr) return;
  if (!value->is_string()) return Fail(At(field), "not a string");
  out = value->get<std::string>();
}

void ObjectReader::Read(const char* field, std::map<std::string, std::string>& out) {
  const json* value = Find(field);
  if (value == nullptr) return;
  if (!value->is_object()) return Fail(At(field), "not an object");
  for (const auto& [key, text] : value->items()) {
    if (!text.is_string()) return Fail(absl::StrCat(At(field), ".", key), "not a string");
    out[key] = text.get<std::string>();
  }
}

void ObjectReader::ReadObject(const char* field, const ReadElement& read) {
  const json* value = Find(field);
  if (value != nullptr) status_ = read(*value, At(field));
}

void ObjectReader::ReadArray(const char* field, const ReadElement& read) {
  const json* value = Find(field);
  if (value == nullptr) return;
  if (!value->is_array()) return Fail(At(field), "not an array");
  for (size_t i = 0; i < value->size() && status_.ok(); ++i) {
    status_ = read((*value)[i], absl::StrCat(At(field), "[", i, "]"));
  }
}

absl::Status ObjectReader::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& [key, value] : object_.items()) {
    if (!read_.contains(key)) return PathError(At(key), "unknown field");
  }
  return absl::OkStatus();
}

}  // namespace latcast::regression
