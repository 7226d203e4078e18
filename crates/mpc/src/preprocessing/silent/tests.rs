//! The extension among parties on threads, with honest and with cheating members.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng;

use self::support::{AnyChannel, Envelope, Links};
use super::*;
use crate::block::mask;
use crate::channel::ChannelError;
use crate::dealing::QuorumShare;
use crate::fault::{Fault, Misbehaviour};
use crate::party::Quorum;
use crate::sha2_family::HashAlgorithm;

#[path = "../../../tests/support/mod.rs"]
mod support;

fn block(rng: &mut ChaCha20Rng) -> Block {
    Block::from(rng.next_u64()) << 64 | Block::from(rng.next_u64())
}

fn members(t: u8) -> (Quorum, Vec<QuorumShare>) {
    let dealt = support::dealt(HashAlgorithm::Sha256, t, t, b"a key of some length", 1);
    let quorum = Quorum::new((1..=t).map(support::party)).unwrap();
    let shares = support::shares(&dealt.packages, &quorum);
    (quorum, shares)
}

/// Base bits of all parties, from a trusted dealer.
fn bases(quorum: &Quorum, shares: &[QuorumShare]) -> Vec<AuthBits> {
    let mut rng = support::rng(7, support::party(16));
    let peers = quorum.size() - 1;
    let len = base_bits(peers);
    let mut bases: Vec<AuthBits> = shares
        .iter()
        .map(|_| AuthBits {
            bits: BitBytes::new((0..len).map(|_| rng.next_u64() as u8 & 1).collect()),
            macs: Vec::new(),
            keys: Vec::new(),
        })
        .collect();
    for me in 0..shares.len() {
        for peer in (0..shares.len()).filter(|&peer| peer != me) {
            let delta = shares[peer].delta.get();
            let keys = Blocks::new((0..len).map(|_| block(&mut rng)).collect());
            let macs = keys.iter().zip(bases[me].bits.iter());
            let macs = macs.map(|(key, &bit)| key ^ (delta & mask(bit))).collect();
            // Peers come in rising order on both sides.
            bases[me].macs.push(Blocks::new(macs));
            bases[peer].keys.push(keys);
        }
    }
    bases
}

