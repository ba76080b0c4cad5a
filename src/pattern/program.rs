//! What a pattern is compiled to: steps that say where to go on, relative to themselves. So a part can be copied.

use alloc::vec;
use alloc::vec::Vec;

/// One step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// This character.
    Character(char),
    /// One of a class: its ranges stand in the program from `first` up to `end`.
    Class {
        first: u16,
        end: u16,
        negated: bool,
        ignores_case: bool,
    },
    /// Goes on at both; the one that is `preferred` comes first.
    Split { preferred: i16, other: i16 },
    /// Goes on there.
    Jump(i16),
    /// A group begins (even) or ends (odd); half of it is the group's number, from 0.
    Group(u16),
    /// Goes on where this holds.
    Look(Look),
    /// Goes on without what was seen of the first group.
    Forget,
    /// A round of a repetition begins.
    Round,
    /// Goes on where a character was taken in this round.
    Progress,
}

/// What holds between two characters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Look {
    Start,
    End,
    LineStart,
    LineEnd,
    WordBoundary,
    NoWordBoundary,
}

/// The steps, from the first to behind the last, where the pattern has matched.
#[derive(Clone, Debug, Default)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) ranges: Vec<(u32, u32)>,
}

impl Program {
    pub(super) fn has_group(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Group(_)))
    }

    /// Whether a class holds a character.
    pub(super) fn holds(&self, class: (u16, u16), ignores_case: bool, character: char) -> bool {
        let ranges = self
            .ranges
            .get(usize::from(class.0)..usize::from(class.1))
            .unwrap_or_default();
        let is_in = |character: char| {
            let code = u32::from(character);
            ranges.iter().any(|&(from, to)| from <= code && code <= to)
        };
        is_in(character) || ignores_case && is_in(other_case(character))
    }
}

/// The letter in its other case, for the letters of ASCII.
pub(super) fn other_case(character: char) -> char {
    if character.is_ascii_lowercase() {
        character.to_ascii_uppercase()
    } else {
        character.to_ascii_lowercase()
    }
}

/// Whether steps can be gone through without a character.
pub(super) fn may_be_empty(part: &[Step]) -> bool {
    let mut seen = vec![false; part.len()];
    let mut waiting = vec![0_usize];
    while let Some(at) = waiting.pop() {
        if seen
            .get_mut(at)
            .is_some_and(|seen| core::mem::replace(seen, true))
        {
            continue;
        }
        match part.get(at) {
            None => return true,
            Some(Step::Character(_) | Step::Class { .. }) => {}
            Some(&Step::Jump(by)) => waiting.push(at.saturating_add_signed(by.into())),
            Some(&Step::Split { preferred, other }) => {
                for by in [preferred, other] {
                    waiting.push(at.saturating_add_signed(by.into()));
                }
            }
            Some(_) => waiting.push(at + 1),
        }
    }
    false
}
