#include "base/markup.h"

#include <cstddef>
#include <cstdint>

namespace latcast {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

uint32_t Byte(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

bool IsContinuation(std::string_view text, size_t i) {
  return i < text.size() && (Byte(text, i) & 0xC0U) == 0x80U;
}

// The length of the character of several bytes that begins at `i`; 0 where there is none that is
// well formed (RFC 3629) and allowed in XML.
size_t CharacterLength(std::string_view text, size_t i) {
  const uint32_t lead = Byte(text, i);
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  uint32_t code = lead & (0x7FU >> length);
  for (size_t k = 1; k < length; ++k) {
    if (!IsContinuation(text, i + k)) return 0;
    code = code << 6U | (Byte(text, i + k) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  const bool control = code < 0xA0;  // C1
  const bool none = overlong || surrogate || control || code > 0x10FFFF;
  return none || code == 0xFFFE || code == 0xFFFF ? 0 : length;
}

}  // namespace

std::string EscapeMarkup(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '&':
        out += "&amp;";
        continue;
      case '<':
        out += "&lt;";
        continue;
      case '>':
        out += "&gt;";
        continue;
      case '"':
        out += "&quot;";
        continue;
      case '\'':
        out += "&#39;";
        continue;
      default:
        break;
    }
    const uint32_t byte = Byte(text, i);
    if (byte < 0x80) {
      const bool allowed = (byte >= 0x20 && byte != 0x7F) || byte == '\t' || byte == '\n';
      allowed ? out.push_back(text[i]) : static_cast<void>(out += kReplacement);
      continue;
    }
    const size_t length = CharacterLength(text, i);
    if (length == 0) {
      out += kReplacement;
      continue;
    }
    out += text.substr(i, length);
    i += length - 1;
  }
  return out;
}

}  // namespace latcast
