//! Vectors of blocks, wiped when dropped and then used again.
//!
//! A batch goes through tens of megabytes of short-lived vectors. Given back to the allocator each time
//! they would be unmapped and mapped again, page by page: a fifth of the CPU time of preprocessing.

use core::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use countersign_kernels::{prefer_huge_pages, wipe};

use crate::block::Block;

/// A vector of secret blocks.
#[derive(Default)]
pub(crate) struct Blocks(Vec<Block>);

impl Blocks {
    /// Takes over a vector.
    pub(crate) fn new(blocks: Vec<Block>) -> Self {
        Self(blocks)
    }

    /// An empty vector with room for `capacity` blocks.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        let mut blocks = POOL.take(capacity);
        blocks.clear();
        Self(blocks)
    }

    /// `len` zero blocks.
    pub(crate) fn zeroed(len: usize) -> Self {
        let mut blocks = POOL.take(len);
        // What a vector of the pool has is zero.
        blocks.truncate(len);
        blocks.resize(len, 0);
        Self(blocks)
    }

    /// Shortens the vector to `len` blocks and wipes the others.
    pub(crate) fn shorten(&mut self, len: usize) {
        wipe(&mut self.0[len..]);
        self.0.truncate(len);
    }
}

impl Deref for Blocks {
    type Target = Vec<Block>;

    fn deref(&self) -> &Vec<Block> {
        &self.0
    }
}

impl DerefMut for Blocks {
    fn deref_mut(&mut self) -> &mut Vec<Block> {
        &mut self.0
    }
}

impl Clone for Blocks {
    fn clone(&self) -> Self {
        self.iter().copied().collect()
    }
}

impl FromIterator<Block> for Blocks {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        let blocks = blocks.into_iter();
        let mut collected = Self::with_capacity(blocks.size_hint().0);
        collected.extend(blocks);
        collected
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        // What lies beyond the length was never written, or wiped when it was given back.
        wipe(&mut self.0);
        POOL.give_back(core::mem::take(&mut self.0));
    }
}

static POOL: Pool = Pool(Mutex::new(Shelf {
    vectors: Vec::new(),
    blocks: 0,
}));

/// Vectors of the whole process, wiped: whatever length they have is zeros.
struct Pool(Mutex<Shelf>);

struct Shelf {
    /// By rising capacity.
    vectors: Vec<Vec<Block>>,
    /// Their capacities together.
    blocks: usize,
}

impl Pool {
    /// Smaller vectors are left to the allocator, which keeps those itself.
    const LEAST: usize = 4096;
    /// Most blocks kept: 512 MiB, about what four batches at once go through.
    const MOST: usize = 32 << 20;

    fn take(&self, capacity: usize) -> Vec<Block> {
        if capacity >= Self::LEAST {
            let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let at = shelf.vectors.partition_point(|v| v.capacity() < capacity);
            // One that is much too large is kept for those who need it.
            let fits = shelf
                .vectors
                .get(at)
                .is_some_and(|vector| vector.capacity() <= 2 * capacity);
            if fits {
                let vector = shelf.vectors.remove(at);
                shelf.blocks -= vector.capacity();
                return vector;
            }
        }
        let mut vector = Vec::with_capacity(capacity);
        prefer_huge_pages(&mut vector);
        vector
    }

    fn give_back(&self, vector: Vec<Block>) {
        let capacity = vector.capacity();
        if capacity < Self::LEAST {
            return;
        }
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.blocks + capacity <= Self::MOST {
            let at = shelf.vectors.partition_point(|v| v.capacity() < capacity);
            shelf.vectors.insert(at, vector);
            shelf.blocks += capacity;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_again_is_empty_and_wiped() {
        let capacity = Pool::LEAST + 123;
        drop(Blocks::new(vec![7; capacity]));
        let again = Blocks::zeroed(capacity);
        assert!(again.iter().all(|&block| block == 0));
        let collected: Blocks = (0..capacity as Block).collect();
        assert_eq!(collected.len(), capacity);
        assert_eq!(collected.clone()[5], 5);
    }

    #[test]
    fn the_pool_is_bounded_and_gives_what_fits() {
        let pool = Pool(Mutex::new(Shelf {
            vectors: Vec::new(),
            blocks: 0,
        }));
        for _ in 0..10 {
            pool.give_back(Vec::with_capacity(Pool::MOST / 4));
        }
        assert_eq!(pool.0.lock().unwrap().vectors.len(), 4);
        assert!(pool.take(Pool::LEAST).capacity() < Pool::MOST / 4);
        assert!(pool.take(Pool::MOST / 5).capacity() >= Pool::MOST / 4);
        assert_eq!(pool.0.lock().unwrap().vectors.len(), 3);
    }
}
