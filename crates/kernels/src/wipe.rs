//! Wiping of scratch memory.

/// Overwrites `scratch`, in a way that the optimiser keeps and may still vectorise.
#[inline(always)]
pub fn wipe<T: Copy + Default>(scratch: &mut [T]) {
    scratch.fill(T::default());
    zeroize::optimization_barrier(scratch);
}
