//! Which numbers a handler may call: allowed and denied prefixes, extensions, emergency numbers.

#![cfg(not(target_arch = "wasm32"))]

use quickcall::{Destinations, Number, NumberFilter, Path, Value};

/// Tells of a number whether these destinations allow it.
fn policy(config: &str) -> impl Fn(&str) -> bool {
    let destinations = Destinations::read(&Value::from_json(config).unwrap(), Path::Root).unwrap();
    move |text| {
        let number = Number::filter(&Value::from(text), &NumberFilter::default(), Path::Root);
        destinations.allow(&number.unwrap().0)
    }
}

#[test]
fn emergency_numbers_are_always_denied() {
    let allowed = policy(r#"{"allow": ["+"], "extensions": true}"#);
    let services = [
        "112", "911", "999", "000", "110", "118", "119", "101", "190", "15", "17", "1122", "10111",
    ];
    for service in services {
        for prefix in ["", "0", "9", "00", "99", "+", "+1", "+44", "+420", "+490"] {
            let number = [prefix, service].concat();
            if number.len() > 6 && !number.starts_with('+') {
                continue;
            }
            assert!(!allowed(&number), "{number}");
        }
    }
    // Behind more of them, which carriers and phone systems leave out.
    for number in [
        "+44000999",
        "+9911",
        "+9999",
        "+9000",
        "+908",
        "+440000000000999",
        "+49000112",
        "+10000911",
        "+3539112",
        "+353090112",
        "+7000112",
        "+9980112",
        "+353910111",
        "999911",
        "000112",
        "090911",
        // Behind the 1 of a North American trunk.
        "1911",
        "1112",
        "1999",
        "1988",
        "91911",
        "100911",
        "199911",
        // Those of one country, as an extension and behind its code.
        "124",
        "+387124",
        "175",
        "+961175",
        "170",
        "+225170",
        "130",
        "+238130",
        "90",
        "+50190",
        "94",
        "+38194",
        "001",
        "+998001",
        "033",
        "+370033",
        "068",
        "+52068",
        "157",
        "+420157",
        "188",
        "+243188",
        "333",
        "+1333",
        "555",
        "+252555",
        "666",
        "+855666",
        "819",
        "+850819",
        "922",
        "+676922",
        "955",
        "+672955",
        "1220",
        "+2361220",
        "1298",
        "+911298",
        "1444",
        "+9681444",
        "2611",
        "+912611",
        "90000",
        "+4690000",
        "1300",
        "+2411300",
        "+2411355",
        "+24101399",
    ] {
        assert!(!allowed(number), "{number}");
    }
    for number in [
        "1234",
        "2001",
        "1121",
        "1001",
        "1010",
        "1101",
        "1110",
        "1190",
        "11911",
        "300",
        "1355",
        "+24111300",
        "+2411355001",
        "+4930112112",
        "+14155550911",
        // As short as a number may be.
        "+123",
        "+141",
        "+1415",
        "+14155",
        "+112345678",
        "+999123456",
        // As long as a number is, and with zeros and nines at its beginning or behind what is no country code.
        "+3539910111",
        "+19099090911",
        "+819090009110",
        "+201000000112",
        "+12000000911",
        "+77000000112",
        "+447000000112",
        "+19000000911",
    ] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn a_denied_prefix_wins_over_a_longer_allowed_one() {
    let allowed = policy(
        r#"{"allow": ["+1415", "+14159005550", "20", "2001"], "deny": ["+1415900", "200"], "extensions": true}"#,
    );
    for number in ["+14159005550", "+141590055501", "+14159001234", "2001", "20010"] {
        assert!(!allowed(number), "{number}");
    }
    for number in ["+14155550100", "2010"] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn a_zero_too_many_opens_nothing() {
    let allowed = policy(r#"{"allow": ["+"], "deny": ["+4490", "+1900", "+3906", "+225007"]}"#);
    for number in [
        "+449012345",
        "+4409012345",
        "+44009012345",
        "+19005550100",
        "+109005550100",
        // Where the prefix has a zero of its own.
        "+390612345678",
        "+3900612345678",
        "+39000612345678",
        "+22500712345",
        "+225000712345",
    ] {
        assert!(!allowed(number), "{number}");
    }
    for number in ["+0019005550100", "+01119005550100", "+0900555", "+000"] {
        assert!(!allowed(number), "{number}");
    }
    for number in [
        "+4420794609",
        "+39612345678",
        "+3902123456",
        "+22507123456",
        "+2010123456",
    ] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn the_zero_of_a_number_in_italy_is_a_digit_of_it() {
    let allowed = policy(r#"{"allow": ["+39"], "deny": ["+3989", "+393"]}"#);
    for number in ["+3989123456", "+393321234567", "+390112", "+3900112", "+39112"] {
        assert!(!allowed(number), "{number}");
    }
    for number in ["+39089123456", "+390332123456"] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn what_is_dialled_before_a_number_abroad_stands_behind_no_country_code() {
    let allowed = policy(r#"{"allow": ["+"], "deny": ["+1900", "+882"]}"#);
    for number in [
        "+10118821234567",
        "+10028821234567",
        "+11018821234567",
        "+1101028841555501",
        "+440088212345678",
        "+390088212345678",
        "+610011882123456",
        "+781088212345678",
        "+8101088212345",
        "+8100330108821",
        "+37581088212345",
        "+99281088212345",
        "+99381088212345",
    ] {
        assert!(!allowed(number), "{number}");
    }
    // One zero, or another trunk prefix, is none.
    for number in [
        "+10415555010",
        "+11415555010",
        "+114155550100",
        "+4402079460000",
        "+390612345678",
        "+788121234567",
        "+4481012345678",
        "+810312345678",
        // Mobile phones in Tajikistan, free of charge everywhere, and by satellite.
        "+992001234567",
        "+80000123456",
        "+881001234567",
    ] {
        assert!(allowed(number), "{number}");
    }
}

#[test]
fn extensions_are_called_only_where_the_owner_says_so() {
    for (config, expected) in [
        (r#"{"allow": ["+"]}"#, false),
        (r#"{"allow": [], "extensions": true}"#, true),
    ] {
        assert_eq!(policy(config)("2001"), expected);
    }
    let allowed = policy(r#"{"allow": [], "deny": ["20"], "extensions": true}"#);
    assert!(!allowed("2001") && allowed("2101"));
    // A zero before an extension is a digit of it.
    assert!(allowed("02001"));
}

#[test]
fn what_is_dialled_before_a_number_within_a_country_opens_nothing() {
    let allowed = policy(r#"{"allow": ["+"], "deny": ["+1900", "+7809", "+36690", "+52900", "+44900"]}"#);
    for number in [
        "+119005550100",
        "+1019005550100",
        "+788091234567",
        "+360669012345",
        "+52019001234567",
    ] {
        assert!(!allowed(number), "{number}");
    }
    // Elsewhere such a digit is a part of the number.
    for number in ["+4419001234567", "+4489001234567", "+78121234567", "+36621234567"] {
        assert!(allowed(number), "{number}");
    }
    // So it is in one that is no longer than a number is.
    let allowed = policy(r#"{"allow": ["+"], "deny": ["+76", "+77", "+362", "+3712"]}"#);
    for number in ["+78722671234", "+78612671234", "+3662123456", "+37181234567"] {
        assert!(allowed(number), "{number}");
    }
    for number in ["+77012345678", "+787012345678", "+3606212345678"] {
        assert!(!allowed(number), "{number}");
    }
}

#[test]
fn extensions_that_are_named_are_the_only_ones_and_may_be_emergency_numbers_somewhere() {
    let allowed = policy(r#"{"allow": ["+1", "1", "9"], "extensions": true}"#);
    for number in ["12", "100", "101", "1001", "111", "9001", "+14155550100"] {
        assert!(allowed(number), "{number}");
    }
    for number in [
        "2001", "112", "110", "119", "911", "999", "9112", "99911", "90112", "1911", "91911", "+911", "+101",
    ] {
        assert!(!allowed(number), "{number}");
    }
    assert!(!policy(
        r#"{"allow": ["+1", "10"], "deny": ["101"], "extensions": true}"#
    )("101"));
}

#[test]
fn a_zero_of_an_area_code_is_no_zero_too_many() {
    let allowed = policy(r#"{"allow": ["+"], "deny": ["+4428", "+1976", "+35312"]}"#);
    for number in ["+442081234567", "+19706551234", "+353101234567", "+3531012345"] {
        assert!(allowed(number), "{number}");
    }
    for number in ["+442812345678", "+4402812345678", "+10976555012", "+353012345678"] {
        assert!(!allowed(number), "{number}");
    }
}

#[test]
fn without_extensions_a_denied_prefix_needs_no_plus() {
    let denies = |config: &str| !policy(config)("+19005550100");
    assert!(denies(r#"{"allow": ["+1"], "deny": ["1900"]}"#));
    assert!(denies(
        r#"{"allow": ["+1"], "deny": ["1900"], "extensions": false}"#
    ));
    // With them it is the first digits of extensions.
    assert!(!denies(
        r#"{"allow": ["+1"], "deny": ["1900"], "extensions": true}"#
    ));
}
