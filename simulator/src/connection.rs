//! A connection that can be ended at any byte.

use axum::Router;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Ends the connection that a request came on.
#[derive(Clone, Default)]
pub(crate) struct Connection(Arc<(Notify, Mutex<&'static [u8]>)>);

impl Connection {
    /// Writes `last` as it is, and closes. Never gives an answer.
    pub(crate) async fn end_with(&self, last: &'static [u8]) -> ! {
        *self.0.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = last;
        self.0.0.notify_one();
        std::future::pending().await
    }

    fn last(&self) -> &'static [u8] {
        *self.0.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Serves a client until one of both ends it.
    pub(crate) async fn serve(self, stream: TcpStream, router: Router) {
        let service = TowerToHyperService::new(router.layer(axum::Extension(self.clone())));
        let mut served =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            _ = &mut served => return,
            () = self.0.0.notified() => {}
        }
        let mut stream = served.into_parts().io.into_inner();
        // The client may be gone already: there is nobody to tell then.
        drop(stream.write_all(self.last()).await);
        drop(stream.shutdown().await);
    }
}
