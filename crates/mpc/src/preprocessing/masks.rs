//! The circuit's masks: which share of each wire's mask a party holds, and products of the masks of
//! each AND gate by Beaver openings.
//!
//! A key-input wire's mask is the key bit itself, so its masked value is 0 for ever: nothing about it
//! is opened, and there is no masked key bit to get wrong. A public wire has mask 0. AND outputs get
//! fresh masks; XOR gates are linear.

use super::auth_bits::AuthBits;
use super::checked::Checked;
use super::plan::Plan;
use super::session::Session;
use super::triples::Triples;
use crate::block::{BitBytes, Block, Blocks, mask};
use crate::channel::{Channel, Kind};
use crate::circuit::Circuit;
use crate::fault::Abort;

/// For each AND gate of one presignature: shares of the masks of its inputs, and of
/// σ = λ_a λ_b ⊕ λ_c; and of the circuit's output masks.
pub(super) struct GateMasks {
    pub(super) a: AuthBits,
    pub(super) b: AuthBits,
    pub(super) sigma: AuthBits,
    pub(super) outputs: AuthBits,
}

/// Opens each gate's input masks under its triple, checks every MAC, and confirms that all members
/// opened the same.
pub(super) fn open_masks<C: Channel>(
    session: &mut Session<'_, C>,
    plan: &Plan,
    bits: Checked<AuthBits>,
    triples: Checked<Triples>,
) -> Result<Checked<Vec<GateMasks>>, Abort> {
    let per_presignature = plan.circuit.and_gates();
    let wires: Vec<Wires> = (0..plan.presignatures)
        .map(|s| {
            let start = plan.output_masks().start + s * per_presignature;
            Wires::new(
                session,
                plan.circuit,
                &bits,
                start..start + per_presignature,
            )
        })
        .collect();

    // All d = λ_a ⊕ x, then all e = λ_b ⊕ y.
    let gates = plan.gates;
    let at = |g: usize| (&wires[g / per_presignature], g % per_presignature);
    let masked = AuthBits::map(
        2 * gates,
        plan.peers,
        |k| match k.checked_sub(gates) {
            None => at(k).0.a.bits[at(k).1] ^ triples.x.bits[k],
            Some(k) => at(k).0.b.bits[at(k).1] ^ triples.y.bits[k],
        },
        |p, k| match k.checked_sub(gates) {
            None => at(k).0.a.macs[p][at(k).1] ^ triples.x.macs[p][k],
            Some(k) => at(k).0.b.macs[p][at(k).1] ^ triples.y.macs[p][k],
        },
        |p, k| match k.checked_sub(gates) {
            None => at(k).0.a.keys[p][at(k).1] ^ triples.x.keys[p][k],
            Some(k) => at(k).0.b.keys[p][at(k).1] ^ triples.y.keys[p][k],
        },
    );
    let opened = masked.open(session, Kind::BeaverOpening)?;
    session.echo(Kind::OpeningEcho, "the Beaver openings", &[&opened])?;
    let (d, e) = opened.split_at(gates);

    // λ_a λ_b = z ⊕ e·x ⊕ d·λ_b.
    let masks = wires
        .into_iter()
        .enumerate()
        .map(|(s, wires)| {
            let first = s * per_presignature;
            let sigma = AuthBits::map(
                per_presignature,
                plan.peers,
                |k| {
                    let g = first + k;
                    triples.z.bits[g]
                        ^ (triples.x.bits[g] & e[g])
                        ^ (wires.b.bits[k] & d[g])
                        ^ bits.bits[g]
                },
                |p, k| {
                    let g = first + k;
                    triples.z.macs[p][g]
                        ^ (triples.x.macs[p][g] & mask(e[g]))
                        ^ (wires.b.macs[p][k] & mask(d[g]))
                        ^ bits.macs[p][g]
                },
                |p, k| {
                    let g = first + k;
                    triples.z.keys[p][g]
                        ^ (triples.x.keys[p][g] & mask(e[g]))
                        ^ (wires.b.keys[p][k] & mask(d[g]))
                        ^ bits.keys[p][g]
                },
            );
            GateMasks {
                a: wires.a,
                b: wires.b,
                sigma,
                outputs: wires.outputs,
            }
        })
        .collect();
    Ok(Checked::after_all_checks(masks))
}

/// Masks of AND inputs and circuit outputs, carried through the circuit.
struct Wires {
    a: AuthBits,
    b: AuthBits,
    outputs: AuthBits,
}

impl Wires {
    fn new<C: Channel>(
        session: &Session<'_, C>,
        circuit: &Circuit,
        bits: &AuthBits,
        and_outputs: core::ops::Range<usize>,
    ) -> Self {
        let share = session.share;
        let mut wires = Self {
            a: AuthBits::default(),
            b: AuthBits::default(),
            outputs: AuthBits::default(),
        };
        let carried = carry(circuit, &share.bits, &bits.bits[and_outputs.clone()]);
        wires.a.bits = BitBytes::new(carried.a);
        wires.b.bits = BitBytes::new(carried.b);
        wires.outputs.bits = BitBytes::new(carried.outputs);
        for (p, peer) in share.peers.iter().enumerate() {
            let carried = carry(circuit, &peer.macs, &bits.macs[p][and_outputs.clone()]);
            wires.a.macs.push(Blocks::new(carried.a));
            wires.b.macs.push(Blocks::new(carried.b));
            wires.outputs.macs.push(Blocks::new(carried.outputs));
            let carried = carry::<Block>(circuit, &peer.keys, &bits.keys[p][and_outputs.clone()]);
            wires.a.keys.push(Blocks::new(carried.a));
            wires.b.keys.push(Blocks::new(carried.b));
            wires.outputs.keys.push(Blocks::new(carried.outputs));
        }
        wires
    }
}

struct Carried<V> {
    a: Vec<V>,
    b: Vec<V>,
    outputs: Vec<V>,
}

/// One linear pass: key inputs and AND outputs given, public inputs zero.
fn carry<V>(circuit: &Circuit, key: &[V], and_outputs: &[V]) -> Carried<V>
where
    V: Copy + Default + core::ops::BitXor<Output = V>,
{
    let mut a = Vec::with_capacity(and_outputs.len());
    let mut b = Vec::with_capacity(and_outputs.len());
    let public = vec![V::default(); circuit.public_inputs()];
    let outputs = circuit.walk(key, &public, |gate, left, right| {
        a.push(left);
        b.push(right);
        and_outputs[gate]
    });
    Carried { a, b, outputs }
}
