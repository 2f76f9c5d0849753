//! WebSocket frames (RFC 6455). What we send is framed once, however many hear it; what clients
//! send is small, so a socket at rest keeps no buffer for it.

use bytes::Bytes;
use domain::live::ServerMessage;
use std::io::Cursor;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame, FrameHeader, Utf8Bytes};

/// Largest message a client may send, in bytes.
const LARGEST: usize = 16 * 1024;
/// Largest payload of a ping, pong or close, in bytes; the protocol's own limit.
const LARGEST_CONTROL: usize = 125;

/// A message, ready for the wire.
pub(super) fn message(message: &ServerMessage) -> Bytes {
    let text = match serde_json::to_string(message) {
        Ok(text) => text,
        // Words, numbers and lists of them cannot fail.
        Err(error) => {
            tracing::error!(%error, "a live message could not be written");
            "{}".to_owned()
        }
    };
    written([Frame::message(text, OpCode::Data(Data::Text), true)])
}

/// A message behind a ping, which every client answers.
pub(super) fn with_ping(message: &Bytes) -> Bytes {
    let ping = written([Frame::ping(Bytes::new())]);
    [ping.as_ref(), message.as_ref()].concat().into()
}

/// The answer to a ping.
pub(super) fn pong(payload: Vec<u8>) -> Bytes {
    written([Frame::pong(payload)])
}

/// The end, with its code; without one, it answers a close that had none.
pub(super) fn close(code: Option<CloseCode>, reason: &'static str) -> Bytes {
    let reason = Utf8Bytes::from_static(reason);
    written([Frame::close(code.map(|code| CloseFrame { code, reason }))])
}

fn written<const COUNT: usize>(frames: [Frame; COUNT]) -> Bytes {
    let mut bytes = Vec::with_capacity(frames.iter().map(Frame::len).sum());
    for frame in frames {
        if let Err(error) = frame.format(&mut bytes) {
            // Memory takes what is written to it.
            tracing::error!(%error, "a live frame could not be written");
        }
    }
    bytes.into()
}

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A whole message; whether it is UTF-8 is for its reader to find out.
    Text(Vec<u8>),
    /// Wants its payload back.
    Ping(Vec<u8>),
    /// Answers a ping.
    Pong,
    /// The end, with the code it gave.
    Close(Option<CloseCode>),
}

/// Why a client is not listened to any longer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The code to close with.
    pub(super) code: CloseCode,
    /// The reason to close with.
    pub(super) reason: &'static str,
}

impl Refused {
    const fn protocol(reason: &'static str) -> Self {
        Self {
            code: CloseCode::Protocol,
            reason,
        }
    }

    const fn size() -> Self {
        Self {
            code: CloseCode::Size,
            reason: "too large",
        }
    }
}

/// Puts a client's frames together, however the network cut them.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// The pieces of a message that is not whole yet.
    pieces: Option<Vec<u8>>,
    refused: bool,
}

impl Decoder {
    /// Takes in what was read. Ask for all of [`Self::heard`] before the next call: then no more is
    /// kept than one frame that is not whole.
    pub(super) fn take_in(&mut self, bytes: &[u8]) {
        if !self.refused {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// The next thing the client said; none until more is read, and none for ever after a refusal.
    pub(super) fn heard(&mut self) -> Result<Option<Heard>, Refused> {
        let heard = self.read();
        if heard.is_err() {
            *self = Self {
                refused: true,
                ..Self::default()
            };
        }
        heard
    }

    fn read(&mut self) -> Result<Option<Heard>, Refused> {
        while let Some((header, payload)) = self.frame()? {
            if let Some(heard) = self.accept(header.opcode, header.is_final, payload)? {
                return Ok(Some(heard));
            }
        }
        Ok(None)
    }

    /// The next whole frame, unmasked.
    fn frame(&mut self) -> Result<Option<(FrameHeader, Vec<u8>)>, Refused> {
        let mut cursor = Cursor::new(self.bytes.as_slice());
        let header = FrameHeader::parse(&mut cursor)
            .map_err(|_| Refused::protocol("an unknown kind of frame"))?;
        let Some((header, length)) = header else {
            return Ok(None);
        };
        let start = usize::try_from(cursor.position()).map_err(|_| Refused::size())?;
        let (mask, length) = judge(&header, length)?;
        let end = start + length;
        let Some(masked) = self.bytes.get(start..end) else {
            return Ok(None);
        };
        let keys = mask.iter().cycle();
        let payload = masked.iter().zip(keys).map(|(byte, key)| byte ^ key);
        let payload = payload.collect();
        if end == self.bytes.len() {
            self.bytes = Vec::new();
        } else {
            self.bytes.drain(..end);
        }
        Ok(Some((header, payload)))
    }

    fn accept(
        &mut self,
        kind: OpCode,
        is_final: bool,
        payload: Vec<u8>,
    ) -> Result<Option<Heard>, Refused> {
        match kind {
            OpCode::Control(Control::Ping) => Ok(Some(Heard::Ping(payload))),
            OpCode::Control(Control::Pong) => Ok(Some(Heard::Pong)),
            OpCode::Control(Control::Close) => Ok(Some(Heard::Close(close_code(&payload)?))),
            OpCode::Data(Data::Text) => self.piece(None, is_final, payload),
            OpCode::Data(Data::Continue) => {
                let Some(before) = self.pieces.take() else {
                    return Err(Refused::protocol("nothing to continue"));
                };
                self.piece(Some(before), is_final, payload)
            }
            OpCode::Data(Data::Binary) => Err(Refused {
                code: CloseCode::Unsupported,
                reason: "text only",
            }),
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => {
                Err(Refused::protocol("an unknown kind of frame"))
            }
        }
    }

    fn piece(
        &mut self,
        before: Option<Vec<u8>>,
        is_final: bool,
        payload: Vec<u8>,
    ) -> Result<Option<Heard>, Refused> {
        if self.pieces.is_some() {
            return Err(Refused::protocol("a message inside another"));
        }
        let whole = match before {
            Some(mut before) => {
                before.extend_from_slice(&payload);
                before
            }
            None => payload,
        };
        if whole.len() > LARGEST {
            return Err(Refused::size());
        }
        if is_final {
            return Ok(Some(Heard::Text(whole)));
        }
        self.pieces = Some(whole);
        Ok(None)
    }
}

/// Refuses a frame by its header alone; answers mask and length of one that may come.
fn judge(header: &FrameHeader, length: u64) -> Result<([u8; 4], usize), Refused> {
    if header.rsv1 || header.rsv2 || header.rsv3 {
        return Err(Refused::protocol("an extension that was not agreed on"));
    }
    let Some(mask) = header.mask else {
        return Err(Refused::protocol("a frame without a mask"));
    };
    let length = usize::try_from(length).map_err(|_| Refused::size())?;
    let is_control = matches!(header.opcode, OpCode::Control(_));
    if is_control && (length > LARGEST_CONTROL || !header.is_final) {
        return Err(Refused::protocol("a control frame too long or in pieces"));
    }
    if length > LARGEST {
        return Err(Refused::size());
    }
    Ok((mask, length))
}

fn close_code(payload: &[u8]) -> Result<Option<CloseCode>, Refused> {
    match payload {
        [] => Ok(None),
        [high, low, ..] => {
            let code = CloseCode::from(u16::from_be_bytes([*high, *low]));
            let allowed = code.is_allowed().then_some(Some(code));
            allowed.ok_or(Refused::protocol("a code that must not be sent"))
        }
        [_] => Err(Refused::protocol("half a code")),
    }
}

#[cfg(test)]
mod tests;
