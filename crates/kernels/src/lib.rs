//! The inner loops of the threshold engine: AES-128 in the shapes that correlated OT, garbling and
//! silent OT need it, bit-matrix transposition, and the POLYVAL universal hash.
//!
//! Everything is computed by one of several [`Backend`]s, chosen once at run time by what the
//! processor offers; all give the same bytes. A block is a `u128` whose little-endian bytes are the
//! AES state or the POLYVAL block.
//!
//! No branch and no memory address depends on a key, a block or a bit of a matrix, except where a
//! function says that its input is public.

mod aes_key;
mod backend;
mod half_tree;
mod huge_pages;
mod local_linear;
mod polyval;
mod prefetch;
mod small_field;
mod transpose;
mod wipe;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use aes_key::AesKey;
pub use backend::Backend;
pub use half_tree::half_tree_level;
pub use huge_pages::prefer_huge_pages;
pub use local_linear::{ROW_WEIGHT, local_linear};
pub use polyval::{Polyval, dot};
pub use prefetch::prefetch;
pub use small_field::{WEIGHTS, small_field_vole};
pub use transpose::transpose_128;
pub use wipe::wipe;
