//! The search: all ways through a program at once, in the order in which they are preferred (a Pike VM). Its time is that of
//! the text times that of the program, whatever the pattern.

use alloc::vec;
use alloc::vec::Vec;

use super::program::{Look, Program, Step};

/// Where the first group begins and ends, in bytes.
type Group = (Option<usize>, Option<usize>);

/// A way: its step, and what it has seen of the group.
type Way = (usize, Group);

struct Search<'a> {
    program: &'a Program,
    text: &'a str,
    /// For each step, behind which byte it was last reached: no way is followed twice from one place.
    reached: Vec<usize>,
    /// Ways that are still to be followed, the preferred ones last.
    waiting: Vec<Way>,
}

pub(super) fn first_group<'a>(program: &Program, text: &'a str) -> Option<(usize, &'a str)> {
    let end = program.steps.len();
    let mut search = Search {
        program,
        text,
        reached: vec![0; end + 1],
        waiting: Vec::new(),
    };
    let mut ways: Vec<Way> = Vec::new();
    let mut next_ways: Vec<Way> = Vec::new();
    let mut found: Option<Group> = None;
    let mut at = 0;
    loop {
        if found.is_none() {
            search.follow((0, (None, None)), at, &mut ways);
        } else if ways.is_empty() {
            break;
        }
        let character = text.get(at..).and_then(|rest| rest.chars().next());
        let next = at + character.map_or(1, char::len_utf8);
        for (step, group) in ways.drain(..) {
            if step == end {
                found = Some(group);
                // What is left is preferred less.
                break;
            }
            if character.is_some_and(|character| search.takes(step, character)) {
                search.follow((step + 1, group), next, &mut next_ways);
            }
        }
        if character.is_none() {
            break;
        }
        core::mem::swap(&mut ways, &mut next_ways);
        at = next;
    }
    let (Some(from), Some(to)) = found? else {
        return None;
    };
    Some((from, text.get(from..to)?))
}

impl Search<'_> {
    fn takes(&self, step: usize, character: char) -> bool {
        match self.program.steps.get(step) {
            Some(Step::Character(wanted)) => *wanted == character,
            Some(&Step::Class {
                first,
                end,
                negated,
                ignores_case,
            }) => self.program.holds((first, end), ignores_case, character) != negated,
            _ => false,
        }
    }

    /// Follows a way over all steps that take no character, and keeps the ways up to those that take one.
    fn follow(&mut self, way: Way, at: usize, ways: &mut Vec<Way>) {
        self.waiting.push(way);
        while let Some((mut step, mut group)) = self.waiting.pop() {
            loop {
                match self.reached.get_mut(step) {
                    Some(reached) if *reached <= at => *reached = at + 1,
                    _ => break,
                }
                match self.program.steps.get(step) {
                    Some(&Step::Jump(by)) => step = step.saturating_add_signed(by.into()),
                    Some(&Step::Split { preferred, other }) => {
                        self.waiting
                            .push((step.saturating_add_signed(other.into()), group));
                        step = step.saturating_add_signed(preferred.into());
                    }
                    Some(&Step::Group(side)) => {
                        match side {
                            0 => group.0 = Some(at),
                            1 => group.1 = Some(at),
                            _ => {}
                        }
                        step += 1;
                    }
                    Some(&Step::Look(look)) if !self.holds(look, at) => break,
                    Some(Step::Look(_)) => step += 1,
                    Some(Step::Character(_) | Step::Class { .. }) | None => {
                        ways.push((step, group));
                        break;
                    }
                }
            }
        }
    }

    fn holds(&self, look: Look, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
        let behind = bytes.get(at).copied();
        let is_word =
            |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let boundary = is_word(before) != is_word(behind);
        match look {
            Look::Start => before.is_none(),
            Look::End => behind.is_none(),
            Look::LineStart => before.is_none_or(|byte| byte == b'\n'),
            Look::LineEnd => behind.is_none_or(|byte| byte == b'\n'),
            Look::WordBoundary => boundary,
            Look::NoWordBoundary => !boundary,
        }
    }
}
