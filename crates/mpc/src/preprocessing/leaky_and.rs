//! What a party keeps of its leaky ANDs towards one peer.

use countersign_kernels::prefetch;

use crate::block::Block;
use crate::buffers::Blocks;

/// One leaky AND at one party, towards one peer.
#[derive(Clone, Copy)]
pub(super) struct LeakyAnd {
    /// MAC on the own x, and key on the peer's.
    pub(super) x_mac: Block,
    pub(super) x_key: Block,
    /// The same for y, narrow.
    pub(super) y_mac: u64,
    pub(super) y_key: u64,
    /// Bit 0: share of xy; above it, share of xyΔ, Δ being the sum of all members'. Only in the list
    /// towards the first peer; zero in the others.
    pub(super) share: u64,
    /// The own shares of x (bit 0) and y (bit 1).
    pub(super) bits: u8,
}

/// Leaky ANDs, each in one cache line, since buckets pick them in random order.
pub(super) struct LeakyAndList {
    blocks: Blocks,
    /// Blocks before the first, so that it starts a line.
    skip: usize,
}

const BLOCKS: usize = 4;

impl LeakyAndList {
    pub(super) fn with_capacity(count: usize) -> Self {
        let mut blocks = Blocks::with_capacity(BLOCKS * count + BLOCKS - 1);
        let line = BLOCKS * size_of::<Block>();
        let into_line = blocks.as_ptr().addr() % line;
        let skip = (line - into_line) % line / size_of::<Block>();
        blocks.resize(skip, 0);
        Self { blocks, skip }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, leaky: &LeakyAnd) {
        self.blocks.extend(leaky.pack());
    }

    #[inline(always)]
    pub(super) fn get(&self, k: usize) -> LeakyAnd {
        LeakyAnd::unpack(self.line(k))
    }

    /// Says that number `k`, which is public, will soon be asked for.
    #[inline(always)]
    pub(super) fn prefetch(&self, k: usize) {
        prefetch(self.line(k));
    }

    #[inline(always)]
    fn line(&self, k: usize) -> &[Block; BLOCKS] {
        &self.blocks[self.skip..].as_chunks::<BLOCKS>().0[k]
    }
}

impl LeakyAnd {
    #[inline(always)]
    fn pack(&self) -> [Block; BLOCKS] {
        let two = |low: u64, high: u64| Block::from(low) | (Block::from(high) << 64);
        [
            self.x_mac,
            self.x_key,
            two(self.y_mac, self.y_key),
            two(self.share, u64::from(self.bits)),
        ]
    }

    #[inline(always)]
    fn unpack(blocks: &[Block; BLOCKS]) -> Self {
        let [x_mac, x_key, y, rest] = *blocks;
        Self {
            x_mac,
            x_key,
            y_mac: y as u64,
            y_key: (y >> 64) as u64,
            share: rest as u64,
            bits: (rest >> 64) as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaky_ands_keep_their_parts_and_start_at_cache_lines() {
        let leaky = |k: u64| LeakyAnd {
            x_mac: Block::from(k) << 100,
            x_key: !Block::from(k),
            y_mac: k,
            y_key: k + 1,
            share: k + 2,
            bits: k as u8 & 3,
        };
        for count in [1, 5, 5000] {
            let mut list = LeakyAndList::with_capacity(count);
            (0..count as u64).for_each(|k| list.push(&leaky(k)));
            assert_eq!(core::ptr::from_ref(list.line(0)).addr() % 64, 0);
            for k in 0..count as u64 {
                let (got, expected) = (list.get(k as usize), leaky(k));
                assert_eq!(
                    (got.x_mac, got.x_key, got.y_mac, got.y_key, got.bits),
                    (expected.x_mac, expected.x_key, k, k + 1, expected.bits)
                );
                assert_eq!(got.share, k + 2);
            }
        }
    }
}
