#include "analyzer/conventions/python_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "analyzer/conventions/modules.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/text_table.h"

namespace latcast::conventions {
namespace {

size_t Missing(const std::string& text, size_t width) {
  const size_t used = DisplayWidth(text);
  return width > used ? width - used : 0;
}

}  // namespace

std::string Fixed(double value, int digits) { return absl::StrFormat("%.*f", digits, value); }

std::string Rounded(double value, int digits) {
  std::string text = Fixed(value, digits);
  if (text.find('.') == std::string::npos) return text + ".0";
  text.erase(text.find_last_not_of('0') + 1);
  return text.back() == '.' ? text + "0" : text;
}

std::string General(double value) { return absl::StrFormat("%g", value); }

std::string Tuple(const std::vector<int64_t>& elements) {
  return absl::StrCat("(", absl::StrJoin(elements, ", "), elements.size() == 1 ? ",)" : ")");
}

std::string PadLeft(const std::string& text, size_t width) {
  return std::string(Missing(text, width), ' ') + text;
}

std::string PadRight(const std::string& text, size_t width) {
  return text + std::string(Missing(text, width), ' ');
}

std::string Center(const std::string& text, size_t width) {
  const size_t missing = Missing(text, width);
  const size_t left = missing / 2 + (missing & width & 1);
  return std::string(left, ' ') + text + std::string(missing - left, ' ');
}

Table Crashed(size_t totals, const graph::ModuleCall& call, std::string_view why) {
  Table table;
  table.totals.resize(totals);
  table.notes = {absl::StrCat("the tool ends with an error: ", CallName(call), " ", ToAbsl(why))};
  return table;
}

absl::StatusOr<Table> NoNumbers(size_t totals, const graph::ModuleCall& call,
                                const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return Annotate(status, CallName(call));
  return Crashed(totals, call, absl::StrCat("is not what its class promises: ", status.message()));
}

std::string NotesText(const Table& table) {
  std::string text;
  for (const std::string& note : table.notes) absl::StrAppend(&text, "note: ", note, "\n");
  return text;
}

void NoteClasses(Table& table, std::string_view sentence,
                 const std::set<std::string, std::less<>>& classes) {
  if (classes.empty()) return;
  table.notes.push_back(absl::StrCat(ToAbsl(sentence), ": ", absl::StrJoin(classes, ", ")));
}

}  // namespace latcast::conventions
