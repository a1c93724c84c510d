#include "server/core/model_source.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "analyzer/blocks/block_library.h"
#include "analyzer/import/lcg.h"
#include "analyzer/zoo/zoo.h"
#include "base/text.h"
#include "server/core/limits.h"

namespace latcast::server {

absl::StatusOr<graph::Graph> NamedModel(std::string_view name) {
  if (name.size() > kMaxSpecBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a name of ", name.size(), " bytes; at most ", kMaxSpecBytes));
  }
  if (const zoo::ZooEntry* entry = zoo::FindZooEntry(name)) return import::ParseLcg(entry->bytes);
  const auto block = blocks::ParseBlockSpec(name);
  if (block.ok()) return blocks::BuildBlock(*block);
  if (!absl::IsNotFound(block.status())) return block.status();
  std::vector<std::string_view> names;
  for (const zoo::ZooEntry& entry : zoo::ZooEntries()) names.push_back(entry.name);
  for (const auto& family : blocks::BuiltinFamilies()) names.push_back(family.name);
  for (const auto& preset : blocks::ClassicBlocks()) names.push_back(preset.name);
  return absl::NotFoundError(absl::StrCat("no zoo network or block is called '", ToAbsl(name), "'",
                                          DidYouMean(name, names)));
}

}  // namespace latcast::server
