// Where results go: standard output, as they are, or a file the user named.
#ifndef LATCAST_CLIENTS_CLI_OUTPUT_H_
#define LATCAST_CLIENTS_CLI_OUTPUT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace latcast::cli {

// The version every JSON document of the command line carries.
inline constexpr int kJsonSchemaVersion = 1;

void Print(std::string_view text);

// Words filled into lines of at most 100 columns, all but the first indented.
std::string Wrap(std::string_view text, size_t indent);

// Indented, ending with a line break; bytes that are no UTF-8 are replaced.
std::string JsonText(const nlohmann::ordered_json& json);

// Tells people on stderr how things stand; results never go there.
void Note(std::string_view line);

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_OUTPUT_H_
