//! Garbling: half gates with authenticated rows (P12, P13).
//!
//! For masked inputs u, v the masked output of an AND gate is
//! uv ⊕ r, r = ⊕ r^i, r^i = σ^i ⊕ uλ_b^i ⊕ vλ_a^i. Garbler i's output label must carry (uv ⊕ r)Δ_i. The
//! part uvΔ_i comes from the evaluator half gate, the part r^iΔ_i and the keys K_i[r^j] from the
//! generator half gate, and the MACs M_i[r^j] from the other parties: the evaluator knows its own,
//! and each garbler's rows carry its MACs towards every other party, linear in u and v.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::masks::GateMasks;
use super::plan::Plan;
use super::session::{Message, Session, SessionId};
use crate::block::{Block, Blocks, low, mask};
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks, put_words};
use crate::fault::Abort;
use crate::online::{
    EvaluatorPresignature, GarblerPresignature, Presignature, PresignatureId, TableSet,
};
use crate::party::Party;
use crate::prf::{GateHash, GateInput, MAX_GATE_HASHES, Purpose, expand_blocks, half, hash};

/// Labels of the key-input wires for masked value 0, which is the only one they ever have.
pub(crate) type KeyLabels = Vec<Block>;

/// A garbler's row for one AND gate.
#[derive(Clone)]
pub(crate) struct GateRow {
    /// The half-gate ciphertexts.
    pub(crate) labels: [Block; 2],
    /// MAC of the garbler's r towards the evaluator: constant, times u, times v.
    pub(crate) evaluator_mac: [u64; 3],
}

/// All a garbler sends ahead for one presignature.
pub(crate) struct GarblerTables {
    pub(crate) key_labels: KeyLabels,
    pub(crate) rows: Vec<GateRow>,
    /// Per gate, for each other garbler in order: MAC of r towards it: constant, times u, times v.
    pub(crate) garbler_macs: Vec<[Block; 3]>,
}

/// A garbler garbles each presignature and sends its tables to the evaluator; the evaluator takes
/// in those of all garblers. Takes masks only once every check and MAC has passed (P11).
pub(super) fn exchange_tables<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    masks: Checked<Vec<GateMasks>>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Presignature>, Abort> {
    let share = session.share;
    let evaluator = share.quorum.evaluator();
    let mut presignatures = Vec::with_capacity(plan.presignatures);
    for (number, masks) in masks.into_inner().into_iter().enumerate() {
        let id = PresignatureId::new(&session.id, number);
        if session.me() == evaluator {
            let tables = receive_tables(session, plan, &masks, number)?;
            presignatures.push(Presignature::Evaluator(EvaluatorPresignature::new(
                share,
                id,
                tables,
                masks.outputs.bits,
                masks.outputs.keys,
            )));
        } else {
            let mut seed = Zeroizing::new([0; 16]);
            rng.fill_bytes(&mut *seed);
            let seed = Zeroizing::new(Block::from_le_bytes(*seed));
            let start = gate_hash_start(&session.id, number, session.me());
            let tables = Garbler::new(session, plan, &masks, *seed, start).garble();
            session.send(evaluator, Kind::Tables, &tables)?;
            let towards = session
                .peers
                .iter()
                .position(|&p| p == evaluator)
                .unwrap_or(0);
            presignatures.push(Presignature::Garbler(GarblerPresignature::new(
                share,
                id,
                seed,
                plan.circuit.secret_inputs()
                    ..plan.circuit.secret_inputs() + plan.circuit.public_inputs(),
                masks.outputs.bits,
                masks
                    .outputs
                    .macs
                    .into_iter()
                    .nth(towards)
                    .unwrap_or_default(),
            )));
        }
    }
    Ok(presignatures)
}

/// Where a garbler's gate-hash keys start: fresh with the session's nonces, and not its choice.
fn gate_hash_start(session: &SessionId, number: usize, garbler: Party) -> Block {
    let place = [&(number as u64).to_le_bytes()[..], &[garbler.index()]].concat();
    half(hash("countersign gate hash", &[&session.0, &place]))
}

/// Zero labels of the public wires, from a garbler's seed: after those of the key wires in one
/// expansion.
pub(crate) fn public_labels(seed: Block, wires: core::ops::Range<usize>) -> Blocks {
    let all = expand_blocks(seed, wires.end);
    Blocks::new(all[wires].to_vec())
}

struct Garbler<'a> {
    plan: &'a Plan,
    masks: &'a GateMasks,
    delta: Block,
    hash: GateHash,
    input_labels: Blocks,
    evaluator_at: usize,
    /// Positions, among the session's peers, of the other garblers.
    garblers_at: Vec<usize>,
}

impl<'a> Garbler<'a> {
    fn new<C: Channel>(
        session: &Session<'_, C>,
        plan: &'a Plan,
        masks: &'a GateMasks,
        seed: Block,
        start: Block,
    ) -> Self {
        let evaluator = session.share.quorum.evaluator();
        let (mut evaluator_at, mut garblers_at) = (0, Vec::new());
        for (at, &peer) in session.peers.iter().enumerate() {
            if peer == evaluator {
                evaluator_at = at;
            } else {
                garblers_at.push(at);
            }
        }
        Self {
            plan,
            masks,
            delta: session.share.delta.get(),
            hash: GateHash::new(start),
            input_labels: expand_blocks(
                seed,
                plan.circuit.secret_inputs() + plan.circuit.public_inputs(),
            ),
            evaluator_at,
            garblers_at,
        }
    }

