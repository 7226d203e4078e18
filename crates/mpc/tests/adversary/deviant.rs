//! A party that keeps to the protocol but for one scripted deviation.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use countersign_mpc::{Channel, ChannelError, Kind, Party};
use rand_chacha::ChaCha20Rng;

use crate::deviations::{Deviation, alter};
use crate::support::network::{Envelope, Links};

/// Everything a party sent in one run.
pub type Recording = HashMap<(Party, Kind), Vec<u8>>;

/// Honest, and written down.
pub struct Recorder {
    pub links: Links,
    pub log: Arc<Mutex<Recording>>,
}

impl Channel for Recorder {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        self.log.lock().unwrap().insert((to, kind), body.clone());
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.links.receive(from)
    }
}

/// A deviation at every message of one kind, towards everybody or towards one peer only.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    pub kind: Kind,
    pub deviation: Deviation,
    pub parties: usize,
    /// The only peer that sees it; all if `None`.
    pub towards: Option<Party>,
}

impl Script {
    fn aims_at(&self, to: Party, kind: Kind) -> bool {
        self.kind == kind && self.towards.is_none_or(|only| only == to)
    }
}

/// What became of it: to whom altered messages went, and whether they had another length.
#[derive(Default)]
pub struct Done {
    pub altered: Vec<Party>,
    pub resized: bool,
}

impl Done {
    /// Notes that `to` gets `sent` in place of `honest`.
    pub fn note(&mut self, to: Party, honest: &[u8], sent: Option<&[u8]>) {
        if sent != Some(honest) {
            self.altered.push(to);
        }
        self.resized |= sent.is_some_and(|sent| sent.len() != honest.len());
    }
}

pub struct Deviant {
    links: Links,
    script: Script,
    stale: Arc<Recording>,
    rng: ChaCha20Rng,
    previous: HashMap<Party, Envelope>,
    /// To be sent after the next message.
    held: HashMap<Party, Envelope>,
    /// What should have gone to a peer whose own message is awaited, to be sent back.
    owed: HashMap<Party, Vec<u8>>,
    silent: HashSet<Party>,
    done: Arc<Mutex<Done>>,
}

impl Deviant {
    pub fn new(
        links: Links,
        script: Script,
        stale: Arc<Recording>,
        rng: ChaCha20Rng,
        done: Arc<Mutex<Done>>,
    ) -> Self {
        Self {
            links,
            script,
            stale,
            rng,
            previous: HashMap::new(),
            held: HashMap::new(),
            owed: HashMap::new(),
            silent: HashSet::new(),
            done,
        }
    }

    /// What goes out in place of a message of the scripted kind.
    fn instead(&mut self, to: Party, (kind, body): Envelope) -> Option<Envelope> {
        let deviation = self.script.deviation;
        match deviation {
            Deviation::SwapWithNext => {
                self.held.insert(to, (kind, body));
                return None;
            }
            Deviation::Reflect => {
                self.owed.insert(to, body);
                return None;
            }
            Deviation::FallSilent => {
                self.silent.insert(to);
            }
            _ => {}
        }
        let previous = self.previous.get(&to).cloned();
        let (earlier, bytes) = previous.unwrap_or((kind, Vec::new()));
        let stale = self.stale.get(&(to, kind)).map_or(&[][..], |body| body);
        let parties = self.script.parties;
        let altered = alter(
            (kind, deviation),
            parties,
            &body,
            &bytes,
            stale,
            &mut self.rng,
        );
        let mut done = self.done.lock().unwrap();
        done.note(to, &body, altered.as_deref());
        let label = match deviation {
            Deviation::RepeatPrevious => earlier,
            _ => kind,
        };
        altered.map(|altered| (label, altered))
    }
}

impl Channel for Deviant {
    fn send(&mut self, to: Party, kind: Kind, body: Vec<u8>) -> Result<(), ChannelError> {
        let due = (kind, body);
        if self.silent.contains(&to) {
            return Ok(());
        }
        let instead = if self.script.aims_at(to, kind) {
            self.instead(to, due.clone())
        } else {
            Some(due.clone())
        };
        self.previous.insert(to, due);
        let Some((kind, body)) = instead else {
            return Ok(());
        };
        self.links.send(to, kind, body)?;
        if let Some((kind, body)) = self.held.remove(&to) {
            self.done.lock().unwrap().altered.push(to);
            self.links.send(to, kind, body)?;
        }
        Ok(())
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        let (kind, body) = self.links.receive(from)?;
        if kind == self.script.kind
            && let Some(honest) = self.owed.remove(&from)
        {
            self.done.lock().unwrap().note(from, &honest, Some(&body));
            self.links.send(from, kind, body.clone())?;
        }
        Ok((kind, body))
    }
}
