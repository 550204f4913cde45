//! Which files of a run may be shown in our own origin. Whatever could carry a script (HTML, SVG, XML, PDF) is not
//! among them, nor is what we do not know.

use std::collections::BTreeSet;

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preview {
    Image,
    Audio,
    Text,
}

/// What we answer for a media type that somebody wrote, with the way in which it is shown.
const SHOWN: [(&str, &str, Preview); 20] = [
    ("image/png", "image/png", Preview::Image),
    ("image/jpeg", "image/jpeg", Preview::Image),
    ("image/gif", "image/gif", Preview::Image),
    ("image/webp", "image/webp", Preview::Image),
    ("image/avif", "image/avif", Preview::Image),
    ("image/bmp", "image/bmp", Preview::Image),
    ("audio/mpeg", "audio/mpeg", Preview::Audio),
    ("audio/mp4", "audio/mp4", Preview::Audio),
    ("audio/aac", "audio/aac", Preview::Audio),
    ("audio/ogg", "audio/ogg", Preview::Audio),
    ("audio/opus", "audio/ogg", Preview::Audio),
    ("audio/wav", "audio/wav", Preview::Audio),
    ("audio/x-wav", "audio/wav", Preview::Audio),
    ("audio/webm", "audio/webm", Preview::Audio),
    ("audio/flac", "audio/flac", Preview::Audio),
    ("text/plain", PLAIN, Preview::Text),
    ("text/csv", PLAIN, Preview::Text),
    ("text/markdown", PLAIN, Preview::Text),
    ("application/json", PLAIN, Preview::Text),
    ("application/x-ndjson", PLAIN, Preview::Text),
];

const PLAIN: &str = "text/plain; charset=utf-8";
const UNKNOWN: &str = "application/octet-stream";

/// How a file of this media type is shown; `None` when it is only handed over to be saved.
pub fn preview(media_type: &str) -> Option<Preview> {
    find(media_type).map(|(_, _, preview)| *preview)
}

/// The media type with which its bytes are answered.
pub fn served_as(media_type: &str) -> &'static str {
    find(media_type).map_or(UNKNOWN, |(_, served, _)| served)
}

/// All media types with which bytes are answered.
pub fn all_served() -> BTreeSet<&'static str> {
    SHOWN.iter().map(|(_, served, _)| *served).chain([UNKNOWN]).collect()
}

fn find(media_type: &str) -> Option<&'static (&'static str, &'static str, Preview)> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    SHOWN.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(essence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_run_is_shown() {
        for (media_type, served, shown) in [
            ("image/png", "image/png", Some(Preview::Image)),
            ("IMAGE/JPEG; q=1", "image/jpeg", Some(Preview::Image)),
            ("audio/x-wav", "audio/wav", Some(Preview::Audio)),
            ("text/csv", PLAIN, Some(Preview::Text)),
            ("text/html", UNKNOWN, None),
            ("text/html; charset=utf-8", UNKNOWN, None),
            ("image/svg+xml", UNKNOWN, None),
            ("application/xhtml+xml", UNKNOWN, None),
            ("application/pdf", UNKNOWN, None),
            ("text/plain, text/html", UNKNOWN, None),
            ("text/plain\r\nX-Evil: 1", UNKNOWN, None),
            ("", UNKNOWN, None),
        ] {
            assert_eq!((served_as(media_type), preview(media_type)), (served, shown), "{media_type}");
        }
    }
}
