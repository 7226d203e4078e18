//! The gRPC services of a node, and the dispatch of what peers send.

mod heartbeats;
mod node;
mod peers;

pub use self::node::NodeService;
pub use self::peers::Dispatch;
