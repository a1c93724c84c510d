// How many messages a serialised latcast.v1.Graph would unfold into, without unfolding it: an empty
// message takes two bytes in the file and a hundred in memory.
#ifndef LATCAST_ANALYZER_IMPORT_MESSAGE_COUNT_H_
#define LATCAST_ANALYZER_IMPORT_MESSAGE_COUNT_H_

#include <cstdint>
#include <string_view>

namespace latcast::import {

// Values, operators, module calls, their attributes, and what is said of sizes. Stops counting at
// what is no protobuf: the parser will say so.
int64_t CountMessages(std::string_view graph);

}  // namespace latcast::import

#endif  // LATCAST_ANALYZER_IMPORT_MESSAGE_COUNT_H_
