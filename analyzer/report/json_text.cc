#include "analyzer/report/json_text.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace latcast::report {
namespace {

using Json = nlohmann::ordered_json;

std::string Text(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string TextOfRows(const Json& object) {
  std::string text = "{";
  const char* separator = "\n";
  for (const auto& [key, value] : object.items()) {
    absl::StrAppend(&text, separator, "  ", Text(key), ": ");
    separator = ",\n";
    if (!value.is_array() || value.empty() || !value.front().is_object()) {
      text += Text(value);
      continue;
    }
    const char* row_separator = "[\n";
    for (const Json& row : value) {
      absl::StrAppend(&text, row_separator, "    ", Text(row));
      row_separator = ",\n";
    }
    text += "\n  ]";
  }
  return text + "\n}\n";
}

}  // namespace latcast::report
