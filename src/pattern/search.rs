//! The search: all ways through a program at once, in the order in which they are preferred (a Pike VM). Its time is that of
//! the text times that of the program, whatever the pattern.

use alloc::vec;
use alloc::vec::Vec;

use super::program::{Look, Program, Step};

/// A way: its step, whether a character was taken in this round of a repetition, and what it has seen of the first group: where that
/// begins and ends, in bytes.
#[derive(Clone, Copy)]
struct Way {
    step: u32,
    moved: bool,
    from: u32,
    to: u32,
}

/// What is not seen yet. Texts are far shorter.
const UNSEEN: u32 = u32::MAX;

/// The way from the start of the program.
const START: Way = Way {
    step: 0,
    moved: true,
    from: UNSEEN,
    to: UNSEEN,
};

/// From how many steps in how many bytes it is worth to look first whether anything matches at all.
const LONG: usize = 8_000;

/// How many steps of states are kept at most.
const KEPT: usize = 100_000;

/// The steps of all ways between two characters. `next` is where they went on when they stood here last, before and behind these
/// `characters`.
#[derive(Default)]
struct State {
    steps: Vec<u32>,
    characters: Option<(Option<char>, Option<char>)>,
    next: usize,
}

struct Search<'a> {
    program: &'a Program,
    text: &'a str,
    /// For each step, without and with a character in this round, behind which byte it was last reached: no way is followed twice from
    /// one place.
    reached: Vec<[u32; 2]>,
    /// Ways that are still to be followed, the preferred ones last.
    waiting: Vec<Way>,
}

/// Whether anything matches; also said of what would take more than it is worth.
pub(super) fn may_match(program: &Program, text: &str) -> bool {
    Search::new(program, text).may_match()
}

/// Where the first group of the leftmost match begins, and its text.
pub(super) fn first_group<'a>(program: &Program, text: &'a str) -> Option<(usize, &'a str)> {
    let steps = program.steps.len();
    if steps * text.len() > LONG && !may_match(program, text) {
        return None;
    }
    let Way { from, to, .. } = Search::new(program, text).best()?;
    // Where a group ends it has begun.
    if to == UNSEEN {
        return None;
    }
    let (from, to) = (from as usize, to as usize);
    Some((from, text.get(from..to)?))
}

impl<'a> Search<'a> {
    fn new(program: &'a Program, text: &'a str) -> Self {
        Search {
            program,
            text,
            reached: vec![[0; 2]; program.steps.len() + 1],
            waiting: Vec::new(),
        }
    }

    /// The way of the match that is preferred.
    fn best(&mut self) -> Option<Way> {
        let mut ways: Vec<Way> = Vec::new();
        let mut next_ways: Vec<Way> = Vec::new();
        let mut found = None;
        let mut at = 0;
        loop {
            if found.is_none() {
                self.follow(START, at, &mut ways);
            } else if ways.is_empty() {
                return found;
            }
            let character = self.character(at);
            let next = at + character.map_or(1, char::len_utf8);
            for &way in &ways {
                if self.is_end(way.step) {
                    found = Some(way);
                    // What is left is preferred less.
                    break;
                }
                self.advance(way, character, next, &mut next_ways);
            }
            ways.clear();
            if character.is_none() {
                return found;
            }
            core::mem::swap(&mut ways, &mut next_ways);
            at = next;
        }
    }

    /// Whether anything may match. Where a state goes on is kept (a lazy DFA): the texts that take longest come to the same states
    /// again and again.
    fn may_match(&mut self) -> bool {
        let mut states = vec![State::default()];
        let (mut now, mut at) = (0, 0);
        let mut before = None;
        let mut kept = 0;
        loop {
            let behind = self.character(at);
            let Some(state) = states.get(now) else {
                return false;
            };
            if state.characters == Some((before, behind)) {
                now = state.next;
            } else {
                let mut ways: Vec<Way> = Vec::new();
                for &step in &state.steps {
                    self.advance(Way { step, ..START }, before, at, &mut ways);
                }
                self.follow(START, at, &mut ways);
                if ways.iter().any(|way| self.is_end(way.step)) {
                    return true;
                }
                let steps = self.steps_at(at as u32);
                let next = states
                    .iter()
                    .position(|state| state.steps == steps)
                    .unwrap_or(states.len());
                if let Some(state) = states.get_mut(now) {
                    state.characters = Some((before, behind));
                    state.next = next;
                }
                if next == states.len() {
                    kept += steps.len();
                    if kept > KEPT {
                        return true;
                    }
                    states.push(State {
                        steps,
                        ..State::default()
                    });
                }
                now = next;
            }
            let Some(character) = behind else { return false };
            before = behind;
            at += character.len_utf8();
        }
    }

    /// The steps that wait for a character here, in the order of the program: which way is preferred makes no difference.
    fn steps_at(&self, place: u32) -> Vec<u32> {
        let mut steps = Vec::new();
        for ((step, reached), number) in self.program.steps.iter().zip(&self.reached).zip(0..) {
            if matches!(step, Step::Character(_) | Step::Class { .. })
                && reached.iter().any(|reached| *reached > place)
            {
                steps.push(number);
            }
        }
        steps
    }

    fn character(&self, at: usize) -> Option<char> {
        match self.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    fn is_end(&self, step: u32) -> bool {
        step as usize == self.program.steps.len()
    }

    /// Follows a way behind a character, where it takes that.
    fn advance(&mut self, way: Way, character: Option<char>, next: usize, ways: &mut Vec<Way>) {
        if character.is_some_and(|character| self.takes(way.step, character)) {
            let step = way.step + 1;
            let moved = true;
            self.follow(Way { step, moved, ..way }, next, ways);
        }
    }

    fn takes(&self, step: u32, character: char) -> bool {
        match self.program.steps.get(step as usize) {
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
    fn follow(&mut self, mut way: Way, at: usize, ways: &mut Vec<Way>) {
        let place = at as u32;
        loop {
            let step = way.step as usize;
            let reached = self
                .reached
                .get_mut(step)
                .and_then(|two| two.get_mut(usize::from(way.moved)));
            let is_new = reached.is_some_and(|reached| core::mem::replace(reached, place + 1) <= place);
            match self.program.steps.get(step) {
                _ if !is_new => {}
                Some(&Step::Jump(by)) => {
                    way.step = way.step.saturating_add_signed(by.into());
                    continue;
                }
                Some(&Step::Split { preferred, other }) => {
                    let step = way.step.saturating_add_signed(other.into());
                    self.waiting.push(Way { step, ..way });
                    way.step = way.step.saturating_add_signed(preferred.into());
                    continue;
                }
                Some(&Step::Group(side)) => {
                    match side {
                        0 => way.from = place,
                        1 => way.to = place,
                        _ => {}
                    }
                    way.step += 1;
                    continue;
                }
                Some(Step::Forget) => {
                    (way.from, way.to) = (UNSEEN, UNSEEN);
                    way.step += 1;
                    continue;
                }
                Some(Step::Round) => {
                    way.moved = false;
                    way.step += 1;
                    continue;
                }
                Some(Step::Progress) => {
                    if way.moved {
                        way.step += 1;
                        continue;
                    }
                }
                Some(&Step::Look(look)) => {
                    if self.holds(look, at) {
                        way.step += 1;
                        continue;
                    }
                }
                Some(Step::Character(_) | Step::Class { .. }) | None => ways.push(way),
            }
            match self.waiting.pop() {
                Some(next) => way = next,
                None => return,
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
