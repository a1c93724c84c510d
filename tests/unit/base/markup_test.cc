#include "base/markup.h"

#include <gtest/gtest.h>

namespace latcast {
namespace {

// What would end an element or an attribute, whichever quotes hold it, becomes an entity.
TEST(EscapeMarkupTest, MarkupAndQuotes) {
  EXPECT_EQ(EscapeMarkup("<a b=\"c\" d='e'>&amp;"),
            "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
}

// Characters of every length stay; newlines and tabs too.
TEST(EscapeMarkupTest, KeepsUtf8) {
  const std::string text = "a\tb\nµ € 😀";
  EXPECT_EQ(EscapeMarkup(text), text);
}

// Bytes that are no UTF-8 or no character of XML would make a page ill-formed: cut off, overlong,
// surrogate, beyond Unicode, a lone continuation, control characters of both ranges, a
// noncharacter.
TEST(EscapeMarkupTest, ReplacesWhatIsNoCharacter) {
  const std::string replaced = "\xEF\xBF\xBD";
  EXPECT_EQ(EscapeMarkup("a\xE2\x82"), "a" + replaced + replaced);
  EXPECT_EQ(EscapeMarkup("\xC0\xAF"), replaced + replaced);
  EXPECT_EQ(EscapeMarkup("\xE0\x80\xAF").substr(0, 3), replaced);
  EXPECT_EQ(EscapeMarkup("\xED\xA0\x80").substr(0, 3), replaced);
  EXPECT_EQ(EscapeMarkup("\xF4\x90\x80\x80").substr(0, 3), replaced);
  EXPECT_EQ(EscapeMarkup("\x80z"), replaced + "z");
  EXPECT_EQ(EscapeMarkup(std::string("\0\x1b\x7f", 3)), replaced + replaced + replaced);
  EXPECT_EQ(EscapeMarkup("\xC2\x85").substr(0, 3), replaced);
  EXPECT_EQ(EscapeMarkup("\xEF\xBF\xBF").substr(0, 3), replaced);
}

}  // namespace
}  // namespace latcast
