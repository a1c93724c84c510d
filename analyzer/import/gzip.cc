#include "analyzer/import/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace latcast::import {
namespace {

constexpr int kGzipWindow = 16 + MAX_WBITS;  // zlib's name for "with a gzip header"

Bytef* Input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
}

}  // namespace

bool IsGzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

absl::StatusOr<std::string> Gunzip(std::string_view bytes, int64_t max_bytes) {
  const absl::Status too_large =
      absl::ResourceExhaustedError(absl::StrCat("more than ", max_bytes, " bytes when unpacked"));
  if (bytes.size() > std::numeric_limits<uInt>::max()) return too_large;
  z_stream stream = {};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return absl::InternalError("zlib: no memory");
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> closer(&stream, &inflateEnd);
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());

  std::string content;
  char buffer[1 << 14];
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof(buffer);
    state = inflate(&stream, Z_NO_FLUSH);
    const size_t count = sizeof(buffer) - stream.avail_out;
    if (static_cast<int64_t>(content.size() + count) > max_bytes) return too_large;
    content.append(buffer, count);
  }
  if (state == Z_BUF_ERROR) return absl::InvalidArgumentError("truncated gzip data");
  if (state != Z_STREAM_END) {
    return absl::InvalidArgumentError(absl::StrCat("corrupt gzip data",
                                                   stream.msg == nullptr ? "" : ": ",
                                                   stream.msg == nullptr ? "" : stream.msg));
  }
  if (stream.avail_in != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(stream.avail_in, " bytes behind the end of the gzip data"));
  }
  return content;
}

absl::StatusOr<std::string> Gzip(std::string_view content) {
  if (content.size() > std::numeric_limits<uInt>::max()) {
    return absl::ResourceExhaustedError("more than 4 GiB to pack");
  }
  z_stream stream = {};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return absl::InternalError("zlib: no memory");
  }
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> closer(&stream, &deflateEnd);
  std::string bytes(deflateBound(&stream, content.size()), '\0');
  stream.next_in = Input(content);
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
    return absl::InternalError("zlib: deflate failed");
  bytes.resize(stream.total_out);
  return bytes;
}

}  // namespace latcast::import
