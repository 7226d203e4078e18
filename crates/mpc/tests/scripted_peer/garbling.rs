//! Garbling and evaluating for two parties, and the online message.

use countersign_mpc::{Kind, PROTOCOL_VERSION, Quorum, Statement};

use crate::block::{aes, blocks, bytes, expand, pack, times, unpack};
use crate::masks::{GATES, Masks, make};
use crate::sha256::{bytes_of, compress, public_bits};
use crate::share::{KEY_BITS, Share};
use crate::sigma;
use crate::support::spec::{Package, half, hash};
use crate::wire::Wire;

const PUBLIC_BITS: usize = 2048;
const ROW: usize = 56;

/// The scripted party after preprocessing.
pub struct Peer {
    pub package: Package,
    members: Vec<u8>,
    me: u8,
    garbler: u8,
    run: [u8; 32],
    masks: Vec<Masks>,
    /// As garbler: input labels. As evaluator: the garbler's tables.
    labels: Vec<Vec<u128>>,
    tables: Vec<Vec<u8>>,
}

impl Peer {
    pub fn preprocess(package: Package, quorum: &Quorum, mut wire: Wire, count: usize) -> Self {
        let mut masks = make(&package, &mut wire, count);
        let garbler = quorum.garblers()[0];
        if wire.me == garbler {
            sigma::take_corrections(&package, &mut wire, &mut masks);
        } else {
            sigma::send_corrections(&package, &mut wire, &mut masks);
        }
        let mut peer = Self {
            package,
            members: quorum.members().iter().map(|m| m.index()).collect(),
            me: wire.me.index(),
            garbler: garbler.index(),
            run: wire.run.0,
            masks,
            labels: Vec::new(),
            tables: Vec::new(),
        };
        for number in 0..count {
            if peer.me == peer.garbler {
                let seed = u128::from_le_bytes(wire.random());
                let labels = expand(seed, KEY_BITS + PUBLIC_BITS);
                wire.send(Kind::Tables, peer.garble(number, &labels));
                peer.labels.push(labels);
            } else {
                peer.tables.push(wire.receive(Kind::Tables));
            }
        }
        peer
    }

    pub fn presignature_id(&self, number: usize) -> [u8; 16] {
        let number = (number as u64).to_le_bytes();
        half(hash("countersign presignature", &[&self.run, &number])).to_le_bytes()
    }

    pub fn tau(&self, number: usize, statement: &Statement) -> [u8; 32] {
        let id = self.presignature_id(number);
        let parts: [&[u8]; 8] = [
            &PROTOCOL_VERSION.to_le_bytes(),
            &self.package.deal_id,
            &self.members,
            &self.package.epoch,
            &id,
            &statement.request_digest,
            &statement.governance_state,
            statement.inner_digest.as_bytes(),
        ];
        hash("countersign tau", &parts)
    }

    /// H(label; gate, half, purpose): AES under start ⊕ gate, around σ(label) and the constants.
    fn gate_hash(&self, number: usize) -> impl Fn(usize, u128, u128, u128) -> u128 {
        let place = [&(number as u64).to_le_bytes()[..], &[self.garbler]].concat();
        let start = half(hash("countersign gate hash", &[&self.run, &place]));
        move |gate, label, half, purpose| {
            let (high, low) = (label >> 64, label & u128::from(u64::MAX));
            let input = ((high ^ low) << 64 | high) ^ half << 64 ^ purpose;
            aes(start ^ gate as u128, input) ^ input
        }
    }

    fn garble(&self, number: usize, labels: &[u128]) -> Vec<u8> {
        let (h, delta) = (self.gate_hash(number), self.package.delta);
        let (key, public) = labels.split_at(KEY_BITS);
        let mut body = bytes(key.iter().copied());
        let mut gates = self.masks[number].gates.iter().enumerate();
        compress(key, public, |a, b| {
            let (g, masks) = gates.next().unwrap();
            let of = |purpose| {
                let of = |label, half| h(g, label, half, purpose);
                [of(a, 0), of(a ^ delta, 0), of(b, 1), of(b ^ delta, 1)]
            };
            let [a0, a1, b0, b1] = of(0);
            let share = |of: Share| times(delta, of.bit) ^ of.key;
            body.extend(bytes([
                a0 ^ a1 ^ share(masks.b),
                b0 ^ b1 ^ share(masks.a) ^ a,
            ]));
            let [m0, m1, n0, n1] = of(1);
            let macs = [
                m0 ^ n0 ^ masks.sigma.mac,
                m0 ^ m1 ^ masks.b.mac,
                n0 ^ n1 ^ masks.a.mac,
            ];
            body.extend(macs.iter().flat_map(|mac| (*mac as u64).to_le_bytes()));
            a0 ^ b0 ^ share(masks.sigma)
        });
        body
    }

