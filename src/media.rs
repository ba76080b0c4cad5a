//! Where the media of the call runs.

/// The option `media`. The server reads exactly `bypass`, and takes anything else for `process`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// From phone to phone, past the switch.
    Bypass,
    /// Through the switch.
    Process,
}

impl Media {
    /// The value as the API document writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Media::Bypass => "bypass",
            Media::Process => "process",
        }
    }

    pub(crate) fn find(text: &str) -> Option<Media> {
        [Media::Bypass, Media::Process]
            .into_iter()
            .find(|media| media.as_str() == text)
    }
}
