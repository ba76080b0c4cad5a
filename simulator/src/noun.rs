//! The words of the API: a part of a path that is one of them is taken for it, an id or a number too.

/// Whether `word` is a noun of release 4.3.
pub(crate) fn is_noun(word: &str) -> bool {
    NOUNS.contains(&word)
}

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "about", "accounts", "acls", "alerts", "allotments", "apps_link", "apps_store", "auth",
    "basic_auth", "blacklists", "bulk", "call_inspector", "callflows", "cdrs", "channels",
    "clicktocall", "comments", "conferences", "configs", "connectivity", "contact_list", "devices",
    "dialplans", "directories", "faxboxes", "faxes", "freeswitch", "global_provisioner_templates",
    "groups", "hotdesks", "ip_auth", "ips", "ledgers", "limits", "lists", "local_provisioner_templates",
    "local_resources", "media", "menus", "metaflows", "migrations", "mms", "multi_factor", "noauthn",
    "noauthz", "notifications", "onboard", "parked_calls", "phone_numbers", "pivot", "port_requests",
    "presence", "profile", "queues", "quickcall", "rate_limits", "rates", "recordings", "registrations",
    "resource_selectors", "resource_templates", "resources", "schemas", "search", "security",
    "services", "shared_auth", "simple_authz", "skels", "sms", "storage", "sup", "system_configs",
    "tasks", "templates", "temporal_rules", "temporal_rules_sets", "tests", "token_auth",
    "token_restrictions", "transactions", "ubiquiti_auth", "user_auth", "users", "vmboxes", "webhooks",
    "websockets", "whitelabel",
];
