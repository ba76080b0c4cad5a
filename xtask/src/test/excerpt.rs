//! What is shown of the log of a row that failed: the failures, wherever in it they stand.

/// So much is shown of one failure, and of a log in which none is found.
const LINES: usize = 100;

/// Each failure that a test runner wrote into the log, or the log's end where there is none.
pub(crate) fn excerpt(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let failures: Vec<_> = (0..lines.len())
        .filter_map(|at| failure(&lines[at..]))
        .flatten()
        .collect();
    if failures.is_empty() {
        let left_out = lines.len().saturating_sub(LINES);
        let note = if left_out > 0 {
            format!("({left_out} lines before)\n")
        } else {
            String::new()
        };
        return note + &lines[left_out..].join("\n");
    }
    failures.join("\n")
}

/// The failure that begins with the first of these lines.
fn failure<'b>(lines: &[&'b str]) -> Option<Vec<&'b str>> {
    let (first, rest) = lines.split_first()?;
    let body = first.trim_start();
    let length = if first.starts_with("---- ") && first.ends_with(" stdout ----") {
        // What a test of cargo wrote, up to the next one or the list of their names.
        rest.iter()
            .position(|line| line.starts_with("---- ") || *line == "failures:")
    } else if body.starts_with("not ok ") {
        let end = format!("{}...", " ".repeat(first.len() - body.len() + 2));
        rest.iter().position(|line| *line == end).map(|end| end + 1)
    } else {
        return None;
    };
    let whole = lines.iter().copied().take(1 + length.unwrap_or(rest.len()));
    let left_out = whole.len().saturating_sub(LINES);
    let note = (left_out > 0).then_some("(more lines of it are in the log)");
    Some(whole.take(LINES).chain(note).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_shown_with_what_they_wrote_and_nothing_else() {
        let passed = "ok 1 - good\n  ---\n  duration_ms: 1\n  ...\n";
        let inner =
            "    not ok 1 - bad\n      ---\n      error: |-\n        1\n        ...\n        2\n      ...\n";
        let outer = "not ok 2 - suite\n  ---\n  error: '1 subtest failed'\n  ...\n";
        let log = format!(
            "{passed}# Subtest: suite\n{inner}    1..1\n{outer}{passed}{}",
            passed.repeat(200)
        );
        assert_eq!(excerpt(&log), format!("{inner}{outer}").trim_end());
    }

    #[test]
    fn failures_of_cargo_test_are_shown_though_other_tests_ran_after_them() {
        let long = "x\n".repeat(1000);
        let second = "---- b stdout ----\nleft: 1\n\n";
        let failed = format!("failures:\n\n---- a stdout ----\n{long}{second}failures:\n    a\n    b\n\n");
        let log = format!("test a ... FAILED\n{failed}{}", "test c ... ok\n".repeat(500));
        let shown = excerpt(&log);
        assert!(shown.starts_with("---- a stdout ----\nx\n"), "{shown}");
        assert!(shown.trim_end().ends_with(second.trim_end()), "{shown}");
        assert_eq!(shown.matches("x\n").count(), LINES - 1);
    }

    #[test]
    fn a_long_failure_is_cut_and_a_log_without_one_gives_its_end() {
        let long = format!("not ok 1 - long\n{}", "  x\n".repeat(1000));
        let shown = excerpt(&long);
        assert_eq!(shown.lines().count(), LINES + 1);
        assert!(shown.ends_with("in the log)"), "{shown}");
        let lines: Vec<_> = (1..=LINES + 7).map(|number| number.to_string()).collect();
        let shown = excerpt(&lines.join("\n"));
        assert!(shown.starts_with("(7 lines before)\n8\n"), "{shown}");
        assert!(shown.ends_with(&format!("\n{}", LINES + 7)), "{shown}");
        assert_eq!(excerpt("only this\n"), "only this");
    }
}
