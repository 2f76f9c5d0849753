//! The connection under a live link, without what HTTP needed of it.

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::upgrade::downcast;
use std::io::{self, IoSlice};
use tokio::net::{TcpStream, UnixStream};

/// Reads and writes without waiting, by whoever holds a reference: a writer needs no task of the
/// connection's own.
#[derive(Debug)]
pub(super) enum Stream {
    /// As accepted.
    Tcp(TcpStream),
    /// The near end of a pair behind which bytes are carried to and from any other connection.
    Carried(UnixStream),
}

impl Stream {
    /// Takes an upgraded connection over, with what was read of it already.
    pub(super) fn of(upgraded: Upgraded) -> io::Result<(Self, Bytes)> {
        match downcast::<TokioIo<TcpStream>>(upgraded) {
            Ok(parts) => Ok((Self::Tcp(parts.io.into_inner()), parts.read_buf)),
            Err(upgraded) => Ok((Self::Carried(carry(upgraded)?), Bytes::new())),
        }
    }

    /// Resolves when there is something to read, the end included.
    pub(super) async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.readable().await,
            Self::Carried(stream) => stream.readable().await,
        }
    }

    /// Resolves when something can be written.
    pub(super) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            Self::Carried(stream) => stream.writable().await,
        }
    }

    /// Reads what is there; none is the end.
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_read(buffer),
            Self::Carried(stream) => stream.try_read(buffer),
        }
    }

    /// Writes as much as the system takes at once.
    pub(super) fn write(&self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, parts) {
            // One message is the rule, and its own call is the cheaper one.
            (Self::Tcp(stream), [one]) => stream.try_write(one),
            (Self::Tcp(stream), parts) => stream.try_write_vectored(parts),
            (Self::Carried(stream), parts) => stream.try_write_vectored(parts),
        }
    }
}

/// Carries bytes between the connection and the pair until either ends.
fn carry(upgraded: Upgraded) -> io::Result<UnixStream> {
    let (near, far) = UnixStream::pair()?;
    tokio::spawn(async move {
        let (mut from_client, mut to_client) = tokio::io::split(TokioIo::new(upgraded));
        let (mut from_link, mut to_link) = far.into_split();
        let ended = tokio::select! {
            ended = tokio::io::copy(&mut from_client, &mut to_link) => ended,
            ended = tokio::io::copy(&mut from_link, &mut to_client) => ended,
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a live link broke off");
        }
    });
    Ok(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::Request;
    use axum::response::Response;
    use axum::routing::get;
    use std::time::Duration;
    use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
    use tokio::net::UnixListener;

    const PATIENCE: Duration = Duration::from_secs(10);
    const ASKS: &[u8] =
        b"GET / HTTP/1.1\r\nhost: here\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";

    /// Answers everything until "over", and says how the connection was taken over.
    async fn echo(mut request: Request) -> Response {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let (stream, early) = Stream::of(upgrade.await.unwrap()).unwrap();
            let mut heard = early.to_vec();
            while !heard.ends_with(b"over") {
                let mut buffer = [0; 16];
                stream.readable().await.unwrap();
                if let Ok(count) = stream.read(&mut buffer) {
                    heard.extend_from_slice(&buffer[..count]);
                }
            }
            let name: &[u8] = match stream {
                Stream::Tcp(_) => b" over tcp",
                Stream::Carried(_) => b" carried",
            };
            stream.writable().await.unwrap();
            let parts = [IoSlice::new(&heard), IoSlice::new(name)];
            assert_eq!(stream.write(&parts).unwrap(), heard.len() + name.len());
        });
        let switching = Response::builder().status(101);
        let switching = switching.header("connection", "upgrade");
        let switching = switching.header("upgrade", "echo");
        switching.body(axum::body::Body::empty()).unwrap()
    }

    /// The first word goes out together with the request.
    async fn talk(mut client: impl AsyncRead + AsyncWrite + Unpin) -> String {
        let talk = async {
            client
                .write_all(&[ASKS, b"hello, "].concat())
                .await
                .unwrap();
            client.write_all(b"over").await.unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).await.unwrap();
            String::from_utf8(answer).unwrap()
        };
        tokio::time::timeout(PATIENCE, talk).await.unwrap()
    }

    #[tokio::test]
    async fn a_tcp_connection_is_taken_over_with_what_was_read_of_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new().route("/", get(echo));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let answer = talk(TcpStream::connect(address).await.unwrap()).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        assert!(answer.ends_with("hello, over over tcp"), "{answer}");
    }

    #[tokio::test]
    async fn any_other_connection_is_carried_until_either_end_closes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let routes = Router::new().route("/", get(echo));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        let answer = talk(UnixStream::connect(&path).await.unwrap()).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        assert!(answer.ends_with("hello, over carried"), "{answer}");
    }
}
