//! A sum over a sliding window, in bounded memory, that errs upwards only.

use std::collections::VecDeque;

use crate::usage::{Charge, Window};

/// Buckets a window is divided into.
const BUCKETS: u64 = 100;
/// Buckets kept at most: those of the window, the one in which it began, and some that lie ahead
/// after the clock went back.
const CAPACITY: usize = 128;

/// Charges of one window, gathered into buckets of a hundredth of its length.
///
/// While time does not go back, the sum is at least that of the charges younger than the window
/// and at most that of the charges younger than window and one bucket: the bucket in which the
/// window began counts fully.
///
/// Time may go back. A charge is kept under the time it came with, and those that lie ahead count.
/// Buckets are dropped only to make room, and only if older than the window by the newcomer's
/// time; if none is, two of those that lie ahead become one, under the later time. So no charge is
/// forgotten before a whole window has passed on the clock, even if that clock is later set back.
#[derive(Clone, Debug)]
pub(crate) struct SlidingSum {
    bucket_ms: u64,
    /// At most `CAPACITY`, by ascending slot, no slot twice.
    buckets: VecDeque<Bucket>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Its beginning, in units of `bucket_ms`.
    slot: u64,
    sum: Charge,
}

impl SlidingSum {
    pub(crate) fn new(window: Window) -> Self {
        Self {
            bucket_ms: window.length_ms() / BUCKETS,
            buckets: VecDeque::new(),
        }
    }

    /// The sum of what was added within the window that ends at `now_ms`, or after it.
    ///
    /// Added up anew each time: a running total could not be taken back from once it saturated.
    pub(crate) fn sum(&self, now_ms: u64) -> Charge {
        let oldest = self.oldest_slot(now_ms);
        self.buckets
            .iter()
            .rev()
            .take_while(|bucket| bucket.slot >= oldest)
            .fold(Charge::default(), |sum, bucket| {
                sum.saturating_add(bucket.sum)
            })
    }

    /// The times at which a bucket leaves the window.
    pub(crate) fn falls(&self) -> impl Iterator<Item = u64> {
        let leaves = |bucket: &Bucket| {
            bucket
                .slot
                .saturating_add(BUCKETS + 1)
                .checked_mul(self.bucket_ms)
        };
        self.buckets.iter().filter_map(leaves)
    }

    /// Adds a charge at `now_ms`.
    pub(crate) fn add(&mut self, now_ms: u64, charge: Charge) {
        let slot = now_ms / self.bucket_ms;
        let at_slot = |buckets: &VecDeque<Bucket>| buckets.partition_point(|one| one.slot < slot);
        if let Some(bucket) = self.buckets.get_mut(at_slot(&self.buckets))
            && bucket.slot == slot
        {
            bucket.sum = bucket.sum.saturating_add(charge);
            return;
        }
        if self.buckets.len() >= CAPACITY {
            self.make_room(now_ms);
        }
        self.buckets
            .insert(at_slot(&self.buckets), Bucket { slot, sum: charge });
    }

    /// Drops a bucket that no window ending at `now_ms` or later reaches. When there is none, more
    /// buckets lie ahead than a window has room for, and the first two of them become one.
    fn make_room(&mut self, now_ms: u64) {
        let oldest = self.oldest_slot(now_ms);
        if self
            .buckets
            .front()
            .is_some_and(|bucket| bucket.slot < oldest)
        {
            self.buckets.pop_front();
            return;
        }
        let slot = now_ms / self.bucket_ms;
        let ahead = self.buckets.partition_point(|bucket| bucket.slot <= slot);
        if ahead + 1 < self.buckets.len()
            && let Some(earlier) = self.buckets.remove(ahead)
            && let Some(later) = self.buckets.get_mut(ahead)
        {
            later.sum = later.sum.saturating_add(earlier.sum);
        }
    }

