//! Choices out of a fuzzer's bytes, so that it can change one of them and keep the others.

use std::convert::Infallible;

use rand_core::TryRng;

/// Numbers out of bytes, two for each; 0 where they end.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u16 {
        match self.0 {
            [low, high, rest @ ..] => {
                let number = u16::from_le_bytes([*low, *high]);
                self.0 = rest;
                number
            }
            _ => 0,
        }
    }
}

impl TryRng for Choices<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.next().into())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.next().into())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.next() as u8);
        Ok(())
    }
}
