// JSON as the writers of this room print it.
#ifndef LATCAST_ANALYZER_REPORT_JSON_TEXT_H_
#define LATCAST_ANALYZER_REPORT_JSON_TEXT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace latcast::report {

// One member of the object a line, and one row a line where a member is a list of objects. Names
// come from strangers' files: bytes that are no UTF-8 are replaced, not thrown about.
std::string TextOfRows(const nlohmann::ordered_json& object);

}  // namespace latcast::report

#endif  // LATCAST_ANALYZER_REPORT_JSON_TEXT_H_
