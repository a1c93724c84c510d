// Strict reading of JSON objects: every field is asked for by name, and what is missing, of another
// type, repeated or never asked for is an error that names its path. Internal to this room.
//
//   ObjectReader reader(value, "models[0].mode");
//   reader.Read("threads", mode.threads);
//   RETURN_IF_ERROR(reader.Finish());         // "models[0].mode.threads: missing"
#ifndef LATCAST_REGRESSION_JSON_READER_H_
#define LATCAST_REGRESSION_JSON_READER_H_

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace latcast::regression {

// INVALID_ARGUMENT with line and column for text that is not JSON or repeats a field.
absl::StatusOr<nlohmann::json> ParseJson(std::string_view text);

// Reads one object. The first error wins; after it every call does nothing.
class ObjectReader {
 public:
  using ReadElement = std::function<absl::Status(const nlohmann::json& value, std::string path)>;

  // `path` is empty for the outermost object.
  ObjectReader(const nlohmann::json& value, std::string path);

  void Read(const char* field, double& out);
  void Read(const char* field, int& out);
  void Read(const char* field, bool& out);
  void Read(const char* field, std::string& out);
  void Read(const char* field, std::map<std::string, std::string>& out);
  void ReadObject(const char* field, const ReadElement& read);
  void ReadArray(const char* field, const ReadElement& read);  // once an element

  bool Has(const char* field) const;

  // The first error, or one for the first field that nobody asked for.
  absl::Status Finish();

 private:
  std::string At(std::string_view field) const;
  // The field's value, or null after noting the error.
  const nlohmann::json* Find(const char* field);
  void Fail(std::string_view path, std::string_view message);

  const nlohmann::json& object_;
  const std::string path_;
  std::set<std::string> read_;
  absl::Status status_;
};

// INVALID_ARGUMENT ("path: not a number").
absl::StatusOr<double> ReadNumber(const nlohmann::json& value, std::string_view path);

}  // namespace latcast::regression

#endif  // LATCAST_REGRESSION_JSON_READER_H_
