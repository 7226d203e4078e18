//! Material that passed its checks (P11).

use core::ops::Deref;

/// Something no party could have got wrong: every check on it, and on what it was made from, has
/// passed. Later steps take only this, so that nothing leaves a node unchecked.
pub(super) struct Checked<T>(T);

impl<T> Checked<T> {
    /// Marks `value` as checked. Called once in each step, right after its last check.
    pub(super) fn after_all_checks(value: T) -> Self {
        Self(value)
    }

    pub(super) fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Checked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
