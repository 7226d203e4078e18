//! Policies to start from.

/// A `.cedar` text that ships with the crate, to be used as it is or edited first. Not to be
/// confused with what Cedar calls templates, policies with slots, which bundles refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its file name, "demo.cedar".
    pub name: &'static str,
    /// The policies, with comments for whoever edits them.
    pub text: &'static str,
}

/// The shipped policies. Each passes [`Bundle::from_sources`](crate::Bundle::from_sources).
pub const fn templates() -> &'static [Template] {
    &[
        Template {
            name: "break-glass.cedar",
            text: include_str!("../policies/break-glass.cedar"),
        },
        Template {
            name: "demo.cedar",
            text: include_str!("../policies/demo.cedar"),
        },
        Template {
            name: "futures.cedar",
            text: include_str!("../policies/futures.cedar"),
        },
        Template {
            name: "read-only.cedar",
            text: include_str!("../policies/read-only.cedar"),
        },
        Template {
            name: "rebalancing.cedar",
            text: include_str!("../policies/rebalancing.cedar"),
        },
        Template {
            name: "spot-maker.cedar",
            text: include_str!("../policies/spot-maker.cedar"),
        },
    ]
}
