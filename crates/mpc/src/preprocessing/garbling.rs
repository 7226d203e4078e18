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
use super::seeded_macs::SeededMacs;
use super::session::{Session, SessionId};
use super::sigma::GarblingMasks;
use crate::block::{Block, mask, random_block, row_mac};
use crate::buffers::Blocks;
use crate::channel::{Channel, Kind};
use crate::codec::{Malformed, Reader, put_blocks};
use crate::fault::Abort;
use crate::online::{
    EvaluatorPresignature, GarblerPresignature, GarblerTables, Presignature, PresignatureId,
    TableSet,
};
use crate::party::Party;
use crate::prf::{GateHash, Purpose, expand_blocks, gate_input, half, hash};

/// A garbler garbles each presignature and sends its tables to the evaluator; the evaluator takes
/// in those of all garblers. Takes masks only once every check and MAC has passed (P11).
pub(super) fn exchange_tables<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    masks: Checked<Vec<GarblingMasks>>,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Presignature>, Abort> {
    let share = session.share;
    let evaluator = share.quorum.evaluator();
    let mut presignatures = Vec::with_capacity(plan.presignatures);
    for (number, masks) in masks.into_inner().into_iter().enumerate() {
        let GarblingMasks { masks, sigma_macs } = masks;
        let id = PresignatureId::new(&session.id, number);
        if session.me() == evaluator {
            let tables = receive_tables(session, plan, &masks, sigma_macs, number)?;
            presignatures.push(Presignature::Evaluator(EvaluatorPresignature::new(
                share,
                id,
                tables,
                masks.inputs.outputs.bits,
                masks.inputs.outputs.keys,
            )));
        } else {
            let seed = Zeroizing::new(random_block(rng));
            let start = gate_hash_start(&session.id, number, session.me());
            let tables = Garbler::new(session, plan, &masks, *seed, start).garble();
            session.send(evaluator, Kind::Tables, tables)?;
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
                masks.inputs.outputs.bits,
                masks
                    .inputs
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
    all[wires].iter().copied().collect()
}

struct Garbler<'a> {
    plan: &'a Plan,
    masks: &'a GateMasks,
    delta: Block,
    start: Block,
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
            start,
            input_labels: expand_blocks(
                seed,
                plan.circuit.secret_inputs() + plan.circuit.public_inputs(),
            ),
            evaluator_at,
            garblers_at,
        }
    }

    /// Kind::Tables: labels of the key wires; for each gate the half-gate ciphertexts and the MAC
    /// ciphertexts towards the evaluator; for each gate the MAC ciphertexts towards each other garbler.
    fn garble(&self) -> Vec<u8> {
        let circuit = self.plan.circuit;
        let (key_labels, public_labels) = self.input_labels.split_at(circuit.secret_inputs());
        let (gates, others) = (circuit.and_gates(), self.garblers_at.len());
        let mut rows = Vec::with_capacity(key_labels.len() * 16 + gates * (56 + 48 * others));
        put_blocks(&mut rows, key_labels);
        let mut garbler_macs = Vec::with_capacity(gates * 48 * others);
        let mut hash = GateHash::new(self.start);
        circuit.walk(key_labels, public_labels, |gate, a, b| {
            self.garble_gate(gate, a, b, &mut hash, &mut rows, &mut garbler_macs)
        });
        rows.append(&mut garbler_macs);
        rows
    }

    /// Appends the gate's row and returns the zero label of its output.
    #[inline(always)]
    fn garble_gate(
        &self,
        gate: usize,
        a: Block,
        b: Block,
        hash: &mut GateHash,
        rows: &mut Vec<u8>,
        garbler_macs: &mut Vec<u8>,
    ) -> Block {
        let (delta, masks) = (self.delta, self.masks);
        let labels = [(a, 0), (a ^ delta, 0), (b, 1), (b ^ delta, 1)];
        let inputs = |purpose| labels.map(|(label, half)| gate_input(label, half, purpose));
        let hash = hash.gate(gate);
        let [l0, l1, l2, l3] = inputs(Purpose::Label);
        let [m0, m1, m2, m3] = inputs(Purpose::EvaluatorMac);
        let [a0, a1, b0, b1, mac_hashes @ ..] = hash.hash([l0, l1, l2, l3, m0, m1, m2, m3]);

        // This garbler's share of λΔ_i: own bit times Δ_i, and its keys on all others' shares.
        let times_delta = |bits: &AuthBits| {
            bits.keys
                .iter()
                .fold(delta & mask(bits.bits[gate]), |sum, keys| sum ^ keys[gate])
        };
        let (inputs_a, inputs_b) = (&masks.inputs.a, &masks.inputs.b);
        let ciphertexts = [
            a0 ^ a1 ^ times_delta(inputs_b),
            b0 ^ b1 ^ times_delta(inputs_a) ^ a,
        ];
        let output = a0 ^ b0 ^ times_delta(&masks.sigma);

        let macs_towards = |peer: usize, [a0, a1, b0, b1]: [Block; 4]| {
            [
                a0 ^ b0 ^ masks.sigma.macs[peer][gate],
                a0 ^ a1 ^ inputs_b.macs[peer][gate],
                b0 ^ b1 ^ inputs_a.macs[peer][gate],
            ]
        };
        let macs = macs_towards(self.evaluator_at, mac_hashes).map(row_mac);
        rows.extend_from_slice(&encoded_row(ciphertexts, macs));
        for (n, &peer) in self.garblers_at.iter().enumerate() {
            let hashes = hash.hash(inputs(Purpose::GarblerMac(n)));
            put_blocks(garbler_macs, &macs_towards(peer, hashes));
        }
        output
    }
}

