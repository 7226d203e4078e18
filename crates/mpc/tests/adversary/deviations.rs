//! Deviations from the protocol, on the bytes a corrupt party sends; enumerated from the kinds of
//! messages, with what each must come to.

use countersign_mpc::Kind;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use crate::layouts::{Verdict, fields};

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
    /// Waits for the peer's message of this kind, and sends it back.
    Reflect,
}

/// All deviations at messages of this kind.
pub fn deviations(kind: Kind, parties: usize) -> Vec<Deviation> {
    let (previous, next) = match kind {
        Kind::SessionNonce => (false, true),
        Kind::SigmaCorrections | Kind::Tables | Kind::Online => (true, false),
        _ => (true, true),
    };
    // Echoes are the same from all; corrections of σ, tables and labels go one way only.
    let reflects = !matches!(
        kind,
        Kind::SessionEcho
            | Kind::ChallengeEcho
            | Kind::PermutationEcho
            | Kind::SigmaCorrections
            | Kind::Tables
            | Kind::Online
    );
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
    if reflects {
        all.push(Deviation::Reflect);
    }
    let fields = fields(kind).into_iter();
    let present = fields.filter(|field| parties >= field.least_parties);
    all.extend(present.map(|field| Deviation::FlipIn(field.name)));
    all
}

/// What `deviation` at a message of this kind must come to. `resized` if the length changed.
pub fn verdict(kind: Kind, deviation: Deviation, parties: usize, resized: bool) -> Verdict {
    use Verdict::{Blamed, BlamedOrRight, Safe, Unattributed};
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
        | Deviation::RelabelPrevious
        | Deviation::Reflect => of_fields(),
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
            Kind::SigmaCorrections | Kind::Tables | Kind::Online => Unattributed,
            Kind::CheckOpening => Safe,
            _ => Blamed,
        },
        Deviation::FallSilent => Unattributed,
    }
}

/// The altered bytes; `None` if the message is not sent in its place.
pub fn alter(
    (kind, deviation): (Kind, Deviation),
    parties: usize,
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
    match deviation {
        Deviation::FlipBit => flip(&mut altered, rng),
        Deviation::FlipIn(name) => {
            let mut all = fields(kind).into_iter();
            let field = all.find(|field| field.name == name).expect("a known field");
            flip(&mut altered[(field.at)(body.len(), parties)], rng);
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
        Deviation::Drop | Deviation::FallSilent | Deviation::SwapWithNext | Deviation::Reflect => {
            return None;
        }
    }
    Some(altered)
}

/// Every byte of a message belongs to exactly one field, so that no part of it is spared.
#[test]
fn fields_cover_messages() {
    const GATES: usize = 16_248;
    for parties in 2..=4 {
        for kind in Kind::ALL {
            let len = match kind {
                Kind::SessionEcho | Kind::ChallengeEcho | Kind::PermutationEcho => 32,
                Kind::NoiseChallenge | Kind::NoiseCheck | Kind::CheckCommitment => 32,
                Kind::SessionNonce | Kind::ChallengeOpening => 64,
                Kind::PermutationOpening | Kind::CheckOpening => 64,
                Kind::CotCheck => 80,
                Kind::MaskOpening => GATES / 8 * 6,
                Kind::OpeningChallenge => 96,
                Kind::CheckTerms => 48 + 128 * 16,
                Kind::Corrections | Kind::PuncturedSums | Kind::CrossTerms => 1_000,
                Kind::SigmaCorrections => 1_000,
                Kind::Tables => 256 * 16 + GATES * (56 + 48 * (parties - 2)),
                Kind::Online => 64 + 32 * (parties - 2) + 64 * 32 * 16 + 64,
            };
            let mut ranges: Vec<_> = fields(kind)
                .iter()
                .filter(|field| parties >= field.least_parties)
                .map(|field| (field.at)(len, parties))
                .collect();
            ranges.sort_by_key(|range| range.start);
            let end = ranges.iter().fold(0, |end, range| {
                assert_eq!(range.start, end, "{kind:?}");
                assert!(range.end > end, "{kind:?}");
                range.end
            });
            assert_eq!(end, len, "{kind:?}");
        }
    }
}
