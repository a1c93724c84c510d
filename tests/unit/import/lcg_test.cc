#include "analyzer/import/lcg.h"

#include "analyzer/import/gzip.h"
#include "analyzer/import/message_count.h"
#include "base/status_matchers.h"
#include "latcast/v1/graph.pb.h"
#include "tests/unit/import/tiny_graph.h"

namespace latcast::import {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

std::string PlainTiny() { return ToProto(TinyGraph()).SerializeAsString(); }

// What was written is what is read: every field of values, operators and calls, and the bytes too.
TEST(Lcg, RoundTrip) {
  const graph::Graph written = TinyGraph();
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(written));
  ASSERT_OK_AND_ASSIGN(const graph::Graph read, ParseLcg(bytes));

  EXPECT_EQ(read.name, "tiny");
  EXPECT_EQ(read.producer, "test");
  EXPECT_EQ(read.inputs, written.inputs);
  EXPECT_EQ(read.outputs, written.outputs);
  ASSERT_EQ(read.values.size(), written.values.size());
  for (size_t i = 0; i < read.values.size(); ++i) {
    EXPECT_EQ(read.values[i].name, written.values[i].name);
    EXPECT_EQ(read.values[i].kind, written.values[i].kind);
    EXPECT_EQ(read.values[i].dtype, written.values[i].dtype);
    EXPECT_EQ(read.values[i].shape, written.values[i].shape);
    EXPECT_EQ(read.values[i].storage, written.values[i].storage);
    EXPECT_EQ(read.values[i].requires_grad, written.values[i].requires_grad);
  }
  ASSERT_EQ(read.ops.size(), written.ops.size());
  for (size_t i = 0; i < read.ops.size(); ++i) {
    EXPECT_EQ(read.ops[i].type, written.ops[i].type);
    EXPECT_EQ(read.ops[i].name, written.ops[i].name);
    EXPECT_EQ(read.ops[i].inputs, written.ops[i].inputs);
    EXPECT_EQ(read.ops[i].outputs, written.ops[i].outputs);
    EXPECT_EQ(read.ops[i].attributes, written.ops[i].attributes);
    EXPECT_EQ(read.ops[i].call, written.ops[i].call);
  }
  ASSERT_EQ(read.calls.size(), written.calls.size());
  for (size_t i = 0; i < read.calls.size(); ++i) {
    EXPECT_EQ(read.calls[i].path, written.calls[i].path);
    EXPECT_EQ(read.calls[i].class_name, written.calls[i].class_name);
    EXPECT_EQ(read.calls[i].parent, written.calls[i].parent);
    EXPECT_EQ(read.calls[i].index, written.calls[i].index);
    EXPECT_EQ(read.calls[i].attributes, written.calls[i].attributes);
    EXPECT_EQ(read.calls[i].inputs, written.calls[i].inputs);
    EXPECT_EQ(read.calls[i].outputs, written.calls[i].outputs);
    EXPECT_EQ(read.calls[i].parameters, written.calls[i].parameters);
  }
  EXPECT_THAT(SerializeLcg(read), IsOkAndHolds(bytes));
}

// The bytes need not be gzipped.
TEST(Lcg, PlainBytes) {
  ASSERT_OK_AND_ASSIGN(const graph::Graph read, ParseLcg(PlainTiny()));
  EXPECT_EQ(read.ops.size(), 3u);
}

