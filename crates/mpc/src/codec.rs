//! Fixed-layout encoding of protocol messages: no lengths a sender could lie about, no optional
//! parts; a message has exactly the size its place in the protocol gives it.

use crate::block::{Block, unpack};

/// The bytes are not the message they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message does not have the form its place in the protocol gives it")]
pub struct Malformed;

/// Reads a message front to back.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn bytes(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(head)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.bytes(N)?.try_into().map_err(|_| Malformed)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Malformed> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn block(&mut self) -> Result<Block, Malformed> {
        Ok(Block::from_le_bytes(self.array()?))
    }

    pub(crate) fn blocks(&mut self, count: usize) -> Result<Vec<Block>, Malformed> {
        let bytes = self.bytes(count.checked_mul(16).ok_or(Malformed)?)?;
        Ok(bytes
            .as_chunks::<16>()
            .0
            .iter()
            .map(|chunk| Block::from_le_bytes(*chunk))
            .collect())
    }

    pub(crate) fn bits(&mut self, count: usize) -> Result<Vec<u8>, Malformed> {
        unpack(self.bytes(count.div_ceil(8))?, count).ok_or(Malformed)
    }

    /// Succeeds when nothing is left over.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        self.rest.is_empty().then_some(()).ok_or(Malformed)
    }
}

/// Appends blocks to a message.
pub(crate) fn put_blocks(out: &mut Vec<u8>, blocks: &[Block]) {
    out.reserve(blocks.len() * 16);
    for block in blocks {
        out.extend_from_slice(&block.to_le_bytes());
    }
}
