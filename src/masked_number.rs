//! A number as logs may hold it.

use alloc::string::String;

use crate::number::Number;

/// The number with all but its beginning and end hidden: `+1415*****00`. Of a short one less is shown.
///
/// ```
/// use quickcall::{Number, NumberFilter, Path, Value, masked};
///
/// let (number, _) = Number::filter(&Value::from("+14155550100"), &NumberFilter::default(), Path::Root).unwrap();
/// assert_eq!(masked(&number), "+1415*****00");
/// ```
pub fn masked(number: &Number) -> String {
    let text = number.as_str();
    let (start, end) = match text.len() {
        0..=3 => (0, 0),
        4..=7 => (1, 1),
        8..=10 => (3, 1),
        _ => (5, 2),
    };
    let behind = text.len().saturating_sub(end);
    let hide = |(place, character)| {
        if (start..behind).contains(&place) {
            '*'
        } else {
            character
        }
    };
    text.chars().enumerate().map(hide).collect()
}
