//! Numbers for what reads times and lengths that others wrote.

use proptest::prelude::*;

/// A number as a clock that is wrong, or a store, may say it.
pub(crate) fn any_number() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        Just(i64::MIN),
        Just(i64::MAX),
        -2i64..3,
        0..9_007_199_254_740_993i64
    ]
}