    fn output_digest(&self, number: usize, tau: &[u8; 32], macs: &[u8]) -> [u8; 32] {
        let id = self.presignature_id(number);
        hash(
            "countersign output masks",
            &[&id, &[self.garbler], tau, macs],
        )
    }
}

/// The garbler's online message.
pub fn release(peer: &Peer, number: usize, tau: &[u8; 32], digest: &[u8]) -> Vec<u8> {
    let public = &peer.labels[number][KEY_BITS..];
    let delta = peer.package.delta;
    let labels = public
        .iter()
        .zip(public_bits(digest))
        .map(|(l, bit)| l ^ times(delta, bit));
    let outputs = &peer.masks[number].outputs;
    let bits: Vec<u8> = outputs.iter().map(|share| share.bit).collect();
    let macs = bytes(outputs.iter().map(|share| share.mac));
    let mut message = tau.to_vec();
    message.extend(hash("countersign no pad", &[]));
    message.extend(bytes(labels));
    message.extend(pack(&bits));
    message.extend(peer.output_digest(number, tau, &macs));
    message
}

/// A wire at the evaluator.
#[derive(Clone, Copy)]
struct Active {
    value: u8,
    label: u128,
}

impl std::ops::BitXor for Active {
    type Output = Self;

    fn bitxor(self, other: Self) -> Self {
        Self {
            value: self.value ^ other.value,
            label: self.label ^ other.label,
        }
    }
}

/// The tag, from the garbler's message.
pub fn evaluate(
    peer: &Peer,
    number: usize,
    tau: &[u8; 32],
    digest: &[u8],
    message: &[u8],
) -> Vec<u8> {
    let (h, delta) = (peer.gate_hash(number), peer.package.delta);
    let (masks, tables) = (&peer.masks[number], &peer.tables[number]);
    assert_eq!(message[..32], *tau);
    assert_eq!(message[32..64], hash("countersign no pad", &[]));
    let (labels, rest) = message[64..].split_at(PUBLIC_BITS * 16);
    let (output_bits, output_digest) = rest.split_at(32);

    let (key_labels, rows) = tables.split_at(KEY_BITS * 16);
    assert_eq!(rows.len(), GATES * ROW);
    let active = |(label, value)| Active { value, label };
    let key: Vec<Active> = blocks(key_labels)
        .into_iter()
        .map(|label| active((label, 0)))
        .collect();
    let public = blocks(labels).into_iter().zip(public_bits(digest));
    let public: Vec<Active> = public.map(active).collect();
    let mut gates = masks.gates.iter().zip(rows.chunks(ROW)).enumerate();
    let outputs = compress(&key, &public, |a, b| {
        let (g, (masks, row)) = gates.next().unwrap();
        let (u, v) = (a.value, b.value);
        let select = |[one, by_u, by_v]: [u128; 3]| one ^ times(by_u, u) ^ times(by_v, v);
        let rows = blocks(&row[..32]);
        let label = h(g, a.label, 0, 0) ^ h(g, b.label, 1, 0);
        let label = label
            ^ select([
                masks.sigma.mac,
                rows[0] ^ masks.b.mac,
                rows[1] ^ masks.a.mac ^ a.label,
            ]);

        let word = |n: usize| u64::from_le_bytes(row[32 + 8 * n..40 + 8 * n].try_into().unwrap());
        let mac = h(g, a.label, 0, 1) ^ h(g, b.label, 1, 1);
        let mac = mac ^ select([0, 1, 2].map(|n| u128::from(word(n))));
        let mac = mac ^ select([masks.sigma.key, masks.b.key, masks.a.key]);
        let theirs = match mac as u64 {
            0 => 0,
            other => {
                assert_eq!(other, delta as u64, "gate {g}");
                1
            }
        };
        let own = masks.sigma.bit ^ (u & masks.b.bit) ^ (v & masks.a.bit);
        Active {
            value: (u & v) ^ own ^ theirs,
            label,
        }
    });

    let theirs = unpack(output_bits);
    let expected = masks
        .outputs
        .iter()
        .zip(&theirs)
        .map(|(s, &bit)| s.key ^ times(delta, bit));
    assert_eq!(
        output_digest,
        peer.output_digest(number, tau, &bytes(expected))
    );
    let bits = outputs.iter().zip(&masks.outputs).zip(theirs);
    bytes_of(
        &bits
            .map(|((out, own), theirs)| out.value ^ own.bit ^ theirs)
            .collect::<Vec<u8>>(),
    )
}
