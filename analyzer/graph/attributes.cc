#include "analyzer/graph/attributes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/units.h"

namespace latcast::graph {
namespace {

absl::Status WrongType(std::string_view name, std::string_view wanted, const Attribute& found) {
  return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), ": ", ToAbsl(wanted),
                                                 " expected, found ", ToString(found)));
}

template <typename T>
absl::StatusOr<T> Get(const Attributes& attributes, std::string_view name, std::string_view wanted,
                      const T* fallback) {
  const auto it = attributes.find(name);
  if (it == attributes.end()) {
    if (fallback != nullptr) return *fallback;
    return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), " is missing"));
  }
  if (const T* value = std::get_if<T>(&it->second)) return *value;
  return WrongType(name, wanted, it->second);
}

}  // namespace

absl::StatusOr<int64_t> GetInt(const Attributes& attributes, std::string_view name) {
  return Get<int64_t>(attributes, name, "an int", nullptr);
}

absl::StatusOr<int64_t> GetInt(const Attributes& attributes, std::string_view name,
                               int64_t fallback) {
  return Get<int64_t>(attributes, name, "an int", &fallback);
}

absl::StatusOr<bool> GetBool(const Attributes& attributes, std::string_view name, bool fallback) {
  return Get<bool>(attributes, name, "true or false", &fallback);
}

absl::StatusOr<double> GetDouble(const Attributes& attributes, std::string_view name,
                                 double fallback) {
  const auto it = attributes.find(name);
  if (it != attributes.end()) {
    if (const int64_t* whole = std::get_if<int64_t>(&it->second)) {
      return static_cast<double>(*whole);
    }
  }
  return Get<double>(attributes, name, "a number", &fallback);
}

absl::Status GetInts(const Attributes& attributes, std::string_view name, int64_t fallback,
                     absl::Span<int64_t> out) {
  const auto it = attributes.find(name);
  int64_t one = fallback;
  if (it != attributes.end()) {
    const auto* list = std::get_if<std::vector<int64_t>>(&it->second);
    if (list != nullptr && list->size() > 1) {
      if (list->size() == out.size()) {
        std::copy(list->begin(), list->end(), out.begin());
        return absl::OkStatus();
      }
      return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), ": ", out.size(),
                                                     " ints expected, found ", list->size()));
    }
    if (const int64_t* scalar = std::get_if<int64_t>(&it->second)) {
      one = *scalar;
    } else if (list == nullptr) {
      return WrongType(name, "a list of ints", it->second);
    } else if (!list->empty()) {
      one = list->front();
    }
  }
  std::fill(out.begin(), out.end(), one);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> GetInts(const Attributes& attributes, std::string_view name,
                                             size_t count, int64_t fallback) {
  std::vector<int64_t> values(count);
  RETURN_IF_ERROR(GetInts(attributes, name, fallback, absl::MakeSpan(values)));
  return values;
}

absl::StatusOr<std::string> GetString(const Attributes& attributes, std::string_view name) {
  return Get<std::string>(attributes, name, "a text", nullptr);
}

absl::StatusOr<std::vector<double>> GetDoubles(const Attributes& attributes, std::string_view name,
                                               size_t count) {
  const auto it = attributes.find(name);
  if (it == attributes.end()) {
    return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), " is missing"));
  }
  std::vector<double> values;
  if (const auto* reals = std::get_if<std::vector<double>>(&it->second)) {
    values = *reals;
  } else if (const double* one = std::get_if<double>(&it->second)) {
    values = {*one};
  } else {
    ASSIGN_OR_RETURN(const std::vector<int64_t> whole, GetInts(attributes, name, count, 0));
    values.assign(whole.begin(), whole.end());
  }
  if (values.size() == 1) values.assign(count, values.front());
  if (values.size() == count) return values;
  return absl::InvalidArgumentError(absl::StrCat("attribute ", ToAbsl(name), ": ", count,
                                                 " numbers expected, found ", values.size()));
}

const int64_t* FindNumber(const Attributes& attributes, const SizeEntry& entry) {
  const auto it = attributes.find(entry.attribute);
  if (it == attributes.end() || entry.entry < 0) return nullptr;
  const auto index = static_cast<size_t>(entry.entry);
  if (const auto* list = std::get_if<std::vector<int64_t>>(&it->second)) {
    return index < list->size() ? &(*list)[index] : nullptr;
  }
  return index == 0 ? std::get_if<int64_t>(&it->second) : nullptr;
}

int64_t* FindNumber(Attributes& attributes, const SizeEntry& entry) {
  return const_cast<int64_t*>(FindNumber(std::as_const(attributes), entry));
}

bool IsInplace(const Attributes& attributes) {
  const auto it = attributes.find(std::string_view("inplace"));
  if (it == attributes.end()) return false;
  const bool* inplace = std::get_if<bool>(&it->second);
  return inplace != nullptr && *inplace;
}

std::string ToString(const Attribute& attribute) {
  struct Printer {
    std::string operator()(int64_t v) const { return absl::StrCat(v); }
    std::string operator()(double v) const { return FormatExact(v); }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(const std::string& v) const { return absl::StrCat("\"", v, "\""); }
    std::string operator()(const std::vector<int64_t>& v) const {
      return absl::StrCat("[", absl::StrJoin(v, ", "), "]");
    }
    std::string operator()(const std::vector<double>& v) const {
      return absl::StrCat(
          "[", absl::StrJoin(v, ", ", [](std::string* out, double d) { *out += FormatExact(d); }),
          "]");
    }
  };
  return std::visit(Printer{}, attribute);
}

std::string ToString(const Attributes& attributes) {
  return absl::StrJoin(attributes, ", ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, entry.first, "=", ToString(entry.second));
  });
}

}  // namespace latcast::graph
