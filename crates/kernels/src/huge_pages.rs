//! A hint to the operating system's memory management.

/// Bytes of a huge page: on most processors, or at least whole ordinary pages.
#[cfg(target_os = "linux")]
const PAGE: usize = 2 << 20;

/// Asks for huge pages under a large vector that has not been written to yet: fewer page faults when it
/// is, and fewer misses of the translation buffers when it is read in random order. Does nothing
/// where that is not possible.
#[allow(unsafe_code)]
pub fn prefer_huge_pages<T>(vector: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{Advice, madvise};
        let bytes = vector.capacity() * size_of::<T>();
        let start = vector.as_mut_ptr().addr();
        let skip = start.next_multiple_of(PAGE) - start;
        // A smaller vector need not have a whole one.
        if bytes >= 2 * PAGE {
            let len = (bytes - skip) / PAGE * PAGE;
            // SAFETY: whole pages inside the vector's own allocation; the advice changes neither their
            // contents nor their protection.
            let advised = unsafe {
                let first = vector.as_mut_ptr().cast::<u8>().add(skip);
                madvise(first.cast(), len, Advice::LinuxHugepage)
            };
            // Without it everything works as well, only slower.
            let _ = advised;
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = vector;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_work_as_before() {
        for len in [0, 1, 1 << 10, 3 << 20] {
            let mut vector: Vec<u64> = Vec::with_capacity(len);
            prefer_huge_pages(&mut vector);
            vector.extend(0..len as u64);
            assert!(vector.iter().copied().eq(0..len as u64));
        }
    }
}
