// The captured networks that ship inside the program, so that it works without Python and from any
// folder. make_zoo.py makes the files.
#ifndef LATCAST_ANALYZER_ZOO_ZOO_H_
#define LATCAST_ANALYZER_ZOO_ZOO_H_

#include <span>
#include <string_view>

namespace latcast::zoo {

struct ZooEntry {
  std::string_view name;   // "resnet18"
  std::string_view bytes;  // content of the .lcg file
};

std::span<const ZooEntry> ZooEntries();  // sorted by name
const ZooEntry* FindZooEntry(std::string_view name);

}  // namespace latcast::zoo

#endif  // LATCAST_ANALYZER_ZOO_ZOO_H_
