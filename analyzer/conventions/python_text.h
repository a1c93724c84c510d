// Texts of tools that are written in Python: its way to round and print numbers, shapes as tuples,
// and what such a tool leaves behind when it crashes. Shared by the conventions with a layout.
#ifndef LATCAST_ANALYZER_CONVENTIONS_PYTHON_TEXT_H_
#define LATCAST_ANALYZER_CONVENTIONS_PYTHON_TEXT_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "analyzer/conventions/convention.h"
#include "analyzer/graph/graph.h"

namespace latcast::conventions {

// "%.2f" with `digits` decimals.
std::string Fixed(double value, int digits);
// str(round(value, digits)) of a float: "2.71", "1.0".
std::string Rounded(double value, int digits);
// format(value, "g"): six significant digits, no trailing zeros.
std::string General(double value);
// "(64, 112, 112)"; "(1000,)" for one element, "()" for none.
std::string Tuple(const std::vector<int64_t>& elements);

// `text` in a field of `width`, counted in code points; centred as str.center() does it, which puts
// the odd space left of the text only where the field is odd too.
std::string PadLeft(const std::string& text, size_t width);
std::string PadRight(const std::string& text, size_t width);
std::string Center(const std::string& text, size_t width);

// A network the tool crashes on at this call: no row, no total, and a note that says why.
Table Crashed(size_t totals, const graph::ModuleCall& call, std::string_view why);

// INVALID_ARGUMENT, of a module that is not what its class promises, as such a table; any other
// error as it is.
absl::StatusOr<Table> NoNumbers(size_t totals, const graph::ModuleCall& call,
                                const absl::Status& status);

// "note: ..." a line.
std::string NotesText(const Table& table);

// `sentence` and the classes it is about, as a note; nothing where there is none.
void NoteClasses(Table& table, std::string_view sentence,
                 const std::set<std::string, std::less<>>& classes);

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_PYTHON_TEXT_H_
