//! Emergency numbers: what no page may dial.

use crate::country_code::{behind, country_code};

/// Numbers of police, fire and ambulance services in some country, but those that are dialled like any other number there.
const NUMBERS: &str = "000 001 002 003 01 011 019 02 022 03 033 050 060 061 062 065 066 068 080 085 088 091 092 10 100 101 \
                       102 103 104 105 106 107 108 109 11 110 111 112 113 114 115 116 117 118 119 12 120 122 123 124 125 \
                       126 127 128 129 13 130 131 132 133 14 140 144 15 150 151 152 153 154 155 156 157 158 159 16 160 166 \
                       17 170 171 172 175 177 18 180 188 19 190 191 192 193 194 195 196 197 198 199 211 311 333 355 511 555 \
                       666 819 888 90 901 902 903 907 91 910 911 912 913 917 919 92 922 93 933 939 94 955 977 986 988 990 \
                       991 992 993 994 995 996 997 998 999 1122 1155 1220 1298 1300 1444 1515 1669 1730 1777 1990 2611 8200 \
                       9999 10111 10177 90000";

/// The country code of Gabon, where 1300 to 1399 are such. As an extension only the first is taken for one.
const GABON: &str = "241";

/// What every mobile phone takes for one, with or without a card (3GPP TS 22.101), and people may write with a `+`.
const EVERYWHERE: &str = "000 08 110 112 118 119 911 999";

/// Those of North America, where a `1` stands before long-distance numbers.
const AMERICAN: &str = "911 112 988 999";

/// The most digits of an extension, or of a number behind a country code that is dialled like one.
const SHORT: usize = 6;

/// Whether a phone system may take these digits for an emergency number: as they are, or behind the `0` or `9` that many
/// systems want before an outside line, however often, and the `1` of North America.
pub(crate) fn is_emergency(digits: &str) -> bool {
    is_dialled_as_one_of(NUMBERS, digits)
}

/// The same, of what is one on every mobile phone.
pub(crate) fn is_emergency_everywhere(digits: &str) -> bool {
    is_dialled_as_one_of(EVERYWHERE, digits)
}

fn is_dialled_as_one_of(numbers: &str, digits: &str) -> bool {
    behind(digits, &['0', '9']).any(|rest| {
        is_one_of(numbers, rest)
            || rest
                .strip_prefix('1')
                .is_some_and(|rest| behind(rest, &['0', '9']).any(|rest| is_one_of(AMERICAN, rest)))
    })
}

/// Whether these digits behind a `+` are an emergency number: one that is such on every mobile phone, or any behind their country
/// code and zeros, which carriers leave out. What is left there is short where it is no number.
pub(crate) fn is_emergency_abroad(digits: &str) -> bool {
    let is_short = |digits: &str| digits.len() <= SHORT;
    let national = digits.get(country_code(digits)..).unwrap_or("");
    (is_short(digits) && is_emergency_everywhere(digits))
        || behind(national, &['0'])
            .any(|rest| is_short(rest) && (is_emergency(rest) || is_of_gabon(digits, rest)))
}

fn is_of_gabon(digits: &str, national: &str) -> bool {
    digits.starts_with(GABON) && national.len() == 4 && national.starts_with("13")
}

fn is_one_of(numbers: &str, digits: &str) -> bool {
    numbers.split([' ']).any(|number| number == digits)
}
