//! What lies under a name.

/// What was found under a name. What is kept as text may be unreadable, which is not the same as nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    Nothing,
    Unreadable,
    This(T),
}

impl<T> Found<T> {
    /// What a text says, where there is one.
    pub(crate) fn read(text: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Found<T> {
        match text.map(read) {
            None => Found::Nothing,
            Some(None) => Found::Unreadable,
            Some(Some(this)) => Found::This(this),
        }
    }

    pub(crate) fn as_ref(&self) -> Found<&T> {
        match self {
            Found::Nothing => Found::Nothing,
            Found::Unreadable => Found::Unreadable,
            Found::This(this) => Found::This(this),
        }
    }
}

impl<T> From<Option<T>> for Found<T> {
    fn from(this: Option<T>) -> Found<T> {
        this.map_or(Found::Nothing, Found::This)
    }
}
