//! A line that ends when too much comes over it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// More came than may.
#[derive(Clone, Copy, Debug, Error)]
#[error("the answer is too large")]
pub(super) struct TooMuch;

/// A line over which only so many bytes may come, all answers together; the next one fails with [`TooMuch`].
pub(super) struct Limited<S> {
    line: S,
    left: usize,
}

impl<S> Limited<S> {
    /// Lets `limit` bytes in.
    pub(super) const fn new(line: S, limit: usize) -> Self {
        Self { line, left: limit }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Limited<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.line).poll_read(context, buffer))?;
        let left = this.left.checked_sub(buffer.filled().len() - before);
        this.left = left.unwrap_or_default();
        Poll::Ready(left.map(drop).ok_or_else(|| io::Error::other(TooMuch)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Limited<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().line).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().line).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().line).poll_shutdown(context)
    }
}
