//! The demo's own requests.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_client::Request;

use super::DemoError;

/// A small limit order at Binance's spot market, with the time of now.
///
/// # Errors
/// [`DemoError::Clock`].
pub fn order() -> Result<Request, DemoError> {
    let parameters = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001\
                      &price=50000.00&recvWindow=5000";
    binance("/api/v3/order", parameters)
}

/// A withdrawal, with the time of now, to an address that does not exist.
///
/// # Errors
/// [`DemoError::Clock`].
pub fn withdrawal() -> Result<Request, DemoError> {
    let parameters = "coin=USDT&network=TRX&address=TThisAddressDoesNotExist1111111111&amount=100\
                      &recvWindow=5000";
    binance("/sapi/v1/capital/withdraw/apply", parameters)
}

fn binance(path: &str, parameters: &str) -> Result<Request, DemoError> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| DemoError::Clock)?;
    Ok(Request {
        venue: "binance".to_owned(),
        method: "POST".to_owned(),
        host: "api.binance.com".to_owned(),
        path: path.to_owned(),
        query: format!("{parameters}&timestamp={}", now.as_millis()),
        body: Vec::new(),
        headers: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use countersign_venues::{Class, read};

    use super::*;

    #[test]
    fn the_dialect_reads_them_as_what_they_are() {
        let order = read(&order().unwrap()).unwrap();
        assert_eq!(order.named().class, Class::TradeSpot);
        let withdrawal = read(&withdrawal().unwrap()).unwrap();
        assert_eq!(withdrawal.named().class, Class::Withdraw);
    }
}
