//! Silent extension of authenticated bits: a small base becomes many, for a third of a byte each.
//!
//! This is Ferret (Yang, Weng, Lan, Zhang, Wang, CCS 2020) with the trees of Half-Tree (Guo, Yang, Wang,
//! Zhang, Xie, Liu, Zhao, EUROCRYPT 2023). Write s, r and m for the base bits of one party, the
//! receiver R. An iteration makes u = s·A ⊕ e, where A is a fixed public matrix and e a noise vector
//! with one 1 in each block of 512, at the place that r names: pseudorandom if LPN with regular noise
//! is hard. Authentication is linear, so s·A is authenticated as s is, without a message; a tree for
//! each block authenticates e; and a check shows that the sender made the trees right.
//!
//! Every choice of R is a function of its base bits, and those are the same towards all peers. So u is
//! the same towards all peers too, without another check: the multi-party protocol relies on it.

mod check;
mod half_tree;
mod local_code;
#[cfg(test)]
mod tests;

use core::ops::Range;

use countersign_kernels::wipe;
use rand_core::CryptoRng;

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::session::{Message, Session};
use crate::block::{BitBytes, Block};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::fault::Abort;
use crate::party::Party;
use crate::prf::{half, hash};

use self::half_tree::Permutations;
use self::local_code::LocalCode;

// LPN over GF(2) with regular noise, for about 128 bits of security: the parameters of Ferret's
// implementations since the analysis of Liu, Wang, Yang and Yu (EUROCRYPT 2024).

/// Length of the LPN secret: k.
const SECRET: usize = 32_768;
/// Trees, and 1s in the noise: t.
const TREES: usize = 918;
/// Levels of a tree below its root.
const DEPTH: usize = 9;
/// Leaves of a tree, and bits of one block of noise.
const LEAVES: usize = 1 << DEPTH;
/// Bits an iteration makes: n.
const OUTPUTS: usize = TREES * LEAVES;

/// Authenticated bits that an iteration uses up, among a party and `peers` others.
pub(super) const fn base_bits(peers: usize) -> usize {
    masks(peers).start
}

/// The base bits that are the LPN secret s.
const SECRETS: Range<usize> = 0..SECRET;
/// The base bits r: for each level of each tree, the side on which the receiver learns a sum.
const SIDES: Range<usize> = SECRET..SECRET + TREES * DEPTH;

/// The base bits m that mask the check towards the p-th peer. They are its own: under one mask, two
/// colluding peers would see the sum of two hashes of the noise.
const fn masks(p: usize) -> Range<usize> {
    let start = SIDES.end + p * 128;
    start..start + 128
}

/// Iterations that make `needed` bits: each but the last leaves the base of the next.
fn iterations(needed: usize, peers: usize) -> usize {
    let more = needed.saturating_sub(OUTPUTS);
    1 + more.div_ceil(OUTPUTS - base_bits(peers))
}

/// Bits made where `needed` are asked for.
pub(super) fn capacity(needed: usize, peers: usize) -> usize {
    OUTPUTS + (iterations(needed, peers) - 1) * (OUTPUTS - base_bits(peers))
}

/// Makes `needed` authenticated bits of every member towards every other from [`base_bits`] of them,
/// which are used up. The length of `base` and `needed` must be the same at all members.
pub(super) fn extend<C: Channel>(
    session: &mut Session<'_, C>,
    base: Checked<AuthBits>,
    needed: usize,
    rng: &mut impl CryptoRng,
) -> Result<Checked<AuthBits>, Abort> {
    let peers = session.peers.len();
    let reserved = base_bits(peers);
    let iterations = iterations(needed, peers);
    let mut base = base.into_inner();
    let mut made = Outputs::new(peers, capacity(needed, peers));
    for number in 0..iterations {
        if number > 0 {
            base = made.take_last(reserved);
        }
        iterate(session, number as u64, &base, &mut made, rng)?;
    }
    Ok(Checked::after_all_checks(made.into_first(needed)))
}

