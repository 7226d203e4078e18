//! Boolean circuits of XOR and AND gates, and the SHA-2 compression among them.

mod builder;
mod sha2;

use core::ops::BitXor;

use countersign_kernels::wipe;

pub(crate) use self::sha2::compression;

/// A circuit whose wires live in reusable slots, so that a walk touches little memory. Inputs are
/// the first slots: first the secret ones, then the public ones.
pub(crate) struct Circuit {
    gates: Vec<Gate>,
    outputs: Vec<u32>,
    slots: usize,
    and_gates: usize,
    secret_inputs: usize,
    public_inputs: usize,
}

/// One gate; operands are slots.
#[derive(Clone, Copy)]
enum Gate {
    Xor { a: u32, b: u32, out: u32 },
    And { a: u32, b: u32, out: u32 },
}

impl Circuit {
    /// Number of AND gates: what the protocol pays for.
    pub(crate) fn and_gates(&self) -> usize {
        self.and_gates
    }

    /// Number of secret input wires.
    pub(crate) fn secret_inputs(&self) -> usize {
        self.secret_inputs
    }

    /// Number of public input wires.
    pub(crate) fn public_inputs(&self) -> usize {
        self.public_inputs
    }

    /// Number of output wires.
    pub(crate) fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// Carries values from the inputs to the outputs. XOR gates XOR values, so `V` is whatever is
    /// linear: bits, shares, MACs, keys, labels. `and(n, a, b)` gives the output of the n-th AND.
    pub(crate) fn walk<V: Copy + Default + BitXor<Output = V>>(
        &self,
        secret: &[V],
        public: &[V],
        mut and: impl FnMut(usize, V, V) -> V,
    ) -> Vec<V> {
        debug_assert_eq!(secret.len(), self.secret_inputs);
        debug_assert_eq!(public.len(), self.public_inputs);
        let mut slots = vec![V::default(); self.slots];
        slots[..secret.len()].copy_from_slice(secret);
        slots[secret.len()..secret.len() + public.len()].copy_from_slice(public);
        let mut number = 0;
        for gate in &self.gates {
            match *gate {
                Gate::Xor { a, b, out } => {
                    slots[out as usize] = slots[a as usize] ^ slots[b as usize];
                }
                Gate::And { a, b, out } => {
                    slots[out as usize] = and(number, slots[a as usize], slots[b as usize]);
                    number += 1;
                }
            }
        }
        let outputs = self
            .outputs
            .iter()
            .map(|&slot| slots[slot as usize])
            .collect();
        wipe(&mut slots);
        outputs
    }
}
