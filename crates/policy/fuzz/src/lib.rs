//! What the fuzz targets share: requests and policies out of bytes, and what must hold of every one.

pub mod check;
pub mod choices;
pub mod mutate;
pub mod policies;
pub mod scene;
