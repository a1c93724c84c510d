// The style sheet and the script of every HTML page (html_page.h).
#ifndef LATCAST_BASE_HTML_ASSETS_H_
#define LATCAST_BASE_HTML_ASSETS_H_

#include <string_view>

namespace latcast {

// Colours are custom properties (--text, --muted, --line, --card, --accent, --accent-soft, --warm,
// --warm-soft), which figures use too, so that they follow light, dark and print.
extern const std::string_view kPageStyle;
// Folds the rows of trees and sorts tables; siblings stay with their parent.
extern const std::string_view kPageScript;

}  // namespace latcast

#endif  // LATCAST_BASE_HTML_ASSETS_H_
