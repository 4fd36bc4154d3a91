//! Text made safe for XML and HTML.
//!
//! What a scan or a careless engine may hold (`<script>`, quotes, control characters) must not become markup, nor make
//! the file unreadable. Characters XML 1.0 cannot hold at all become U+FFFD: seen, and not lost without a trace.

use std::borrow::Cow;

/// `text` as it may stand in an attribute's value or an element's content.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| replacement(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match replacement(c) {
            Some(instead) => safe.push_str(instead),
            None => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        '\t' => "&#9;",
        '\n' => "&#10;",
        '\r' => "&#13;",
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => "\u{fffd}",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_and_control_characters_are_made_harmless() {
        assert_eq!(
            escape("<script>alert(\"a\" & 'b')</script>"),
            "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;"
        );
        assert_eq!(escape("a\u{0}b\u{b}c\u{ffff}\nd"), "a\u{fffd}b\u{fffd}c\u{fffd}&#10;d");
        assert!(matches!(escape("Kế hoạch số 265/KH-UBND"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn nothing_that_could_end_a_value_or_begin_a_tag_is_left(text in "\\PC*|[\\x00-\\x7f]*") {
            let safe = escape(&text);
            let harmless = |c: char| !matches!(c, '<' | '>' | '"' | '\'') && c >= ' ';
            prop_assert!(safe.chars().all(harmless));
        }
    }
}
