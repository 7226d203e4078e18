//! When heartbeats are sent: regularly, and at once when a quorum that could not sign can, since
//! requests may be waiting for it.

use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_stream::wrappers::ReceiverStream;

/// However much happens, heartbeats are this far apart.
const SHORTEST_GAP: Duration = Duration::from_millis(10);

/// What `status` says now, every `regularly`, and when there is news; until the stream is dropped.
pub(super) fn beats<T: Send + 'static>(
    regularly: Duration,
    mut news: watch::Receiver<()>,
    status: impl Fn() -> T + Send + 'static,
) -> ReceiverStream<T> {
    // None is made before the one before was taken.
    let (sender, beats) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut ticks = interval(regularly);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                Ok(()) = news.changed() => {}
                () = sender.closed() => return,
            }
            let Ok(place) = sender.reserve().await else {
                return;
            };
            // Seen before the look at it, so that whatever comes meanwhile is told next.
            news.borrow_and_update();
            place.send(status());
            sleep(SHORTEST_GAP).await;
        }
    });
    ReceiverStream::new(beats)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Instant;

    use tokio::time::timeout;
    use tokio_stream::{Stream, StreamExt};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn counting(regularly: Duration) -> (watch::Sender<()>, impl Stream<Item = usize> + Unpin) {
        let (sender, news) = watch::channel(());
        let count = Arc::new(AtomicUsize::new(0));
        let status = move || count.fetch_add(1, Ordering::Relaxed);
        (sender, Box::pin(beats(regularly, news, status)))
    }

    #[tokio::test]
    async fn heartbeats_come_regularly_without_news() {
        let (_news, mut beats) = counting(Duration::from_millis(20));
        for number in 0..3 {
            assert_eq!(beats.next().await, Some(number));
        }
    }

    #[tokio::test]
    async fn news_is_told_at_once() {
        let (news, mut beats) = counting(LONG);
        assert_eq!(beats.next().await, Some(0));
        let nothing = timeout(Duration::from_millis(50), beats.next()).await;
        assert!(nothing.is_err());
        news.send_replace(());
        let told = timeout(Duration::from_secs(1), beats.next()).await;
        assert_eq!(told, Ok(Some(1)));
    }

    #[tokio::test]
    async fn much_news_is_told_together() {
        let (news, mut beats) = counting(LONG);
        assert_eq!(beats.next().await, Some(0));
        let start = Instant::now();
        while start.elapsed() < SHORTEST_GAP * 5 {
            news.send_replace(());
            tokio::task::yield_now().await;
            if let Ok(Some(number)) = timeout(Duration::ZERO, beats.next()).await {
                assert!(number <= 6, "{number}");
            }
        }
    }

    #[tokio::test]
    async fn nobody_is_told_who_does_not_listen() {
        let (news, beats) = counting(LONG);
        drop(beats);
        timeout(Duration::from_secs(1), news.closed())
            .await
            .unwrap();
    }
}
