#include "analyzer/import/message_count.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <limits>

#include "latcast/v1/graph.pb.h"

namespace latcast::import {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Whether this field of Graph holds messages that count.
bool Counts(int field) {
  return field == v1::Graph::kValuesFieldNumber || field == v1::Graph::kOpsFieldNumber ||
         field == v1::Graph::kCallsFieldNumber || field == v1::Graph::kSizesFieldNumber;
}

// Whether this field of theirs does.
bool Counts(int field, int inner) {
  switch (field) {
    case v1::Graph::kOpsFieldNumber:
      return inner == v1::Op::kAttributesFieldNumber || inner == v1::Op::kSizesFieldNumber;
    case v1::Graph::kCallsFieldNumber:
      return inner == v1::ModuleCall::kAttributesFieldNumber;
    default:
      return field == v1::Graph::kSizesFieldNumber;
  }
}

// Reads one message up to the stream's limit, giving each length-delimited field to `visit`, which
// returns whether it has read it.
template <typename Visit>
bool ForEachField(CodedInputStream& in, Visit visit) {
  while (const uint32_t tag = in.ReadTag()) {
    const bool is_message =
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (is_message && visit(WireFormatLite::GetTagFieldNumber(tag))) continue;
    if (!WireFormatLite::SkipField(&in, tag)) return false;
  }
  return true;
}

}  // namespace

int64_t CountMessages(std::string_view graph) {
  if (graph.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return 0;
  CodedInputStream in(reinterpret_cast<const uint8_t*>(graph.data()),
                      static_cast<int>(graph.size()));
  int64_t count = 0;
  ForEachField(in, [&](int field) {
    if (!Counts(field)) return false;
    ++count;
    uint32_t size = 0;
    if (!in.ReadVarint32(&size)) return true;
    const CodedInputStream::Limit limit = in.PushLimit(static_cast<int>(size));
    ForEachField(in, [&](int inner) {
      if (Counts(field, inner)) ++count;
      return false;
    });
    in.PopLimit(limit);
    return true;
  });
  return count;
}

}  // namespace latcast::import