/// One iteration, in all directions at once; its outputs are appended to `made`.
fn iterate<C: Channel>(
    session: &mut Session<'_, C>,
    number: u64,
    base: &AuthBits,
    made: &mut Outputs,
    rng: &mut impl CryptoRng,
) -> Result<(), Abort> {
    let (me, peers) = (session.me(), session.peers.clone());
    let delta = session.share.delta.get();
    let mut made = made.append(OUTPUTS);

    let sending = |receiver| Direction {
        receiver,
        sender: me,
    };
    let receiving = |sender| Direction {
        receiver: me,
        sender,
    };

    // e as M = K ⊕ eΔ: the leaves.
    let mut sums = Vec::with_capacity(peers.len());
    for (p, &peer) in peers.iter().enumerate() {
        let pi = permutations(session, sending(peer), number);
        let keys = &base.keys[p][SIDES];
        sums.push(half_tree::grow(&pi, delta, keys, made.keys[p], rng));
    }
    let mut sums = sums.into_iter();
    let incoming = session.exchange(Kind::PuncturedSums, (), |_, _| PuncturedSums {
        masked: sums.next().unwrap_or_default(),
    })?;
    let sides = &base.bits[SIDES];
    for (p, &peer) in peers.iter().enumerate() {
        let pi = permutations(session, receiving(peer), number);
        let macs = &base.macs[p][SIDES];
        half_tree::regrow(&pi, sides, macs, &incoming[p].masked, made.macs[p]);
    }
    check::check_noise(session, number, base, &made, rng)?;

    // s·A, added to bits, MACs and keys alike; the bits but once.
    let code = LocalCode::new();
    half_tree::noise(sides, made.bits);
    let secret_bits = &base.bits[SECRETS];
    for p in 0..peers.len() {
        let secret_macs = &base.macs[p][SECRETS];
        if p == 0 {
            let secret = (secret_bits, secret_macs);
            code.add_bits_and_blocks(secret, (made.bits, made.macs[p]));
        } else {
            code.add_blocks(secret_macs, made.macs[p]);
        }
        code.add_blocks(&base.keys[p][SECRETS], made.keys[p]);
    }
    Ok(())
}

/// The hashing of the trees of one direction and iteration, alike at both ends.
fn permutations<C: Channel>(
    session: &Session<'_, C>,
    direction: Direction,
    number: u64,
) -> Permutations {
    Permutations::new(half(hash(
        "countersign half tree",
        &[&session.id.0, &direction.indices(), &number.to_le_bytes()],
    )))
}

/// The two roles of a direction.
#[derive(Clone, Copy)]
struct Direction {
    /// Whose bits are made.
    receiver: Party,
    /// Under whose Δ.
    sender: Party,
}

impl Direction {
    fn indices(self) -> [u8; 2] {
        [self.receiver.index(), self.sender.index()]
    }
}

/// What the iterations have made, in memory for all of it, so that nothing secret is moved.
struct Outputs {
    all: AuthBits,
    /// So many are made; the others are zero.
    made: usize,
}

/// The part of [`Outputs`] that an iteration makes.
struct Fresh<'a> {
    bits: &'a mut [u8],
    macs: Vec<&'a mut [Block]>,
    keys: Vec<&'a mut [Block]>,
}

impl Outputs {
    fn new(peers: usize, capacity: usize) -> Self {
        let blocks = || (0..peers).map(|_| Blocks::zeroed(capacity));
        Self {
            all: AuthBits {
                bits: BitBytes::new(vec![0; capacity]),
                macs: blocks().collect(),
                keys: blocks().collect(),
            },
            made: 0,
        }
    }

    /// `len` more elements, zero at first.
    fn append(&mut self, len: usize) -> Fresh<'_> {
        let range = self.made..self.made + len;
        self.made = range.end;
        let AuthBits { bits, macs, keys } = &mut self.all;
        Fresh {
            bits: &mut bits[range.clone()],
            macs: macs
                .iter_mut()
                .map(|macs| &mut macs[range.clone()])
                .collect(),
            keys: keys
                .iter_mut()
                .map(|keys| &mut keys[range.clone()])
                .collect(),
        }
    }

    /// Takes the last `len` elements out.
    fn take_last(&mut self, len: usize) -> AuthBits {
        let range = self.made - len..self.made;
        self.made = range.start;
        let AuthBits { bits, macs, keys } = &mut self.all;
        let take = |blocks: &mut Blocks| {
            let taken = blocks[range.clone()].iter().copied().collect();
            wipe(&mut blocks[range.clone()]);
            taken
        };
        let taken = AuthBits {
            bits: BitBytes::new(bits[range.clone()].to_vec()),
            macs: macs.iter_mut().map(take).collect(),
            keys: keys.iter_mut().map(take).collect(),
        };
        wipe(&mut bits[range.clone()]);
        taken
    }

    /// The first `len` elements.
    fn into_first(self, len: usize) -> AuthBits {
        let AuthBits {
            mut bits,
            mut macs,
            mut keys,
        } = self.all;
        wipe(&mut bits[len..]);
        bits.truncate(len);
        for blocks in macs.iter_mut().chain(&mut keys) {
            blocks.shorten(len);
        }
        AuthBits { bits, macs, keys }
    }
}

/// Kind::PuncturedSums.
struct PuncturedSums {
    /// For each level of each tree, the sum of its left nodes plus the key on a base bit.
    masked: Vec<Block>,
}

impl Message for PuncturedSums {
    type Shape = ();

    fn encode(self) -> Vec<u8> {
        let mut out = Vec::new();
        put_blocks(&mut out, &self.masked);
        out
    }

    fn decode(reader: &mut Reader<'_>, (): ()) -> Result<Self, Malformed> {
        Ok(Self {
            masked: reader.blocks(SIDES.len())?,
        })
    }
}
