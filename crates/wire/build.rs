//! Generates the gRPC types from `proto/` without `protoc`.

use std::error::Error;
use std::path::Path;

const FILES: [&str; 3] = [
    "countersign/v1/signer.proto",
    "countersign/v1/node.proto",
    "countersign/v1/peer.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    for file in FILES {
        println!("cargo::rerun-if-changed={}", root.join(file).display());
    }
    let descriptors = protox::Compiler::new([&root])?
        .include_imports(true)
        .include_source_info(true)
        .open_files(FILES)?
        .file_descriptor_set();
    tonic_prost_build::configure().compile_fds(descriptors)?;
    Ok(())
}
