#include "clients/cli/flags.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "clients/cli/exit_status.h"

namespace latcast::cli {
namespace {

// The only place where an exception starts: CLI11 wants refused values thrown at it.
[[noreturn]] void Refuse(std::string_view flag, std::string_view what) {
  throw CLI::ValidationError(std::string(flag), std::string(what));
}

int64_t WholeNumber(std::string_view flag, const std::string& text, int64_t min, int64_t max) {
  const absl::StatusOr<int64_t> value = ParseInt(text);
  if (!value.ok()) Refuse(flag, absl::StrCat("'", text, "' is no whole number"));
  if (*value < min) Refuse(flag, absl::StrCat(text, " is less than ", min));
  if (*value > max) Refuse(flag, absl::StrCat(text, " is more than ", max));
  return *value;
}

}  // namespace

struct Flags::Impl {
  CLI::App app;

  Impl(std::string_view usage, std::string_view summary, std::string_view example)
      : app(std::string(summary), std::string(usage)) {
    app.footer(absl::StrCat("Example: ", ToAbsl(example)));
    app.get_formatter()->column_width(34);
    app.get_formatter()->label("REQUIRED", "");
    app.set_help_flag("--help,-h", "print this help");
  }

  // One of some names.
  CLI::Option* AddChoice(std::string_view name, std::string_view type,
                         std::vector<std::string> choices, std::string& value,
                         std::string_view help) {
    return Add(name, type, help, [&value, name, choices = std::move(choices)](const auto& results) {
      if (std::ranges::find(choices, results.front()) == choices.end()) {
        Refuse(name,
               absl::StrCat("'", results.front(), "' is none of ", absl::StrJoin(choices, ", "),
                            DidYouMean(results.front(), {choices.begin(), choices.end()})));
      }
      value = results.front();
    });
  }

  // Every flag takes text, which `assign` understands or refuses.
  CLI::Option* Add(std::string_view name, std::string_view type, std::string_view help,
                   std::function<void(const std::vector<std::string>&)> assign) {
    CLI::Option* option = app.add_option(
        std::string(name),
        [assign = std::move(assign)](const CLI::results_t& results) {
          assign(results);
          return true;
        },
        std::string(help));
    if (!type.empty()) option->type_name(std::string(type));
    return option;
  }
};

Flags::Flags(std::string_view usage, std::string_view summary, std::string_view example)
    : impl_(std::make_unique<Impl>(usage, summary, example)) {}
Flags::~Flags() = default;

void Flags::Positional(std::string_view name, std::string& value, std::string_view help) {
  impl_->Add(name, "", help, [&value](const auto& results) { value = results.front(); })
      ->required();
}

void Flags::PositionalChoice(std::string_view name, std::vector<std::string> choices,
                             std::string& value, std::string_view help) {
  impl_->AddChoice(name, "", std::move(choices), value, help)->required();
}

void Flags::Optional(std::string_view name, std::string& value, std::string_view help) {
  impl_->Add(name, "", help, [&value](const auto& results) { value = results.front(); });
}

void Flags::Positionals(std::string_view name, std::vector<std::string>& values,
                        std::string_view help) {
  impl_->Add(name, "", help, [&values](const auto& results) { values = results; })
      ->expected(CLI::detail::expected_max_vector_size);
}

void Flags::Value(std::string_view flag, std::string_view type, std::string& value,
                  std::string_view help) {
  impl_->Add(flag, type, help, [&value](const auto& results) { value = results.front(); });
}

void Flags::Value(std::string_view flag, std::string_view type, int& value, int min,
                  std::string_view help) {
  impl_->Add(flag, type, help, [&value, flag, min](const auto& results) {
    value =
        static_cast<int>(WholeNumber(flag, results.front(), min, std::numeric_limits<int>::max()));
  });
}

void Flags::Value(std::string_view flag, std::string_view type, std::optional<int64_t>& value,
                  int64_t min, std::string_view help) {
  impl_->Add(flag, type, help, [&value, flag, min](const auto& results) {
    value = WholeNumber(flag, results.front(), min, std::numeric_limits<int64_t>::max());
  });
}

void Flags::Share(std::string_view flag, double& value, std::string_view help) {
  impl_->Add(flag, "P", help, [&value, flag](const auto& results) {
    const absl::StatusOr<double> share = ParseDouble(results.front());
    if (!share.ok() || !(*share > 0.0 && *share < 1.0)) {
      Refuse(flag, absl::StrCat("'", results.front(), "' does not lie between 0 and 1"));
    }
    value = *share;
  });
}

void Flags::Repeated(std::string_view flag, std::string_view type, std::vector<std::string>& values,
                     std::string_view help) {
  impl_->Add(flag, type, help, [&values](const auto& results) { values = results; })
      ->expected(1)
      ->take_all();
}

void Flags::List(std::string_view flag, std::string_view type, std::vector<std::string>& values,
                 std::string_view help) {
  impl_->Add(flag, type, help, [&values, flag](const auto& results) {
    values = absl::StrSplit(results.front(), ',');
    for (const std::string& value : values) {
      if (value.empty()) Refuse(flag, "an empty name in the list");
    }
  });
}

void Flags::Choice(std::string_view flag, std::vector<std::string> choices, std::string& value,
                   std::string_view help) {
  const std::string names = absl::StrJoin(choices, "|");
  impl_->AddChoice(flag, names, std::move(choices), value, help);
}

void Flags::Switch(std::string_view flag, bool& value, std::string_view help) {
  impl_->app.add_flag(std::string(flag), value, std::string(help));
}

absl::Status Flags::Parse(std::span<const std::string> arguments, bool& help_asked) {
  help_asked = false;
  try {
    impl_->app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    help_asked = true;
  } catch (const CLI::ExtrasError&) {
    const std::string extra = impl_->app.remaining().front();
    std::vector<std::string> names;
    for (const CLI::Option* option : impl_->app.get_options()) {
      if (!option->get_positional()) names.push_back("--" + option->get_single_name());
    }
    return UsageError(absl::StrCat("unexpected argument '", extra, "'",
                                   DidYouMean(extra, {names.begin(), names.end()})));
  } catch (const CLI::ParseError& error) {
    return UsageError(error.what());
  }
  return absl::OkStatus();
}

std::string Flags::Help() const { return impl_->app.help(); }

}  // namespace latcast::cli
