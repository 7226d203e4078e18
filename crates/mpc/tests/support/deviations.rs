//! Deviations from the protocol, on the bytes a corrupt party sends; enumerated from the kinds of
//! messages, with what each must come to.

use core::ops::Range;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use countersign_mpc::{Channel, ChannelError, Kind, Party};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use super::network::{Envelope, Links};

/// One way not to send the message one should.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Deviation {
    /// Flips a random bit of the whole message.
    FlipBit,
    /// Flips a random bit of the field with this name.
    FlipIn(&'static str),
    /// Random bytes of the right length.
    Randomise,
    /// Zeros of the right length.
    Zero,
    Truncate,
    Extend,
    /// This message is left out.
    Drop,
    /// This message and all after it are left out.
    FallSilent,
    /// The next message to the same peer goes first.
    SwapWithNext,
    /// The previous message to the same peer again, as the kind it was.
    RepeatPrevious,
    /// The previous message to the same peer again, as the kind now due.
    RelabelPrevious,
    /// What the same party sent as this kind in an earlier run with the same base material.
    ReplayStale,
}

/// What a deviation must come to. Whatever it is, no honest party is named and no wrong tag comes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every honest party that receives the altered message names the sender.
    Blamed,
    /// Harmless by chance, and then the tag is right; or some honest party names the sender.
    BlamedOrRight,
    /// Some honest party aborts, nobody is named.
    Unattributed,
    /// Nothing more than safety.
    Safe,
}

use Verdict::{Blamed, BlamedOrRight, Safe, Unattributed};

/// A part of a message.
pub struct Field {
    pub name: &'static str,
    /// Where it is in a message of this length among this many parties; empty if it is not there.
    at: fn(usize, usize) -> Range<usize>,
    /// What altering it must come to among two parties, and among more.
    verdicts: [Verdict; 2],
}

impl Field {
    fn verdict(&self, parties: usize) -> Verdict {
        self.verdicts[usize::from(parties > 2)]
    }
}

const fn field(
    name: &'static str,
    at: fn(usize, usize) -> Range<usize>,
    verdicts: [Verdict; 2],
) -> Field {
    Field { name, at, verdicts }
}

/// Two parties see the same, so a false view is a lie; more may have been shown different things.
const VIEW: [Verdict; 2] = [Blamed, Unattributed];
const PROVEN: [Verdict; 2] = [Blamed, Blamed];
const SELECTIVE: [Verdict; 2] = [BlamedOrRight, BlamedOrRight];