    fn garble(&self) -> GarblerTables {
        let circuit = self.plan.circuit;
        let (key_labels, public_labels) = self.input_labels.split_at(circuit.secret_inputs());
        let mut tables = GarblerTables {
            key_labels: key_labels.to_vec(),
            rows: Vec::with_capacity(circuit.and_gates()),
            garbler_macs: Vec::with_capacity(circuit.and_gates() * self.garblers_at.len()),
        };
        let mut hashes = Zeroizing::new([0; MAX_GATE_HASHES]);
        circuit.walk(key_labels, public_labels, |gate, a, b| {
            self.garble_gate(gate, a, b, &mut hashes, &mut tables)
        });
        tables
    }

    /// Appends the gate's row and returns the zero label of its output.
    fn garble_gate(
        &self,
        gate: usize,
        a: Block,
        b: Block,
        hashes: &mut [Block; MAX_GATE_HASHES],
        tables: &mut GarblerTables,
    ) -> Block {
        let (delta, masks) = (self.delta, self.masks);
        let purposes = [Purpose::Label, Purpose::EvaluatorMac]
            .into_iter()
            .chain((0..self.garblers_at.len()).map(Purpose::GarblerMac));
        let inputs = purposes.flat_map(|purpose| {
            [(a, 0), (a ^ delta, 0), (b, 1), (b ^ delta, 1)].map(|(label, half)| GateInput {
                label,
                half,
                purpose,
            })
        });
        self.hash.hash(gate, inputs, hashes);
        let mut rows = hashes.as_chunks::<4>().0.iter();
        let mut next = || rows.next().copied().unwrap_or_default();

        // This garbler's share of λΔ_i: own bit times Δ_i, and its keys on all others' shares.
        let times_delta = |bits: &AuthBits| {
            bits.keys
                .iter()
                .fold(delta & mask(bits.bits[gate]), |sum, keys| sum ^ keys[gate])
        };
        let [a0, a1, b0, b1] = next();
        let labels = [
            a0 ^ a1 ^ times_delta(&masks.b),
            b0 ^ b1 ^ times_delta(&masks.a) ^ a,
        ];
        let output = a0 ^ b0 ^ times_delta(&masks.sigma);

        let macs_towards = |peer: usize, [a0, a1, b0, b1]: [Block; 4]| {
            [
                a0 ^ b0 ^ masks.sigma.macs[peer][gate],
                a0 ^ a1 ^ masks.b.macs[peer][gate],
                b0 ^ b1 ^ masks.a.macs[peer][gate],
            ]
        };
        let evaluator_mac = macs_towards(self.evaluator_at, next()).map(low);
        tables.rows.push(GateRow {
            labels,
            evaluator_mac,
        });
        for &peer in &self.garblers_at {
            tables.garbler_macs.push(macs_towards(peer, next()));
        }
        output
    }
}

/// Takes in all garblers' tables and folds into them what the evaluator itself knows of each gate.
fn receive_tables<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    masks: &GateMasks,
    number: usize,
) -> Result<TableSet, Abort> {
    let circuit = plan.circuit;
    let shape = TableShape {
        key_wires: circuit.secret_inputs(),
        gates: circuit.and_gates(),
        other_garblers: plan.peers - 1,
    };
    let mut set = TableSet::new(circuit);
    for (at, garbler) in session.peers.clone().into_iter().enumerate() {
        let mut tables: GarblerTables = session.receive(garbler, Kind::Tables, shape)?;
        for (gate, row) in tables.rows.iter_mut().enumerate() {
            // Keys on the garbler's r, so that what is left is 0 or Δ: and MACs of the own r, so
            // that the label comes out whole.
            row.evaluator_mac[0] ^= low(masks.sigma.keys[at][gate]);
            row.evaluator_mac[1] ^= low(masks.b.keys[at][gate]);
            row.evaluator_mac[2] ^= low(masks.a.keys[at][gate]);
            row.labels[0] ^= masks.b.macs[at][gate];
            row.labels[1] ^= masks.a.macs[at][gate];
        }
        let start = gate_hash_start(&session.id, number, garbler);
        let own_macs = masks.sigma.macs[at].clone();
        set.push(garbler, start, tables, own_macs);
    }
    set.own_bits(&masks.sigma.bits, &masks.b.bits, &masks.a.bits);
    Ok(set)
}

/// Sizes of a [`GarblerTables`] message.
#[derive(Clone, Copy)]
pub(super) struct TableShape {
    key_wires: usize,
    gates: usize,
    other_garblers: usize,
}

impl Message for GarblerTables {
    type Shape = TableShape;

    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.rows.len() * 56 + self.garbler_macs.len() * 48);
        put_blocks(&mut out, &self.key_labels);
        for row in &self.rows {
            put_blocks(&mut out, &row.labels);
            put_words(&mut out, &row.evaluator_mac);
        }
        for macs in &self.garbler_macs {
            put_blocks(&mut out, macs);
        }
        out
    }

    fn decode(reader: &mut Reader<'_>, shape: TableShape) -> Result<Self, Malformed> {
        let key_labels = reader.blocks(shape.key_wires)?;
        let rows = (0..shape.gates)
            .map(|_| {
                Ok(GateRow {
                    labels: [reader.block()?, reader.block()?],
                    evaluator_mac: [reader.u64()?, reader.u64()?, reader.u64()?],
                })
            })
            .collect::<Result<_, Malformed>>()?;
        let garbler_macs = (0..shape.gates * shape.other_garblers)
            .map(|_| Ok([reader.block()?, reader.block()?, reader.block()?]))
            .collect::<Result<_, Malformed>>()?;
        Ok(Self {
            key_labels,
            rows,
            garbler_macs,
        })
    }
}
