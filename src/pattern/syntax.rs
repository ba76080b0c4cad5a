//! Reads a pattern and compiles it at once.

use alloc::string::String;
use alloc::vec::Vec;

use core::str::Chars;

use super::Dialect;
use super::class::{DIGIT, NAMED, SPACE, WORD, add};
use super::program::{Look, Program, Step, may_be_empty, other_case};

/// The largest program, in steps: it bounds the time of a search.
const MAX_STEPS: usize = 4_000;

/// The most ranges of all classes together, those of repeated classes as often as they are repeated: each is looked at
/// for each character of a text.
const MAX_RANGES: u16 = 8_000;

/// How many groups may stand in one another.
const MAX_NESTING: u8 = 50;

/// Why a pattern cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It has something that cannot be searched for in linear time, or that is not known here.
    Unsupported(&'static str),
    /// It has something that needs tables of Unicode.
    NoTables(&'static str),
    /// It does not compile.
    Invalid(&'static str),
}

use Fault::{Invalid, NoTables, Unsupported};

const NOT_UNDERSTOOD: Fault = Invalid("a part of it is not understood, or it is too large");
const UNCLOSED: Fault = Invalid("a bracket or a parenthesis is not closed");
const CASE_BEYOND_ASCII: Fault = NoTables("a letter beyond ASCII whose case is ignored");
const NOTHING_TO_REPEAT: Fault = Invalid("there is nothing to repeat");

/// Groups that are named to a person, by what they begin with.
const UNSUPPORTED_GROUPS: &[(&str, &str)] = &[
    ("=", "a look-ahead"),
    ("!", "a look-ahead"),
    ("<=", "a look-behind"),
    ("<!", "a look-behind"),
    (">", "an atomic group"),
    ("|", "a branch reset"),
    ("(", "a condition"),
    ("P=", "a back-reference"),
    ("P>", "a recursion"),
    ("&", "a recursion"),
    ("R", "a recursion"),
    ("0", "a recursion"),
    ("1", "a recursion"),
];

/// Compiles a pattern.
pub(super) fn parse(source: &str, dialect: Dialect, ignores_case: bool) -> Result<Program, Fault> {
    if dialect == Dialect::JavaScript && source.chars().any(|character| character > '\u{FFFF}') {
        // JavaScript takes it for two.
        return Err(NOT_UNDERSTOOD);
    }
    let mut parser = Parser {
        rest: source.chars(),
        dialect,
        program: Program::default(),
        flags: Flags {
            ignores_case,
            ..Flags::default()
        },
        groups: 0,
        ranges: 0,
        names: Vec::new(),
    };
    parser.alternatives(0)?;
    match parser.rest.next() {
        None => Ok(parser.program),
        Some(_) => Err(Invalid("a parenthesis is closed that was not opened")),
    }
}

/// What `(?ims)` switches on.
#[derive(Clone, Copy, Default)]
struct Flags {
    ignores_case: bool,
    lines: bool,
    dot_is_all: bool,
    lazy: bool,
}

/// What one place of a pattern can be.
enum Item {
    Character(char),
    /// Pairs of first and last characters, and whether the others are meant.
    Class(&'static str, bool),
    Look(Look),
}

struct Parser<'a> {
    rest: Chars<'a>,
    dialect: Dialect,
    program: Program,
    flags: Flags,
    groups: u16,
    ranges: u16,
    names: Vec<&'a str>,
}

impl<'a> Parser<'a> {
    fn is_javascript(&self) -> bool {
        self.dialect == Dialect::JavaScript
    }

    /// Goes on behind `text`, where it comes next.
    fn skip(&mut self, text: &str) -> bool {
        let behind = self.rest.as_str().strip_prefix(text);
        if let Some(behind) = behind {
            self.rest = behind.chars();
        }
        behind.is_some()
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn push(&mut self, step: Step) -> Result<(), Fault> {
        if let Step::Class { first, end, .. } = step {
            self.ranges = self.ranges.saturating_add(end - first);
        }
        if self.program.steps.len() >= MAX_STEPS || self.ranges > MAX_RANGES {
            return Err(NOT_UNDERSTOOD);
        }
        self.program.steps.push(step);
        Ok(())
    }

    /// How far it is from a step to the end.
    fn distance(&self, step: usize) -> i16 {
        i16::try_from(self.program.steps.len() - step).unwrap_or(i16::MAX)
    }

    /// Everything up to the end, or to the parenthesis that closes this group.
    fn alternatives(&mut self, nesting: u8) -> Result<(), Fault> {
        let flags = self.flags;
        let mut jumps = Vec::new();
        let mut start = self.program.steps.len();
        self.sequence(nesting)?;
        while self.skip("|") {
            // Before what was read: it, or what is behind the jump at its end.
            let other = self.distance(start) + 2;
            self.push(Step::Jump(0))?;
            jumps.push(self.program.steps.len());
            self.program
                .steps
                .insert(start, Step::Split { preferred: 1, other });
            start = self.program.steps.len();
            self.sequence(nesting)?;
        }
        for jump in jumps {
            let by = self.distance(jump);
            if let Some(step) = self.program.steps.get_mut(jump) {
                *step = Step::Jump(by);
            }
        }
        self.flags = flags;
        Ok(())
    }

    /// One alternative.
    fn sequence(&mut self, nesting: u8) -> Result<(), Fault> {
        // Where the last item begins: what a quantifier repeats.
        let mut last = None;
        while let Some(character) = self.peek() {
            if matches!(character, '|' | ')') {
                break;
            }
            let start = self.program.steps.len();
            self.rest.next();
            match character {
                '*' | '+' | '?' | '{' => {
                    let is_marked = self.repeat(character, last.take().ok_or(NOTHING_TO_REPEAT)?)?;
                    match self.peek() {
                        Some('+') if !is_marked => return Err(Unsupported("a possessive quantifier")),
                        Some('*' | '+' | '?' | '{') => return Err(NOTHING_TO_REPEAT),
                        _ => continue,
                    }
                }
                '(' => {
                    if !self.group(nesting)? {
                        continue;
                    }
                }
                '[' => self.class()?,
                '.' if self.flags.dot_is_all => self.push_class(&[], true)?,
                '.' if self.is_javascript() => {
                    self.push_class(&[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)], true)?;
                }
                '.' => self.push_class(&[(0x0A, 0x0A)], true)?,
                '^' if self.flags.lines => self.push(Step::Look(Look::LineStart))?,
                '^' => self.push(Step::Look(Look::Start))?,
                '$' if self.flags.lines => self.push(Step::Look(Look::LineEnd))?,
                '$' => self.push(Step::Look(Look::End))?,
                '\\' => match self.escape()? {
                    Item::Character(character) => self.push_character(character)?,
                    Item::Class(pairs, negated) => {
                        let mut ranges = Vec::new();
                        add(&mut ranges, pairs, negated);
                        self.push_class(&ranges, false)?;
                    }
                    Item::Look(look) => self.push(Step::Look(look))?,
                },
                character => self.push_character(character)?,
            }
            last = Some(start);
        }
        Ok(())
    }

    fn push_character(&mut self, character: char) -> Result<(), Fault> {
        self.judge_case(character, character)?;
        if self.flags.ignores_case && other_case(character) != character {
            self.push_class(&[(character.into(), character.into())], false)
        } else {
            self.push(Step::Character(character))
        }
    }

    /// Refuses letters whose other case would be missed.
    fn judge_case(&self, from: char, to: char) -> Result<(), Fault> {
        let has_case = from != to || to.is_alphabetic();
        if self.flags.ignores_case && !to.is_ascii() && has_case {
            return Err(CASE_BEYOND_ASCII);
        }
        Ok(())
    }

    fn push_class(&mut self, ranges: &[(u32, u32)], negated: bool) -> Result<(), Fault> {
        let first = self.program.ranges.len();
        self.program.ranges.extend_from_slice(ranges);
        let end = self.program.ranges.len();
        let (Ok(first), Ok(end)) = (first.try_into(), end.try_into()) else {
            return Err(NOT_UNDERSTOOD);
        };
        let ignores_case = self.flags.ignores_case;
        self.push(Step::Class {
            first,
            end,
            negated,
            ignores_case,
        })
    }

    /// Repeats what begins at `start`, as the quantifier says whose first character was read; whether a `?` marks it.
    fn repeat(&mut self, quantifier: char, start: usize) -> Result<bool, Fault> {
        let (least, most) = match quantifier {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            _ => self.counts()?,
        };
        let is_marked = self.skip("?");
        let is_lazy = is_marked != self.flags.lazy;
        let part = self.program.steps.split_off(start);
        let (part, round) = self.rounds(part);
        let length = i16::try_from(round.len()).unwrap_or(i16::MAX);
        let split = |into: i16, past: i16| {
            let (preferred, other) = if is_lazy { (past, into) } else { (into, past) };
            Step::Split { preferred, other }
        };
        for _ in 0..least {
            self.extend(&part)?;
        }
        match most {
            // Once or more, or not at all: so a part that matches nothing ends as elsewhere.
            None if least == 0 || part.len() < round.len() => {
                self.push(split(1, length + 2))?;
                self.extend(&round)?;
                self.push(split(-length, 1))?;
            }
            None => self.push(split(-length, 1))?,
            Some(most) => {
                for left in (1..=most - least).rev() {
                    self.push(split(1, left.saturating_mul(length + 1)))?;
                    self.extend(&round)?;
                }
            }
        }
        Ok(is_marked)
    }

    /// What is repeated: as it must come, and as it may come. In JavaScript a round forgets the group of the one before, and one that
    /// may be left out takes a character or does not count.
    fn rounds(&self, mut part: Vec<Step>) -> (Vec<Step>, Vec<Step>) {
        if !self.is_javascript() {
            return (part.clone(), part);
        }
        if part.iter().any(|step| matches!(step, Step::Group(0))) {
            part.insert(0, Step::Forget);
        }
        let mut round = part.clone();
        if may_be_empty(&part) {
            round.insert(0, Step::Round);
            round.push(Step::Progress);
        }
        (part, round)
    }

    fn extend(&mut self, part: &[Step]) -> Result<(), Fault> {
        part.iter().try_for_each(|step| self.push(*step))
    }

    /// `2}`, `2,}` or `2,5}`.
    fn counts(&mut self) -> Result<(i16, Option<i16>), Fault> {
        const NO_COUNT: Fault = Invalid("write `\\{` for a brace that repeats nothing");
        let least = self.decimal().ok_or(NO_COUNT)?;
        let most = if self.skip(",") {
            self.decimal()
        } else {
            Some(least)
        };
        if !self.skip("}") {
            return Err(NO_COUNT);
        }
        if most.is_some_and(|most| most < least) {
            return Err(Invalid("a repetition counts backwards"));
        }
        Ok((least, most))
    }

    fn decimal(&mut self) -> Option<i16> {
        let mut value = None;
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            self.rest.next();
            let digit = digit as i16 - '0' as i16;
            value = Some(value.unwrap_or(0_i16).saturating_mul(10).saturating_add(digit));
        }
        value
    }

    /// What a parenthesis opens; whether it is an item, and no flags for what follows.
    fn group(&mut self, nesting: u8) -> Result<bool, Fault> {
        if nesting >= MAX_NESTING {
            return Err(NOT_UNDERSTOOD);
        }
        if !self.skip("?") {
            return self.capture(nesting);
        }
        let rest = self.rest.as_str();
        if let Some((_, what)) = UNSUPPORTED_GROUPS
            .iter()
            .find(|(opening, _)| rest.starts_with(opening))
        {
            return Err(Unsupported(what));
        }
        if self.skip("<") || self.skip("P<") {
            self.name()?;
            return self.capture(nesting);
        }
        let before = self.flags;
        if !self.flags()? {
            return Ok(false);
        }
        self.inner(nesting)?;
        self.flags = before;
        Ok(true)
    }

    fn capture(&mut self, nesting: u8) -> Result<bool, Fault> {
        let side = self.groups * 2;
        self.groups += 1;
        self.push(Step::Group(side))?;
        self.inner(nesting)?;
        self.push(Step::Group(side + 1))?;
        Ok(true)
    }

    /// What is in a group, and its end.
    fn inner(&mut self, nesting: u8) -> Result<(), Fault> {
        self.alternatives(nesting + 1)?;
        if self.skip(")") { Ok(()) } else { Err(UNCLOSED) }
    }

    /// The name of a group.
    fn name(&mut self) -> Result<(), Fault> {
        let (name, behind) = self.rest.as_str().split_once(['>']).ok_or(UNCLOSED)?;
        let is_letter =
            |character: char| character == '_' || character.is_ascii_alphabetic() || !character.is_ascii();
        let is_right =
            |character: char| is_letter(character) || matches!(character, '0'..='9' | '.' | '[' | ']');
        if !name.starts_with(is_letter) || !name.chars().all(is_right) || self.names.contains(&name) {
            return Err(Invalid("the name of a group is not right, or is there twice"));
        }
        self.names.push(name);
        self.rest = behind.chars();
        Ok(())
    }

    /// Flags, up to `)` or `:`; whether a group follows.
    fn flags(&mut self) -> Result<bool, Fault> {
        let mut seen = String::new();
        let mut on = true;
        loop {
            let flag = self.rest.next().ok_or(UNCLOSED)?;
            if matches!(flag, ')' | ':') {
                let dangles = seen.ends_with('-') || flag == ')' && seen.is_empty();
                return if dangles {
                    Err(NOT_UNDERSTOOD)
                } else {
                    Ok(flag == ':')
                };
            }
            if seen.chars().any(|before| before == flag) {
                return Err(NOT_UNDERSTOOD);
            }
            seen.push(flag);
            match flag {
                '-' => on = false,
                'i' => self.flags.ignores_case = on,
                'm' => self.flags.lines = on,
                's' => self.flags.dot_is_all = on,
                'U' => self.flags.lazy = on,
                // Nothing here depends on it.
                'u' => {}
                _ => {
                    return Err(Invalid(
                        "what stands behind a `(?` is not known, or means different things elsewhere",
                    ));
                }
            }
        }
    }

    /// What a backslash means.
    fn escape(&mut self) -> Result<Item, Fault> {
        let character = self.rest.next().ok_or(NOT_UNDERSTOOD)?;
        Ok(match character {
            // Letters that stand for themselves.
            'A' | 'z' | 'a' | 'U' if self.is_javascript() => return Err(NOT_UNDERSTOOD),
            '1'..='9' | 'k' | 'g' => return Err(Unsupported("a back-reference")),
            'p' | 'P' | 'X' => return Err(NoTables("a Unicode class")),
            '<' | '>' => return Err(Invalid("`\\<` and `\\>` mean different things elsewhere")),
            'd' | 'D' => Item::Class(DIGIT, character == 'D'),
            's' | 'S' => Item::Class(SPACE, character == 'S'),
            'w' | 'W' => Item::Class(WORD, character == 'W'),
            'A' => Item::Look(Look::Start),
            'z' => Item::Look(Look::End),
            'b' => Item::Look(Look::WordBoundary),
            'B' => Item::Look(Look::NoWordBoundary),
            'a' => Item::Character('\x07'),
            'f' => Item::Character('\x0C'),
            't' => Item::Character('\t'),
            'n' => Item::Character('\n'),
            'r' => Item::Character('\r'),
            'v' => Item::Character('\x0B'),
            'x' => Item::Character(self.hexadecimal(2)?),
            'u' => Item::Character(self.hexadecimal(4)?),
            'U' => Item::Character(self.hexadecimal(8)?),
            _ if character.is_ascii() && !character.is_ascii_alphanumeric() => Item::Character(character),
            _ => return Err(NOT_UNDERSTOOD),
        })
    }

    /// So many digits, or any number of them in braces.
    fn hexadecimal(&mut self, digits: usize) -> Result<char, Fault> {
        let rest = self.rest.as_str();
        let (text, behind) = match rest.strip_prefix('{') {
            // It would repeat the letter.
            Some(_) if self.is_javascript() => None,
            Some(rest) => rest.split_once(['}']),
            None => rest.split_at_checked(digits),
        }
        .ok_or(NOT_UNDERSTOOD)?;
        self.rest = behind.chars();
        // A sign would be read, too.
        let code = u32::from_str_radix(text, 16)
            .ok()
            .filter(|_| !text.starts_with('+'));
        code.and_then(char::from_u32).ok_or(NOT_UNDERSTOOD)
    }

    /// A class, behind its first bracket.
    fn class(&mut self) -> Result<(), Fault> {
        const TWO: Fault = Invalid("`&&`, `--` and `~~` mean different things elsewhere");
        let negated = self.skip("^");
        if self.peek() == Some(']') {
            return Err(Invalid("write `\\]` for a bracket at the start of a class"));
        }
        let mut ranges = Vec::new();
        // A `-` at the start stands for itself. Two may be the start of a range.
        if self.skip("-") {
            add(&mut ranges, "--", false);
            if self.peek() == Some('-') && !self.rest.as_str().starts_with("-]") {
                return Err(TWO);
            }
        }
        loop {
            let rest = self.rest.as_str();
            if ["&&", "--", "~~"].iter().any(|two| rest.starts_with(two)) {
                return Err(TWO);
            }
            if self.skip("]") {
                break;
            }
            if self.peek() == Some('[') {
                self.named_class(&mut ranges)?;
                continue;
            }
            match self.class_item()? {
                Item::Class(pairs, negated) => {
                    if self.is_range() {
                        return Err(NOT_UNDERSTOOD);
                    }
                    add(&mut ranges, pairs, negated);
                }
                Item::Character(from) if self.is_range() => {
                    self.rest.next();
                    match self.class_item()? {
                        Item::Character(to) if from <= to => {
                            self.judge_case(from, to)?;
                            ranges.push((from.into(), to.into()));
                        }
                        _ => return Err(Invalid("a range in a class has no order")),
                    }
                }
                Item::Character(character) => {
                    self.judge_case(character, character)?;
                    ranges.push((character.into(), character.into()));
                }
                Item::Look(_) => return Err(NOT_UNDERSTOOD),
            }
        }
        self.push_class(&ranges, negated)
    }

    /// Whether a `-` comes next that stands between two ends.
    fn is_range(&self) -> bool {
        let behind = self.rest.as_str().strip_prefix('-');
        behind.is_some_and(|behind| !behind.is_empty() && !behind.starts_with([']', '-']))
    }

    fn class_item(&mut self) -> Result<Item, Fault> {
        match self.rest.next().ok_or(UNCLOSED)? {
            '\\' => self.escape(),
            character => Ok(Item::Character(character)),
        }
    }

    /// `[:alpha:]` or `[:^alpha:]`.
    fn named_class(&mut self, ranges: &mut Vec<(u32, u32)>) -> Result<(), Fault> {
        const NESTED: Fault = Invalid("a class stands in a class");
        if self.is_javascript() || !self.skip("[:") {
            return Err(NESTED);
        }
        let negated = self.skip("^");
        let (name, behind) = self.rest.as_str().split_once([':']).ok_or(NESTED)?;
        let behind = behind.strip_prefix(']').ok_or(NESTED)?;
        let (_, pairs) = NAMED.iter().find(|(known, _)| *known == name).ok_or(NESTED)?;
        add(ranges, pairs, negated);
        self.rest = behind.chars();
        Ok(())
    }
}
