//! What is shown of the log of a row that failed: the failures, wherever in it they stand.

/// So much is shown of one failure, and of a log in which none is found.
const LINES: usize = 100;

/// Each failure that a test runner wrote into the log, or the log's end where there is none.
pub(crate) fn excerpt(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let failures: Vec<_> = (0..lines.len()).filter_map(|at| failure(&lines[at..])).collect();
    if failures.is_empty() {
        let left_out = lines.len().saturating_sub(LINES);
        let note = if left_out > 0 {
            format!("({left_out} lines before)\n")
        } else {
            String::new()
        };
        return note + &lines[left_out..].join("\n");
    }
    failures
        .iter()
        .map(|failure| failure.join("\n"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The failure that begins with the first of these lines.
fn failure<'a, 'b>(lines: &'a [&'b str]) -> Option<&'a [&'b str]> {
    let first = lines.first()?;
    let is_last: Box<dyn Fn(&str) -> bool> = if *first == "failures:" {
        // Both lists of cargo test: what each failed test wrote, and their names.
        Box::new(|line| line == "failures:" || line.starts_with("test result: "))
    } else if first.trim_start().starts_with("not ok ") {
        let indent = first.len() - first.trim_start().len();
        let end = format!("{}...", " ".repeat(indent + 2));
        Box::new(move |line| line == end)
    } else {
        return None;
    };
    let rest = lines.iter().skip(1).position(|line| is_last(line));
    let length = rest.map_or(lines.len(), |rest| rest + 2);
    lines.get(..length.min(LINES))
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
        let failed = "failures:\n\n---- a stdout ----\nleft: 1\n\nfailures:\n    a\n\n";
        let result = "test result: FAILED. 1 passed; 1 failed; 0 ignored\n";
        let log = format!(
            "test a ... FAILED\n{failed}{result}{}",
            "test b ... ok\n".repeat(500)
        );
        let shown = excerpt(&log);
        assert!(shown.contains("left: 1") && shown.contains("    a\n"), "{shown}");
        assert!(shown.ends_with(result.trim_end()), "{shown}");
    }

    #[test]
    fn a_long_failure_is_cut_and_a_log_without_one_gives_its_end() {
        let long = format!("not ok 1 - long\n{}", "  x\n".repeat(1000));
        assert_eq!(excerpt(&long).lines().count(), LINES);
        let lines: Vec<_> = (1..=LINES + 7).map(|number| number.to_string()).collect();
        let shown = excerpt(&lines.join("\n"));
        assert!(shown.starts_with("(7 lines before)\n8\n"), "{shown}");
        assert!(shown.ends_with(&format!("\n{}", LINES + 7)), "{shown}");
        assert_eq!(excerpt("only this\n"), "only this");
    }
}
