//! The console as a server on a listener.

use std::future::Future;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::{ConsoleState, Error, router};

/// Serves the console on `listener` until `shutdown` resolves; requests under way are finished first.
///
/// # Errors
/// [`Error::Io`] when the listener fails.
pub async fn serve(
    listener: TcpListener,
    state: ConsoleState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(shutdown)
        .await?;
    Ok(())
}
