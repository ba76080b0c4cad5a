//! The release of Kazoo that is played.

/// A release, as far as its API differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Release {
    /// 4.3, the release of the API document.
    #[default]
    #[value(name = "4.3")]
    V4_3,
    /// 5.
    #[value(name = "5")]
    V5,
}

impl Release {
    /// As it is written on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Release::V4_3 => "4.3",
            Release::V5 => "5",
        }
    }

    /// What answers say of it.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Release::V4_3 => "4.3.0",
            Release::V5 => "5.0.0",
        }
    }
}
