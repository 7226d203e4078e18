//! Every message field by field, with what a lie about the field comes to.

use core::ops::Range;

use countersign_mpc::Kind;

/// What a deviation must come to. Whatever it is, no honest party is named and no wrong tag comes out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Every honest party that receives the altered message names the sender.
    Blamed,
    /// Harmless by chance, and then the tag is right; or some honest party names the sender.
    BlamedOrRight,
    /// Some honest party aborts, nobody is named.
    Unattributed,
    /// Nobody is named: it hurts the liar at most.
    Unnamed,
    /// Nothing more than safety.
    Safe,
}

use Verdict::{Blamed, BlamedOrRight, Safe, Unattributed, Unnamed};

/// A part of a message.
pub struct Field {
    pub name: &'static str,
    /// Where it is in a message of this length among this many parties; empty if it is not there.
    pub at: fn(usize, usize) -> Range<usize>,
    /// Among fewer parties there is no such field.
    pub least_parties: usize,
    /// What altering it must come to among two parties, and among more.
    verdicts: [Verdict; 2],
}

impl Field {
    pub fn verdict(&self, parties: usize) -> Verdict {
        self.verdicts[usize::from(parties > 2)]
    }

    fn from(self, least_parties: usize) -> Self {
        Self {
            least_parties,
            ..self
        }
    }
}

const fn field(
    name: &'static str,
    at: fn(usize, usize) -> Range<usize>,
    verdicts: [Verdict; 2],
) -> Field {
    Field {
        name,
        at,
        least_parties: 2,
        verdicts,
    }
}

/// Two parties see the same, so a false view is a lie; more may have been shown different things.
const VIEW: [Verdict; 2] = [Blamed, Unattributed];
const PROVEN: [Verdict; 2] = [Blamed, Blamed];

const GATES: usize = 16_248;
const KEY_LABELS: usize = 256 * 16;
const ROWS: usize = KEY_LABELS + GATES * 56;
const OUTPUTS: usize = 32;

/// Whether the product check fails depends on the receiver. Of two, one is blamed; of more, the quorum.
const SELECTIVE: [Verdict; 2] = [BlamedOrRight, Unnamed];

/// Layouts as the wire has them. A new kind does not compile here until it is decided what lies about
/// it come to.
pub fn fields(kind: Kind) -> Vec<Field> {
    let opening = || {
        vec![
            field("value", |_, _| 0..32, PROVEN),
            field("nonce", |_, _| 32..64, PROVEN),
        ]
    };
    match kind {
        Kind::SessionNonce => vec![
            field("terms", |_, _| 0..32, [Unattributed, Unattributed]),
            field("nonce", |_, _| 32..64, VIEW),
        ],
        Kind::SessionEcho | Kind::ChallengeEcho | Kind::PermutationEcho => {
            vec![field("view", |_, _| 0..32, VIEW)]
        }
        Kind::Corrections => vec![
            field("commitment", |_, _| 0..32, PROVEN),
            // Harmless when the four bits of Δ that the column is about are zero.
            field("columns", |len, _| 32..len, [BlamedOrRight, BlamedOrRight]),
        ],
        Kind::ChallengeOpening | Kind::PermutationOpening | Kind::CheckOpening => opening(),
        Kind::CotCheck => vec![
            field("coin", |_, _| 0..32, VIEW),
            field("bits hash", |_, _| 32..48, PROVEN),
            field("digest", |_, _| 48..80, PROVEN),
        ],
        Kind::PuncturedSums => vec![
            // The node that a sum gives is wrong then, and the leaf that makes up for it.
            field("sums", |len, _| 0..len, PROVEN),
        ],
        // The answer is then for another value than its own.
        Kind::NoiseChallenge => vec![
            field("point", |_, _| 0..16, [Unnamed, Unnamed]),
            field("masked noise", |_, _| 16..32, [Unnamed, Unnamed]),
        ],
        Kind::NoiseCheck => vec![field("answer", |_, _| 0..32, PROVEN)],
        Kind::CrossTerms => vec![
            // Harmless when the receiver's x is 0.
            field("terms", |len, _| 0..len - 64, SELECTIVE),
            field(
                "permutation commitment",
                |len, _| len - 64..len - 32,
                PROVEN,
            ),
            field("challenge commitment", |len, _| len - 32..len, PROVEN),
        ],
        // The liar goes on from what it should have sent, so it has another view than the rest.
        Kind::MaskOpening => vec![
            field("d", |len, _| 0..len / 6 * 4, VIEW),
            field("e", |len, _| len / 6 * 4..len / 6 * 5, VIEW),
            field("product bits", |len, _| len / 6 * 5..len, VIEW),
        ],
        Kind::OpeningChallenge => {
            let mut all = opening();
            all.push(field("view", |_, _| 64..96, VIEW));
            all
        }
        Kind::CheckTerms => vec![
            field("coin", |_, _| 0..32, VIEW),
            field("MAC hash", |_, _| 32..48, PROVEN),
            // Harmless when the receiver's bit is 0.
            field("terms", |len, _| 48..len, SELECTIVE),
        ],
        Kind::CheckCommitment => vec![field("commitment", |_, _| 0..32, PROVEN)],
        Kind::SigmaCorrections => vec![
            // Harmless when the four bits of Δ that the column is about are zero.
            field(
                "columns",
                |len, _| 0..len - 32,
                [BlamedOrRight, BlamedOrRight],
            ),
            field("digest", |len, _| len - 32..len, PROVEN),
        ],
        Kind::Tables => vec![
            field("key labels", |_, _| 0..KEY_LABELS, [Blamed, Unattributed]),
            // Harmless when the evaluator has no use for that ciphertext.
            field("rows", |_, _| KEY_LABELS..ROWS, [BlamedOrRight, Safe]),
            field("garbler MACs", |len, _| ROWS..len, [Safe, Safe]).from(3),
        ],
        Kind::Online => vec![
            field("tau", |_, _| 0..32, [Unattributed, Unattributed]),
            field("pad fingerprint", |_, _| 32..64, VIEW),
            field("pad pieces", |_, t| 64..64 + 32 * (t - 2), VIEW).from(3),
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
