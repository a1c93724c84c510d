// Text for HTML and SVG.
#ifndef LATCAST_BASE_MARKUP_H_
#define LATCAST_BASE_MARKUP_H_

#include <string>
#include <string_view>

namespace latcast {

// Any bytes as the content of an element or the value of a quoted attribute: markup and quotes
// become entities, what is no UTF-8 or no character of XML (control characters but for tab and
// newline, surrogates, U+FFFE and U+FFFF) becomes U+FFFD.
std::string EscapeMarkup(std::string_view text);

}  // namespace latcast

#endif  // LATCAST_BASE_MARKUP_H_
