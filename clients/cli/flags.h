// The flags of one subcommand: where each value goes and what it means. Values keep their defaults
// where a flag is absent.
//
//   flags.Positional("MODEL", options->model, kModelHelp);
//   flags.Value("--depth", "N", options->depth, 0, "levels of modules to show; 0: all");
//   flags.Choice("--format", {"tree", "json"}, options->format, "form of the output");
#ifndef LATCAST_CLIENTS_CLI_FLAGS_H_
#define LATCAST_CLIENTS_CLI_FLAGS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace latcast::cli {

class Flags {
 public:
  // `usage` is the command as typed, "latcast analyze".
  Flags(std::string_view usage, std::string_view summary, std::string_view example);
  ~Flags();

  void Positional(std::string_view name, std::string& value, std::string_view help);
  void PositionalChoice(std::string_view name, std::vector<std::string> choices, std::string& value,
                        std::string_view help);
  // An optional one.
  void Optional(std::string_view name, std::string& value, std::string_view help);
  void Positionals(std::string_view name, std::vector<std::string>& values, std::string_view help);

  void Value(std::string_view flag, std::string_view type, std::string& value,
             std::string_view help);
  // Whole numbers of at least `min`.
  void Value(std::string_view flag, std::string_view type, int& value, int min,
             std::string_view help);
  void Value(std::string_view flag, std::string_view type, std::optional<int64_t>& value,
             int64_t min, std::string_view help);
  // A share strictly between 0 and 1.
  void Share(std::string_view flag, double& value, std::string_view help);
  // May be repeated; each occurrence adds one value.
  void Repeated(std::string_view flag, std::string_view type, std::vector<std::string>& values,
                std::string_view help);
  // Values separated by commas.
  void List(std::string_view flag, std::string_view type, std::vector<std::string>& values,
            std::string_view help);
  void Choice(std::string_view flag, std::vector<std::string> choices, std::string& value,
              std::string_view help);
  void Switch(std::string_view flag, bool& value, std::string_view help);

  // A usage error naming the argument that does not fit. With --help, `help_asked` is set and
  // Help() is the answer.
  absl::Status Parse(std::span<const std::string> arguments, bool& help_asked);
  std::string Help() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latcast::cli

#endif  // LATCAST_CLIENTS_CLI_FLAGS_H_
