//! Building circuits: wires are numbered freely here and packed into slots at the end.

use super::{Circuit, Gate};

/// A wire under construction.
pub(super) type Wire = u32;

/// A word: wires from the lowest bit up.
pub(super) type Word = Vec<Wire>;

/// Collects gates in single-assignment form.
pub(super) struct Builder {
    gates: Vec<Gate>,
    wires: u32,
    secret_inputs: usize,
    public_inputs: usize,
}

impl Builder {
    pub(super) fn new(secret_inputs: usize, public_inputs: usize) -> Self {
        Self {
            gates: Vec::new(),
            wires: (secret_inputs + public_inputs) as u32,
            secret_inputs,
            public_inputs,
        }
    }

    pub(super) fn secret_word(&self, index: usize, bits: usize) -> Word {
        (0..bits).map(|bit| (index * bits + bit) as Wire).collect()
    }

    pub(super) fn public_word(&self, index: usize, bits: usize) -> Word {
        (0..bits)
            .map(|bit| (self.secret_inputs + index * bits + bit) as Wire)
            .collect()
    }

    pub(super) fn xor(&mut self, a: Wire, b: Wire) -> Wire {
        let out = self.fresh();
        self.gates.push(Gate::Xor { a, b, out });
        out
    }

    pub(super) fn and(&mut self, a: Wire, b: Wire) -> Wire {
        let out = self.fresh();
        self.gates.push(Gate::And { a, b, out });
        out
    }

    fn fresh(&mut self) -> Wire {
        let wire = self.wires;
        self.wires += 1;
        wire
    }

    /// Packs wires into slots, each reused once its wire was read for the last time, and finishes.
    /// Inputs keep their slots for good: callers fill them before the walk begins.
    pub(super) fn finish(self, outputs: &[Wire]) -> Circuit {
        let inputs = self.secret_inputs + self.public_inputs;
        let mut last_read = vec![0usize; self.wires as usize];
        for (at, gate) in self.gates.iter().enumerate() {
            let (Gate::Xor { a, b, .. } | Gate::And { a, b, .. }) = *gate;
            last_read[a as usize] = at;
            last_read[b as usize] = at;
        }
        for &output in outputs {
            last_read[output as usize] = usize::MAX;
        }

        let mut slot_of: Vec<u32> = (0..self.wires).collect();
        let mut free: Vec<u32> = Vec::new();
        let mut slots = inputs as u32;
        let mut and_gates = 0;
        let mut gates = Vec::with_capacity(self.gates.len());
        for (at, gate) in self.gates.iter().enumerate() {
            let (Gate::Xor { a, b, out } | Gate::And { a, b, out }) = *gate;
            let packed = [a, b].map(|wire| slot_of[wire as usize]);
            let ends = |wire: Wire| wire as usize >= inputs && last_read[wire as usize] == at;
            if ends(a) {
                free.push(packed[0]);
            }
            if ends(b) && b != a {
                free.push(packed[1]);
            }
            let slot = free.pop().unwrap_or_else(|| {
                slots += 1;
                slots - 1
            });
            slot_of[out as usize] = slot;
            gates.push(match gate {
                Gate::Xor { .. } => Gate::Xor {
                    a: packed[0],
                    b: packed[1],
                    out: slot,
                },
                Gate::And { .. } => {
                    and_gates += 1;
                    Gate::And {
                        a: packed[0],
                        b: packed[1],
                        out: slot,
                    }
                }
            });
        }
        Circuit {
            gates,
            outputs: outputs.iter().map(|&wire| slot_of[wire as usize]).collect(),
            slots: slots as usize,
            and_gates,
            secret_inputs: self.secret_inputs,
            public_inputs: self.public_inputs,
        }
    }
}