    /// The slot in which the window that ends at `now_ms` began.
    fn oldest_slot(&self, now_ms: u64) -> u64 {
        (now_ms / self.bucket_ms).saturating_sub(BUCKETS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one() -> Charge {
        Charge {
            requests: 1,
            ..Charge::default()
        }
    }

    fn requests(sum: &SlidingSum, now_ms: u64) -> u64 {
        sum.sum(now_ms).requests
    }

    #[test]
    fn charge_leaves_after_the_window_and_before_another_bucket_has_passed() {
        for window in Window::ALL {
            let (length, bucket) = (window.length_ms(), window.length_ms() / BUCKETS);
            for start in [0, 1, bucket - 1, bucket, 1_753_000_000_000] {
                let mut sum = SlidingSum::new(window);
                sum.add(start, one());
                assert_eq!(requests(&sum, start), 1);
                assert_eq!(requests(&sum, start + length - 1), 1, "{window:?} {start}");
                assert_eq!(requests(&sum, start + length), 1, "{window:?} {start}");
                assert_eq!(
                    requests(&sum, start + length + bucket),
                    0,
                    "{window:?} {start}"
                );
            }
        }
    }

    #[test]
    fn charge_counts_again_when_the_clock_goes_back() {
        let mut sum = SlidingSum::new(Window::Minute);
        sum.add(1_000_000, one());
        assert_eq!(requests(&sum, 2_000_000), 0);
        sum.add(2_000_000, one());
        assert_eq!(requests(&sum, 1_000_000), 2);
        assert_eq!(requests(&sum, 0), 2);
    }

    #[test]
    fn clock_far_ahead_once_does_not_keep_later_charges() {
        let mut sum = SlidingSum::new(Window::Second);
        for ahead in 0..200 {
            sum.add(u64::MAX - ahead * 10, one());
        }
        for now in (0..10_000).step_by(5) {
            sum.add(now, one());
        }
        // 200 within the second, 2 of the bucket it began in, and those that lie ahead.
        assert_eq!(requests(&sum, 9_995), 402);
    }

    #[test]
    fn full_ring_never_forgets_a_live_charge() {
        let mut sum = SlidingSum::new(Window::Second);
        // More buckets than fit, all ahead of the clock that reads last.
        for slot in (0..500u64).rev() {
            sum.add(slot * 10, one());
        }
        assert_eq!(requests(&sum, 0), 500);
        assert_eq!(sum.buckets.len(), CAPACITY);
    }

    #[test]
    fn sum_recovers_from_saturation() {
        let mut sum = SlidingSum::new(Window::Second);
        sum.add(
            0,
            Charge {
                requests: u64::MAX,
                ..Charge::default()
            },
        );
        sum.add(500, one());
        assert_eq!(requests(&sum, 500), u64::MAX);
        assert_eq!(requests(&sum, 1_200), 1);
    }

    /// Charges younger than `length_ms` at `now`, those ahead included.
    fn exact(times: &[u64], now: u64, length_ms: u64) -> u64 {
        times.iter().filter(|time| **time + length_ms > now).count() as u64
    }

    proptest! {
        #[test]
        fn sum_lies_between_the_exact_one_and_one_bucket_more(
            window in prop::sample::select(&Window::ALL[..]),
            start in 0u64..5_000_000_000_000,
            steps in prop::collection::vec(0u32..100, 1..400),
            unit in prop::sample::select(&[1u64, 7, 150, 10_000, 400_000][..]),
        ) {
            let (length, bucket) = (window.length_ms(), window.length_ms() / BUCKETS);
            let mut sum = SlidingSum::new(window);
            let (mut now, mut times) = (start, Vec::new());
            for step in steps {
                now += u64::from(step) * unit;
                sum.add(now, one());
                times.push(now);
                let counted = requests(&sum, now);
                prop_assert!(counted >= exact(&times, now, length));
                prop_assert!(counted <= exact(&times, now, length + bucket));
                prop_assert!(sum.buckets.len() <= CAPACITY);
            }
        }

        #[test]
        fn sum_never_falls_below_the_exact_one_whatever_the_clock_does(
            window in prop::sample::select(&Window::ALL[..]),
            steps in prop::collection::vec((-300i64..300, 1i64..5), 1..400),
        ) {
            let (length, bucket) = (window.length_ms(), window.length_ms() / BUCKETS);
            let mut sum = SlidingSum::new(window);
            let (mut now, mut latest, mut times) = (10 * length, 0, Vec::new());
            for (step, scale) in steps {
                now = now.saturating_add_signed(step * scale * bucket as i64 / 3);
                latest = latest.max(now);
                sum.add(now, one());
                times.push(now);
                // What had a whole window pass over it may be gone; all else counts.
                prop_assert!(requests(&sum, now) >= exact(&times, latest, length));
                prop_assert!(sum.buckets.len() <= CAPACITY);
            }
        }
    }
}
