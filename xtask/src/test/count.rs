//! Counting single tests in what a test runner printed.

/// How a row's output tells its tests.
#[derive(Clone, Copy)]
pub(crate) enum Counted {
    /// The row is one test.
    AsOne,
    /// `test result: ok. 3 passed; 0 failed; 0 ignored; …`, as cargo test and wasm-bindgen-test print.
    TestResults,
    /// `# pass 3` and so on, as `node --test` prints with the reporter `tap`.
    Tap,
}

/// Numbers of tests.
#[derive(Clone, Copy, Default, Debug, PartialEq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Found and not run.
    skipped: u64,
}

impl Count {
    pub(crate) fn add(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counted {
    /// The tests of a row that ended with `failure`, or well. A row fails too when no test ran, or one was skipped: a
    /// check that was left out is not a check that passed.
    ///
    /// # Errors
    /// The count, with at least one failed test, and the reason.
    pub(crate) fn judge(self, output: &str, failure: Option<String>) -> Result<Count, (Count, String)> {
        let mut count = match self {
            Counted::AsOne => Count {
                passed: u64::from(failure.is_none()),
                ..Count::default()
            },
            Counted::TestResults => test_results(output),
            Counted::Tap => tap(output),
        };
        let reason = if let Some(reason) = failure {
            reason
        } else if count.failed > 0 {
            format!("{} tests failed", count.failed)
        } else if count.passed == 0 {
            "no test ran".to_owned()
        } else if count.skipped > 0 {
            format!("{} tests were skipped", count.skipped)
        } else {
            return Ok(count);
        };
        count.failed = count.failed.max(1);
        Err((count, reason))
    }
}

fn test_results(output: &str) -> Count {
    let mut total = Count::default();
    for line in output.lines() {
        let Some((_, numbers)) = line.split_once("test result: ") else {
            continue;
        };
        for part in numbers.split([';', '.']) {
            match number_before_word(part) {
                Some((number, "passed")) => total.passed += number,
                Some((number, "failed")) => total.failed += number,
                Some((number, "ignored")) => total.skipped += number,
                _ => {}
            }
        }
    }
    total
}

fn number_before_word(text: &str) -> Option<(u64, &str)> {
    let (number, word) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, word))
}

fn tap(output: &str) -> Count {
    // The last of each, because what a test writes becomes a comment too, and the summary comes after all tests.
    let last = |word: &str| {
        let number_of = |line: &str| {
            line.strip_prefix("# ")?
                .strip_prefix(word)?
                .trim()
                .parse::<u64>()
                .ok()
        };
        output.lines().rev().find_map(number_of).unwrap_or(0)
    };
    Count {
        passed: last("pass "),
        failed: last("fail ") + last("cancelled "),
        skipped: last("skipped ") + last("todo "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "running 2 tests\ntest a ... ok\n\
        test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
        test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s\n";
    const NODE: &str = "# tests 4\n# suites 1\n# pass 4\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n";

    fn count(passed: u64, failed: u64, skipped: u64) -> Count {
        Count {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn tests_are_added_up() {
        assert_eq!(Counted::TestResults.judge(CARGO, None), Ok(count(7, 0, 0)));
        assert_eq!(Counted::Tap.judge(NODE, None), Ok(count(4, 0, 0)));
        assert_eq!(
            Counted::Tap.judge(&format!("# pass 9\n# fail 9\n{NODE}"), None),
            Ok(count(4, 0, 0))
        );
        assert_eq!(Counted::AsOne.judge("", None), Ok(count(1, 0, 0)));
    }

    #[test]
    fn a_row_fails_when_a_test_failed_was_skipped_or_none_ran() {
        let cases = [
            (
                Counted::TestResults,
                CARGO.replace("5 passed; 0 failed", "4 passed; 1 failed"),
                count(6, 1, 0),
            ),
            (
                Counted::TestResults,
                CARGO.replace("0 ignored", "1 ignored"),
                count(7, 1, 2),
            ),
            (
                Counted::TestResults,
                "no tests to run!\n".to_owned(),
                count(0, 1, 0),
            ),
            (Counted::Tap, NODE.replace("fail 0", "fail 2"), count(4, 2, 0)),
            (
                Counted::Tap,
                NODE.replace("cancelled 0", "cancelled 1"),
                count(4, 1, 0),
            ),
            (
                Counted::Tap,
                NODE.replace("skipped 0", "skipped 1"),
                count(4, 1, 1),
            ),
            (Counted::Tap, NODE.replace("todo 0", "todo 1"), count(4, 1, 1)),
            (Counted::Tap, String::new(), count(0, 1, 0)),
        ];
        for (counted, output, expected) in cases {
            assert_eq!(counted.judge(&output, None).unwrap_err().0, expected, "{output}");
        }
    }

    #[test]
    fn a_command_that_failed_is_a_failure_whatever_was_counted() {
        for counted in [Counted::AsOne, Counted::TestResults, Counted::Tap] {
            let (count, reason) = counted
                .judge(CARGO, Some("ended with 101".to_owned()))
                .unwrap_err();
            assert_eq!((count.failed, reason.as_str()), (1, "ended with 101"));
        }
    }
}
