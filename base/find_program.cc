#include "base/find_program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"

namespace latcast {

absl::StatusOr<std::string> FindProgram(std::string_view name) {
  std::vector<std::filesystem::path> folders;
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) folders.push_back(self.parent_path());
  if (const char* path = std::getenv("PATH")) {
    for (const absl::string_view folder : absl::StrSplit(path, ':', absl::SkipEmpty())) {
      folders.emplace_back(ToStd(folder));
    }
  }
  for (const std::filesystem::path& folder : folders) {
    const std::filesystem::path program = folder / name;
    if (access(program.c_str(), X_OK) == 0) return program.string();
  }
  return absl::NotFoundError(absl::StrCat("the program ", ToAbsl(name), " lies neither beside ",
                                          error ? "this one" : self.filename().string(),
                                          " nor in a folder of PATH"));
}

}  // namespace latcast