/// Layouts as the wire has them. A new kind does not compile here until it is decided what lies about
/// it come to.
pub fn fields(kind: Kind) -> Vec<Field> {
    let opening = || {
        vec![
            field("value", |_, _| 0..32, PROVEN),
            field("nonce", |_, _| 32..64, PROVEN),
        ]
    };
    let echo = || vec![field("view", |_, _| 0..32, VIEW)];
    let shares = || {
        vec![
            field("bits", |len, _| 0..len - 32, PROVEN),
            field("digest", |len, _| len - 32..len, PROVEN),
        ]
    };
    const GATES: usize = 16_248;
    const KEY_LABELS: usize = 256 * 16;
    const ROWS: usize = KEY_LABELS + GATES * 56;
    const OUTPUTS: usize = 32;
    match kind {
        Kind::SessionNonce => vec![
            field("terms", |_, _| 0..32, [Unattributed, Unattributed]),
            field("nonce", |_, _| 32..64, VIEW),
        ],
        Kind::SessionEcho | Kind::ChallengeEcho | Kind::PermutationEcho | Kind::OpeningEcho => {
            echo()
        }
        Kind::Corrections => vec![
            field("commitment", |_, _| 0..32, PROVEN),
            // Harmless when the four bits of Δ that the column is about are zero.
            field("columns", |len, _| 32..len, SELECTIVE),
        ],
        Kind::ChallengeOpening | Kind::TripleOpening | Kind::PermutationOpening => opening(),
        Kind::CotCheck => vec![
            field("coin", |_, _| 0..32, VIEW),
            field("bits hash", |_, _| 32..48, PROVEN),
            field("digest", |_, _| 48..80, PROVEN),
        ],
        Kind::CrossTerms => vec![
            // Harmless when the receiver's x is 0.
            field("masked", |len, _| 0..len, SELECTIVE),
        ],
        Kind::ProductBits => vec![field("flips", |len, _| 0..len, VIEW)],
        Kind::TripleCommitment => vec![
            field("check", |_, _| 0..32, PROVEN),
            field("coin", |_, _| 32..64, PROVEN),
            field("view", |_, _| 64..96, VIEW),
        ],
        Kind::BucketOpening | Kind::BeaverOpening => shares(),
        Kind::Tables => vec![
            field("key labels", |_, _| 0..KEY_LABELS, [Blamed, Unattributed]),
            // Harmless when the evaluator has no use for that ciphertext.
            field("rows", |_, _| KEY_LABELS..ROWS, [BlamedOrRight, Safe]),
            field("garbler MACs", |len, _| ROWS..len, [Safe, Safe]),
        ],
        Kind::Online => vec![
            field("tau", |_, _| 0..32, [Unattributed, Unattributed]),
            field("pad fingerprint", |_, _| 32..64, VIEW),
            field("pad pieces", |_, t| 64..64 + 32 * (t - 2), VIEW),
            // One label is never looked at (P18).
            field(
                "labels",
                |len, t| 64 + 32 * (t - 2)..len - 32 - OUTPUTS,
                [BlamedOrRight, Safe],
            ),
            field("output bits", |len, _| len - 32 - OUTPUTS..len - 32, PROVEN),
            field("output MACs", |len, _| len - 32..len, PROVEN),
        ],
    }
}

/// All deviations at messages of this kind.
pub fn deviations(kind: Kind, parties: usize) -> Vec<Deviation> {
    let (previous, next) = match kind {
        Kind::SessionNonce => (false, true),
        Kind::Tables | Kind::Online => (true, false),
        _ => (true, true),
    };
    let mut all = vec![
        Deviation::FlipBit,
        Deviation::Randomise,
        Deviation::Zero,
        Deviation::Truncate,
        Deviation::Extend,
        Deviation::Drop,
        Deviation::FallSilent,
        Deviation::ReplayStale,
    ];
    if previous {
        all.push(Deviation::RelabelPrevious);
    }
    if previous && kind != Kind::Online {
        all.push(Deviation::RepeatPrevious);
    }
    if next {
        all.push(Deviation::SwapWithNext);
    }
    let present = |field: &Field| match field.name {
        "pad pieces" | "garbler MACs" => parties > 2,
        _ => true,
    };
    let fields = fields(kind).into_iter().filter(present);
    all.extend(fields.map(|field| Deviation::FlipIn(field.name)));
    all
}

/// What `deviation` at a message of this kind must come to. `resized` if the length changed.
pub fn verdict(kind: Kind, deviation: Deviation, parties: usize, resized: bool) -> Verdict {
    let of_fields = || {
        let verdicts: Vec<Verdict> = fields(kind).iter().map(|f| f.verdict(parties)).collect();
        match verdicts.as_slice() {
            all if all.iter().all(|v| *v == all[0]) => all[0],
            all if all.iter().all(|v| matches!(v, Blamed | BlamedOrRight)) => BlamedOrRight,
            _ => Safe,
        }
    };
    match deviation {
        _ if resized => Blamed,
        Deviation::FlipBit
        | Deviation::Randomise
        | Deviation::Zero
        | Deviation::ReplayStale
        | Deviation::RelabelPrevious => of_fields(),
        Deviation::FlipIn(name) => {
            let field = fields(kind).into_iter().find(|field| field.name == name);
            field.expect("a known field").verdict(parties)
        }
        Deviation::Truncate
        | Deviation::Extend
        | Deviation::SwapWithNext
        | Deviation::RepeatPrevious => Blamed,
        // What comes next is then out of place, if anything comes.
        Deviation::Drop => match kind {
            Kind::Tables | Kind::Online => Unattributed,
            Kind::OpeningEcho => Safe,
            _ => Blamed,
        },
        Deviation::FallSilent => Unattributed,
    }
}

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

