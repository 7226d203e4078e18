//! Two classes of times, and whether they differ.

use std::time::Duration;

/// Shares of the pooled times that are kept, the fastest: the slowest carry the most noise.
const KEPT: [f64; 6] = [0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// Times of two classes of inputs, in nanoseconds.
#[derive(Default)]
pub struct Samples {
    classes: [Vec<f64>; 2],
}

impl Samples {
    pub fn push(&mut self, class: usize, time: Duration) {
        self.classes[class].push(time.as_nanos() as f64);
    }

    pub fn len(&self) -> usize {
        self.classes.iter().map(Vec::len).sum()
    }

    pub fn median_us(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).map_or(0.0, |time| time / 1e3)
    }

    /// The greatest |t| over all croppings.
    pub fn greatest_t(&self) -> f64 {
        let sorted = self.sorted();
        let cropped_t = |kept: f64| {
            let last = (sorted.len() as f64 * kept).ceil() as usize;
            let bound = sorted.get(last.saturating_sub(1)).copied();
            let bound = bound.unwrap_or(f64::INFINITY);
            let [a, b] = [0, 1].map(|class| Moments::of(&self.classes[class], bound));
            a.welch_t(&b).abs()
        };
        KEPT.into_iter().map(cropped_t).fold(0.0, f64::max)
    }

    fn sorted(&self) -> Vec<f64> {
        let mut all = self.classes.concat();
        all.sort_unstable_by(f64::total_cmp);
        all
    }
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    /// Of the times up to `bound`.
    fn of(times: &[f64], bound: f64) -> Self {
        let kept = || times.iter().filter(|&&time| time <= bound);
        let count = kept().count() as f64;
        let mean = kept().sum::<f64>() / count;
        let squares: f64 = kept().map(|time| (time - mean).powi(2)).sum();
        Self {
            count,
            mean,
            variance: squares / (count - 1.0),
        }
    }

    /// Zero when there are too few to tell.
    fn welch_t(&self, other: &Self) -> f64 {
        let error = (self.variance / self.count + other.variance / other.count).sqrt();
        if self.count < 2.0 || other.count < 2.0 || error == 0.0 {
            return 0.0;
        }
        (self.mean - other.mean) / error
    }
}
