#include "clients/cli/output.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace latcast::cli {

void Print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string JsonText(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

void Note(std::string_view line) {
  std::fflush(stdout);  // in order, where both go to one place
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

}  // namespace latcast::cli