/// What became of it: to whom altered messages went, and whether they had another length.
#[derive(Default)]
pub struct Done {
    pub altered: Vec<Party>,
    pub resized: bool,
}

/// What a party sends in place of one message.
enum Instead {
    Send(Envelope),
    Hold(Envelope),
    Nothing,
}

impl Script {
    pub fn aims_at(&self, to: Party, kind: Kind) -> bool {
        self.kind == kind && self.towards.is_none_or(|only| only == to)
    }

    /// The altered bytes; `None` if the message is not sent at all.
    pub fn alter(
        &self,
        body: &[u8],
        previous: &[u8],
        stale: &[u8],
        rng: &mut ChaCha20Rng,
    ) -> Option<Vec<u8>> {
        let mut altered = body.to_vec();
        let flip = |bytes: &mut [u8], rng: &mut ChaCha20Rng| {
            let at = rng.next_u64() as usize % (bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
        };
        match self.deviation {
            Deviation::FlipBit => flip(&mut altered, rng),
            Deviation::FlipIn(name) => {
                let mut all = fields(self.kind).into_iter();
                let field = all.find(|field| field.name == name).expect("a known field");
                flip(&mut altered[(field.at)(body.len(), self.parties)], rng);
            }
            Deviation::Randomise => rng.fill_bytes(&mut altered),
            Deviation::Zero => altered.fill(0),
            Deviation::Truncate => altered.truncate(rng.next_u64() as usize % body.len()),
            Deviation::Extend => {
                let more = 1 + rng.next_u64() as usize % 64;
                altered.extend((0..more).map(|_| rng.next_u32() as u8));
            }
            Deviation::RelabelPrevious | Deviation::RepeatPrevious => altered = previous.to_vec(),
            Deviation::ReplayStale => altered = stale.to_vec(),
            Deviation::Drop | Deviation::FallSilent | Deviation::SwapWithNext => return None,
        }
        Some(altered)
    }
}

/// A party that keeps to the protocol but for its script.
pub struct Deviant {
    links: Links,
    script: Script,
    stale: Arc<Recording>,
    rng: ChaCha20Rng,
    previous: HashMap<Party, Envelope>,
    held: HashMap<Party, Envelope>,
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
            silent: HashSet::new(),
            done,
        }
    }

    fn instead(&mut self, to: Party, (kind, body): Envelope) -> Instead {
        match self.script.deviation {
            Deviation::SwapWithNext => return Instead::Hold((kind, body)),
            Deviation::FallSilent => {
                self.silent.insert(to);
            }
            _ => {}
        }
        let previous = self.previous.get(&to).cloned();
        let (earlier, bytes) = previous.unwrap_or((kind, Vec::new()));
        let stale = self.stale.get(&(to, kind)).map_or(&[][..], |body| body);
        let altered = self.script.alter(&body, &bytes, stale, &mut self.rng);
        let mut done = self.done.lock().unwrap();
        if altered.as_ref() != Some(&body) {
            done.altered.push(to);
        }
        let Some(altered) = altered else {
            return Instead::Nothing;
        };
        done.resized |= altered.len() != body.len();
        match self.script.deviation {
            Deviation::RepeatPrevious => Instead::Send((earlier, altered)),
            _ => Instead::Send((kind, altered)),
        }
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
            Instead::Send(due.clone())
        };
        self.previous.insert(to, due);
        match instead {
            Instead::Send((kind, body)) => self.links.send(to, kind, body)?,
            Instead::Hold(envelope) => {
                self.held.insert(to, envelope);
                return Ok(());
            }
            Instead::Nothing => return Ok(()),
        }
        if let Some((kind, body)) = self.held.remove(&to) {
            self.done.lock().unwrap().altered.push(to);
            self.links.send(to, kind, body)?;
        }
        Ok(())
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.links.receive(from)
    }
}
