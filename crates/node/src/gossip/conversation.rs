//! Questions to one peer, and what its answers prove.

use std::collections::VecDeque;

use countersign_wire::v1::Heard;

use super::outbox::Ticket;

/// A peer that answered a question younger than this is in step: whatever it authorised before, this
/// node has heard. Milliseconds.
pub(crate) const IN_STEP_MS: u64 = 1_000;
/// A peer that was in step so lately is worth waiting for. Milliseconds.
const MISSED_MS: u64 = 5_000;
/// Questions without an answer that are asked at most.
const MAX_UNANSWERED: usize = 8;
/// A question so old went astray. Milliseconds.
const ASTRAY_MS: u64 = 5_000;

/// What a peer made of what it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Its counters hold it, durably.
    Charged,
    /// They do, but from some while before it was told.
    ChargedEarly,
    /// They do not.
    Refused,
}

/// How well a peer keeps this node informed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// It has not answered for long.
    Silent,
    /// It was in step until lately.
    Late,
    /// It answered within the last second, and had nothing more to say.
    InStep,
}

/// What this node asked one peer, and when the peer last answered.
///
/// Times are those of this node's clock at the *question*: an answer proves what its sender had said
/// by then, however long it was under way, since links keep the order.
#[derive(Debug)]
pub(crate) struct Conversation {
    next_number: u64,
    unanswered: VecDeque<Question>,
    in_step_at_ms: Option<u64>,
}

#[derive(Debug)]
struct Question {
    number: u64,
    asked_at_ms: u64,
    /// What it told.
    tickets: Vec<Ticket>,
}

impl Conversation {
    /// `first_number` should not be one that an earlier process used: a late answer to that one
    /// would be taken for an answer to this one.
    pub(crate) fn new(first_number: u64) -> Self {
        Self {
            next_number: first_number,
            unanswered: VecDeque::new(),
            in_step_at_ms: None,
        }
    }

    /// Whether the peer can be asked more; what it did not answer in time is handed back through
    /// [`Conversation::astray`] first.
    pub(crate) fn can_ask(&self) -> bool {
        self.unanswered.len() < MAX_UNANSWERED
    }

    /// The number of a question that tells `tickets`.
    pub(crate) fn ask(&mut self, now_ms: u64, tickets: Vec<Ticket>) -> u64 {
        let number = self.next_number;
        self.next_number = number.wrapping_add(1);
        self.unanswered.push_back(Question {
            number,
            asked_at_ms: now_ms,
            tickets,
        });
        number
    }

    /// What an answer says of each ticket of its question.
    pub(crate) fn answered(&mut self, heard: &Heard) -> Vec<(Ticket, Word)> {
        let mut questions = self.unanswered.iter();
        let at = questions.position(|one| one.number == heard.number);
        let Some(question) = at.and_then(|at| self.unanswered.remove(at)) else {
            return Vec::new();
        };
        if heard.complete {
            self.in_step_at_ms = Some(question.asked_at_ms);
        }
        let word = |position| match u32::try_from(position) {
            Ok(position) if heard.refused.contains(&position) => Word::Refused,
            Ok(position) if heard.early.contains(&position) => Word::ChargedEarly,
            Ok(_) => Word::Charged,
            Err(_) => Word::Refused,
        };
        let tickets = question.tickets.into_iter().enumerate();
        tickets
            .map(|(position, ticket)| (ticket, word(position)))
            .collect()
    }

    /// The tickets of questions that were not answered for long, which are to be told again.
    pub(crate) fn astray(&mut self, now_ms: u64) -> Vec<Ticket> {
        let mut astray = Vec::new();
        while let Some(oldest) = self.unanswered.front()
            && oldest.asked_at_ms.abs_diff(now_ms) >= ASTRAY_MS
            && let Some(question) = self.unanswered.pop_front()
        {
            astray.extend(question.tickets);
        }
        astray
    }

    /// The peer is another process now: the tickets that are to be told again.
    pub(crate) fn restart(&mut self) -> Vec<Ticket> {
        self.in_step_at_ms = None;
        let unanswered = self.unanswered.drain(..);
        unanswered.flat_map(|question| question.tickets).collect()
    }

