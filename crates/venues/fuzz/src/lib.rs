//! What the fuzz targets share: requests out of bytes, and what must hold of every request.

pub mod check;
pub mod mutate;
