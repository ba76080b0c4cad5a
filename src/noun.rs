//! The nouns of the server's API. A part of a path that equals one is taken for that noun.

/// Every noun of Kazoo 4.3, sorted.
const NOUNS: &[&str] = &[
    "about",
    "accounts",
    "acls",
    "alerts",
    "allotments",
    "apps_link",
    "apps_store",
    "auth",
    "basic_auth",
    "blacklists",
    "bulk",
    "call_inspector",
    "callflows",
    "cdrs",
    "channels",
    "clicktocall",
    "comments",
    "conferences",
    "configs",
    "connectivity",
    "contact_list",
    "devices",
    "dialplans",
    "directories",
    "faxboxes",
    "faxes",
    "freeswitch",
    "global_provisioner_templates",
    "groups",
    "hotdesks",
    "ip_auth",
    "ips",
    "ledgers",
    "limits",
    "lists",
    "local_provisioner_templates",
    "local_resources",
    "media",
    "menus",
    "metaflows",
    "migrations",
    "mms",
    "multi_factor",
    "noauthn",
    "noauthz",
    "notifications",
    "onboard",
    "parked_calls",
    "phone_numbers",
    "pivot",
    "port_requests",
    "presence",
    "profile",
    "queues",
    "quickcall",
    "rate_limits",
    "rates",
    "recordings",
    "registrations",
    "resource_selectors",
    "resource_templates",
    "resources",
    "schemas",
    "search",
    "security",
    "services",
    "shared_auth",
    "simple_authz",
    "skels",
    "sms",
    "storage",
    "sup",
    "system_configs",
    "tasks",
    "templates",
    "temporal_rules",
    "temporal_rules_sets",
    "tests",
    "token_auth",
    "token_restrictions",
    "transactions",
    "ubiquiti_auth",
    "user_auth",
    "users",
    "vmboxes",
    "webhooks",
    "websockets",
    "whitelabel",
];

/// Whether the server takes `segment`, a part of a path, for one of its nouns. Case counts.
pub(crate) fn is_noun(segment: &str) -> bool {
    // Nearly every number and id has something that no noun has.
    segment.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')) && NOUNS.binary_search(&segment).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nouns_are_sorted() {
        assert!(NOUNS.is_sorted());
        assert!(NOUNS.iter().all(|noun| is_noun(noun)));
        assert!(!is_noun("Users"));
    }
}