    pub(crate) fn standing(&self, now_ms: u64) -> Standing {
        // A clock that was set back must not make an old answer young.
        match self.in_step_at_ms.map(|at_ms| at_ms.abs_diff(now_ms)) {
            Some(age) if age <= IN_STEP_MS => Standing::InStep,
            Some(age) if age <= MISSED_MS => Standing::Late,
            _ => Standing::Silent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets(range: std::ops::Range<u64>) -> Vec<Ticket> {
        range.map(Ticket).collect()
    }

    fn charged(range: std::ops::Range<u64>) -> Vec<(Ticket, Word)> {
        let tickets = tickets(range).into_iter();
        tickets.map(|ticket| (ticket, Word::Charged)).collect()
    }

    fn heard(number: u64, complete: bool) -> Heard {
        Heard {
            number,
            complete,
            ..Heard::default()
        }
    }

    #[test]
    fn answer_proves_what_was_known_when_the_question_was_asked() {
        let mut peer = Conversation::new(7);
        assert_eq!(peer.standing(0), Standing::Silent);
        let number = peer.ask(10_000, Vec::new());
        // It took its time.
        peer.answered(&heard(number, true));
        assert_eq!(peer.standing(11_000), Standing::InStep);
        assert_eq!(peer.standing(11_001), Standing::Late);
        assert_eq!(peer.standing(15_001), Standing::Silent);
        // A clock set back proves nothing.
        assert_eq!(peer.standing(8_999), Standing::Late);
        assert_eq!(peer.standing(0), Standing::Silent);
    }

    #[test]
    fn peer_with_more_to_say_is_not_in_step() {
        let mut peer = Conversation::new(7);
        let number = peer.ask(0, tickets(0..1));
        assert_eq!(peer.answered(&heard(number, false)), charged(0..1));
        assert_eq!(peer.standing(0), Standing::Silent);
    }

    #[test]
    fn answer_settles_its_own_question_once_and_no_other() {
        let mut peer = Conversation::new(7);
        let numbers = [0..2, 2..2, 2..5].map(|range| peer.ask(0, tickets(range)));
        // What was asked before may not have been written down yet.
        assert_eq!(peer.answered(&heard(numbers[2], true)), charged(2..5));
        for number in [numbers[2], 0, u64::MAX] {
            assert_eq!(peer.answered(&heard(number, true)), []);
        }
        assert_eq!(peer.answered(&heard(numbers[0], true)), charged(0..2));
    }

    #[test]
    fn what_is_refused_is_not_taken_for_charged() {
        let mut peer = Conversation::new(7);
        let number = peer.ask(0, tickets(0..3));
        let answer = Heard {
            refused: vec![1, 3, u32::MAX],
            early: vec![1, 2],
            ..heard(number, true)
        };
        let words = peer.answered(&answer).into_iter().map(|(_, word)| word);
        let expected = [Word::Charged, Word::Refused, Word::ChargedEarly];
        assert_eq!(words.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_goes_astray_is_told_again() {
        let mut peer = Conversation::new(u64::MAX);
        let first = peer.ask(0, tickets(0..2));
        let second = peer.ask(4_000, tickets(2..3));
        assert_eq!(peer.astray(4_999), []);
        assert_eq!(peer.astray(5_000), tickets(0..2));
        // The late answer settles nothing: the peer was asked again.
        assert_eq!(peer.answered(&heard(first, true)), []);
        assert_eq!(peer.standing(5_000), Standing::Silent);
        peer.answered(&heard(second, true));
        let again = peer.ask(5_000, tickets(0..2));
        assert_eq!(peer.astray(10_000), tickets(0..2));
        // That alone says nothing against the peer; being another process does.
        assert_eq!(peer.standing(5_000), Standing::InStep);
        peer.ask(5_000, tickets(0..2));
        assert_eq!(peer.restart(), tickets(0..2));
        assert_eq!(peer.standing(5_000), Standing::Silent);
        assert_eq!(peer.answered(&heard(again, true)), []);
    }

    #[test]
    fn peer_that_never_answers_is_not_asked_without_end() {
        let mut peer = Conversation::new(0);
        let asked = std::iter::repeat_with(|| peer.can_ask().then(|| peer.ask(0, Vec::new())));
        assert_eq!(asked.take(100).flatten().count(), MAX_UNANSWERED);
        peer.astray(ASTRAY_MS);
        assert!(peer.can_ask());
    }
}
