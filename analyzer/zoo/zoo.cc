#include "analyzer/zoo/zoo.h"

#include <algorithm>

namespace latcast::zoo {

const ZooEntry* FindZooEntry(std::string_view name) {
  const std::span<const ZooEntry> entries = ZooEntries();
  const auto it = std::ranges::lower_bound(entries, name, {}, &ZooEntry::name);
  return it != entries.end() && it->name == name ? &*it : nullptr;
}

}  // namespace latcast::zoo