// A file cut off anywhere is an error that says so, gzipped or not.
TEST(Lcg, EveryTruncation) {
  ASSERT_OK_AND_ASSIGN(const std::string gzipped, SerializeLcg(TinyGraph()));
  for (size_t size = 0; size < gzipped.size(); ++size) {
    EXPECT_THAT(ParseLcg(gzipped.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AnyOf(HasSubstr("truncated"), HasSubstr("empty"))))
        << size;
  }
  const std::string plain = PlainTiny();
  for (size_t size = 0; size < plain.size(); ++size) {
    EXPECT_THAT(ParseLcg(plain.substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")))
        << size;
  }
}

// One flipped bit never crashes; under gzip's checksum it is never accepted as another network.
TEST(Lcg, FlippedBits) {
  ASSERT_OK_AND_ASSIGN(const std::string gzipped, SerializeLcg(TinyGraph()));
  const std::string plain = PlainTiny();
  for (const std::string& bytes : {gzipped, plain}) {
    for (size_t i = 0; i < bytes.size() * 8; ++i) {
      std::string flipped = bytes;
      flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
      const absl::StatusOr<graph::Graph> read = ParseLcg(flipped);
      if (bytes == gzipped && read.ok()) {
        EXPECT_THAT(SerializeLcg(*read), IsOkAndHolds(gzipped)) << "bit " << i;
      }
    }
  }
}

// Bytes of something else are refused, not taken for an empty network.
TEST(Lcg, Garbage) {
  for (const std::string& bytes :
       {std::string("PK\x03\x04 a zip file"), std::string("{\"json\": 1}"), std::string(64, '\0'),
        std::string(64, '\xff'), std::string("\x1f\x8b not deflate")}) {
    EXPECT_THAT(ParseLcg(bytes), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("")));
  }
  ASSERT_OK_AND_ASSIGN(const std::string text, Gzip("gzipped text"));
  EXPECT_THAT(ParseLcg(text),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a captured graph")));
}

// Bytes behind the gzip data are not silently dropped.
TEST(Lcg, TrailingBytes) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, SerializeLcg(TinyGraph()));
  EXPECT_THAT(ParseLcg(bytes + "xyz"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("3 bytes behind the end")));
}

// A small file that unpacks to a gigabyte stops at the limit.
TEST(Lcg, GzipBomb) {
  ASSERT_OK_AND_ASSIGN(const std::string bomb, Gzip(std::string(100 << 20, '\0')));
  ASSERT_LT(bomb.size(), 1u << 20);
  EXPECT_THAT(ParseLcg(bomb), StatusIs(absl::StatusCode::kResourceExhausted,
                                       HasSubstr("more than 67108864 bytes")));
}

// Tiny messages that would unfold into gigabytes are counted before one of them is made.
TEST(Lcg, MessageBomb) {
  std::string values;
  for (int i = 0; i < 3'000'000; ++i) values += std::string("\x22\x00", 2);
  EXPECT_THAT(ParseLcg(values),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("3000000 values")));
}

// All that is counted is what a graph is made of, attributes of operators and calls included.
TEST(Lcg, MessageLimit) {
  const std::string plain = PlainTiny();
  const int64_t count = 6 + 3 + 3 + 5 + 4;  // values, operators, calls, their attributes
  EXPECT_EQ(CountMessages(plain), count);
  EXPECT_OK(ParseLcg(plain, {.max_messages = count}));
  EXPECT_THAT(ParseLcg(plain, {.max_messages = count - 1}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("at most 20 ")));
}

// The limit is on the unpacked size and inclusive, whether gzipped or not.
TEST(Lcg, SizeLimit) {
  const std::string plain = PlainTiny();
  ASSERT_OK_AND_ASSIGN(const std::string gzipped, Gzip(plain));
  const LcgLimits exact{.max_bytes = static_cast<int64_t>(plain.size())};
  const LcgLimits less{.max_bytes = exact.max_bytes - 1};
  EXPECT_OK(ParseLcg(plain, exact));
  EXPECT_OK(ParseLcg(gzipped, exact));
  EXPECT_THAT(ParseLcg(plain, less), StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("")));
  EXPECT_THAT(ParseLcg(gzipped, less),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("")));
}

// A file of a later latcast says that it is newer, whatever else is in it.
TEST(Lcg, NewerSchema) {
  v1::Graph proto = ToProto(TinyGraph());
  proto.set_schema_version(2);
  proto.mutable_values(0)->set_dtype(static_cast<v1::DType>(99));
  EXPECT_THAT(ParseLcg(proto.SerializeAsString()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("schema version 2: a newer latcast wrote it")));
}

}  // namespace
}  // namespace latcast::import
