//! What a node keeps on disk: every record sealed, written rarely, and flushed before anyone is
//! told that it is there.

mod cipher;
mod kdf;
mod storage_key;
mod store;

pub use storage_key::{StorageKey, StorageKeyError, StorageKeySource};
pub(crate) use store::Tree;
pub use store::{StorageError, Store};