/// A gate's ciphertexts of labels and of the MAC towards the evaluator.
#[inline(always)]
fn encoded_row(ciphertexts: [Block; 2], macs: [u64; 3]) -> [u8; 56] {
    let mut row = [0; 56];
    let (labels, words) = row.split_at_mut(32);
    for (bytes, block) in labels.as_chunks_mut().0.iter_mut().zip(ciphertexts) {
        *bytes = block.to_le_bytes();
    }
    for (bytes, word) in words.as_chunks_mut().0.iter_mut().zip(macs) {
        *bytes = word.to_le_bytes();
    }
    row
}

/// Takes in all garblers' tables and folds into them what the evaluator itself knows of each gate.
fn receive_tables<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    masks: &GateMasks,
    sigma_macs: Vec<SeededMacs>,
    number: usize,
) -> Result<TableSet, Abort> {
    let circuit = plan.circuit;
    let shape = TableShape {
        key_wires: circuit.secret_inputs(),
        gates: circuit.and_gates(),
        other_garblers: plan.peers - 1,
    };
    let delta = row_mac(session.share.delta.get());
    let mut set = TableSet::new(circuit);
    let (a, b, sigma) = (&masks.inputs.a, &masks.inputs.b, &masks.sigma);
    let garblers = session.peers.clone().into_iter().zip(sigma_macs);
    for (at, (garbler, sigma_macs)) in garblers.enumerate() {
        let mut tables = session.receive(garbler, Kind::Tables, |reader| {
            GarblerTables::decode(reader, shape)
        })?;
        let per_gate = tables
            .ciphertexts
            .iter_mut()
            .zip(&mut tables.evaluator_macs);
        for (gate, (ciphertexts, macs)) in per_gate.enumerate() {
            // Keys on the garbler's r, so that what is left is 0 or Δ; and MACs of the own r, so that
            // the label comes out whole.
            ciphertexts[0] ^= b.macs[at][gate];
            ciphertexts[1] ^= a.macs[at][gate];
            macs[0] ^= row_mac(sigma.keys[at][gate]);
            macs[1] ^= row_mac(b.keys[at][gate]);
            macs[2] ^= row_mac(a.keys[at][gate]);
            // The own share of r, too: what is left is then r itself times Δ.
            if at == 0 {
                for (mac, bits) in macs.iter_mut().zip([sigma, b, a]) {
                    *mac ^= delta & crate::block::mask64(bits.bits[gate]);
                }
            }
        }
        let start = gate_hash_start(&session.id, number, garbler);
        set.push(garbler, start, tables, sigma_macs);
    }
    Ok(set)
}

/// Sizes of a Kind::Tables message.
#[derive(Clone, Copy)]
struct TableShape {
    key_wires: usize,
    gates: usize,
    other_garblers: usize,
}

impl GarblerTables {
    fn decode(reader: &mut Reader<'_>, shape: TableShape) -> Result<Self, Malformed> {
        let key_labels = reader.blocks(shape.key_wires)?;
        let mut ciphertexts = Vec::with_capacity(shape.gates);
        let mut evaluator_macs = Vec::with_capacity(shape.gates);
        for _ in 0..shape.gates {
            ciphertexts.push([reader.block()?, reader.block()?]);
            evaluator_macs.push([reader.u64()?, reader.u64()?, reader.u64()?]);
        }
        let garbler_macs = (0..shape.gates * shape.other_garblers)
            .map(|_| Ok([reader.block()?, reader.block()?, reader.block()?]))
            .collect::<Result<_, Malformed>>()?;
        Ok(Self {
            key_labels,
            ciphertexts,
            evaluator_macs,
            garbler_macs,
        })
    }
}