/// Runs the extension at all parties over `channels`.
fn extend_all<C: Channel + Send>(
    shares: &[QuorumShare],
    bases: Vec<AuthBits>,
    channels: Vec<C>,
    needed: usize,
) -> Vec<Result<AuthBits, Abort>> {
    std::thread::scope(|scope| {
        let runs: Vec<_> = shares
            .iter()
            .zip(bases)
            .zip(channels)
            .map(|((share, base), mut channel)| {
                scope.spawn(move || {
                    let mut rng = support::rng(3, share.me());
                    let mut session = Session::new(share, support::session(share, 3), &mut channel);
                    let base = Checked::after_all_checks(base);
                    extend(&mut session, base, needed, &mut rng).map(Checked::into_inner)
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    })
}

/// M = K ⊕ uΔ for every ordered pair, with one u towards all.
fn assert_authenticated(quorum: &Quorum, shares: &[QuorumShare], bits: &[AuthBits], len: usize) {
    let members = quorum.members();
    for (i, receiver) in bits.iter().enumerate() {
        assert_eq!(receiver.bits.len(), len);
        for (p, peer) in quorum.peers_of(members[i]).into_iter().enumerate() {
            let j = members.iter().position(|&member| member == peer).unwrap();
            let back = quorum
                .peers_of(peer)
                .iter()
                .position(|&m| m == members[i])
                .unwrap();
            let (macs, keys, delta) = (
                &receiver.macs[p],
                &bits[j].keys[back],
                shares[j].delta.get(),
            );
            assert_eq!((macs.len(), keys.len()), (len, len));
            for at in 0..len {
                assert!(macs[at] == keys[at] ^ (delta & mask(receiver.bits[at])));
            }
        }
    }
}

fn assert_unbiased(bits: &[u8]) {
    assert!(bits.iter().all(|&bit| bit <= 1));
    // Five standard deviations are 5/(2√len) of the length.
    let slack = 5.0 * (bits.len() as f64).sqrt() / 2.0;
    for lag in [1, 512] {
        let ones = bits.iter().filter(|&&bit| bit == 1).count() as f64;
        let changes = bits
            .iter()
            .zip(&bits[lag..])
            .filter(|(a, b)| a != b)
            .count() as f64;
        assert!((ones - bits.len() as f64 / 2.0).abs() < slack);
        assert!((changes - (bits.len() - lag) as f64 / 2.0).abs() < slack);
    }
}

#[test]
fn iterations_are_the_fewest_that_leave_enough() {
    let base = base_bits(1);
    assert_eq!(base, 41_158);
    assert_eq!(base_bits(2), base + 128);
    for (needed, least) in [
        (0, 1),
        (OUTPUTS, 1),
        (OUTPUTS + 1, 2),
        (2 * OUTPUTS - base, 2),
        (2 * OUTPUTS - base + 1, 3),
    ] {
        assert_eq!(iterations(needed, 1), least);
    }
}

#[test]
fn outputs_are_authenticated_and_unbiased() {
    for (t, needed) in [
        (2, OUTPUTS),
        (3, 1000),
        (2, OUTPUTS + 1),
        (3, 2 * OUTPUTS - base_bits(2)),
    ] {
        let (quorum, shares) = members(t);
        let bases = bases(&quorum, &shares);
        let made = extend_all(&shares, bases, support::network(&quorum), needed);
        let made: Vec<AuthBits> = made.into_iter().map(Result::unwrap).collect();
        assert_authenticated(&quorum, &shares, &made, needed);
        made.iter().for_each(|made| assert_unbiased(&made.bits));
    }
}

#[test]
fn outputs_are_the_secret_encoded_plus_regular_noise() {
    let (quorum, shares) = members(2);
    let bases = bases(&quorum, &shares);
    let secret = bases[0].bits[SECRETS].to_vec();
    let made = extend_all(&shares, bases, support::network(&quorum), OUTPUTS);
    let mut bits = made[0].as_ref().unwrap().bits.clone();
    let (zeros, mut unused) = (vec![0; SECRET], vec![0; OUTPUTS]);
    LocalCode::new().add_bits_and_blocks((&secret, &zeros), (&mut bits, &mut unused));
    for block in bits.chunks(LEAVES) {
        assert_eq!(block.iter().filter(|&&bit| bit == 1).count(), 1);
    }
}

/// Links of a party that alters what it sends.
struct Altering<F> {
    links: Links,
    alter: F,
}

impl<F: FnMut(Kind, &mut Vec<u8>)> Channel for Altering<F> {
    fn send(&mut self, to: Party, kind: Kind, mut body: Vec<u8>) -> Result<(), ChannelError> {
        (self.alter)(kind, &mut body);
        self.links.send(to, kind, body)
    }

    fn receive(&mut self, from: Party) -> Result<Envelope, ChannelError> {
        self.links.receive(from)
    }
}

/// What becomes of parties 1 to t if party 1 alters messages of `kind`.
fn altered(
    t: u8,
    kind: Kind,
    mut alter: impl FnMut(&mut Vec<u8>) + Send + 'static,
) -> Vec<Result<AuthBits, Abort>> {
    let (quorum, shares) = members(t);
    let channels: Vec<AnyChannel> =
        support::network_with(&quorum, support::party(1), |links| Altering {
            links,
            alter: move |sent, body: &mut Vec<u8>| {
                if sent == kind {
                    alter(body);
                }
            },
        });
    extend_all(&shares, bases(&quorum, &shares), channels, OUTPUTS)
}

fn assert_blames(result: &Result<AuthBits, Abort>, peer: u8, what: Misbehaviour) {
    let fault = &result.as_ref().err().unwrap().fault;
    let peer = support::party(peer);
    assert_eq!(*fault, Fault::Misbehaved { peer, what });
}

#[test]
fn a_sender_with_wrong_sums_is_blamed_by_every_receiver() {
    for at in [0, 16 * DEPTH - 1, 16 * SIDES.len() - 1] {
        let made = altered(3, Kind::PuncturedSums, move |body| body[at] ^= 1);
        assert_blames(&made[1], 1, Misbehaviour::NoiseCheck);
        assert_blames(&made[2], 1, Misbehaviour::NoiseCheck);
    }
}

#[test]
fn a_sender_with_a_wrong_answer_is_blamed() {
    let made = altered(2, Kind::NoiseCheck, |body| body[31] ^= 0x80);
    assert_blames(&made[1], 1, Misbehaviour::NoiseCheck);
}

#[test]
fn a_receiver_that_lies_about_its_noise_fails_its_own_check_only() {
    let made = altered(2, Kind::NoiseChallenge, |body| body[16] ^= 1);
    assert_blames(&made[0], 2, Misbehaviour::NoiseCheck);
    assert!(made[1].is_ok());
}

#[test]
fn messages_of_another_size_are_malformed() {
    for kind in [Kind::PuncturedSums, Kind::NoiseChallenge, Kind::NoiseCheck] {
        let made = altered(2, kind, |body| body.push(0));
        assert_blames(&made[1], 1, Misbehaviour::Malformed(kind));
        let made = altered(2, kind, |body| body.truncate(body.len() - 1));
        assert_blames(&made[1], 1, Misbehaviour::Malformed(kind));
    }
}

/// Messages of the second iteration do not pass for those of the first, whatever they say.
#[test]
fn repeated_messages_are_found_out() {
    let (quorum, shares) = members(2);
    for kind in [Kind::PuncturedSums, Kind::NoiseCheck] {
        let mut first = None;
        let channels = support::network_with(&quorum, support::party(1), |links| Altering {
            links,
            alter: move |sent, body: &mut Vec<u8>| {
                if sent == kind {
                    *body = first.get_or_insert_with(|| body.clone()).clone();
                }
            },
        });
        let made = extend_all(&shares, bases(&quorum, &shares), channels, OUTPUTS + 1);
        assert_blames(&made[1], 1, Misbehaviour::NoiseCheck);
    }
}
