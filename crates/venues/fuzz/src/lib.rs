//! What the fuzz targets share: requests out of bytes, and what must hold of every request.

pub mod check;
pub mod choices;
pub mod mutate;
pub mod neighbours;
pub mod operations;
pub mod records;
pub mod text;
