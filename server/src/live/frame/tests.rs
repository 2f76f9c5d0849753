use super::*;
use domain::live::{LiveEvent, Topic};
use proptest::prelude::*;
use std::io::{Read, Write};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocket};
use tokio_tungstenite::tungstenite::{Error, Message};

/// The network as memory: what the client wrote, and what it will read.
#[derive(Default)]
struct Wire {
    sent: Vec<u8>,
    coming: Cursor<Vec<u8>>,
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.coming.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.sent.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What another implementation sends for these messages.
fn sent(messages: impl IntoIterator<Item = Message>) -> Vec<u8> {
    let mut client = WebSocket::from_raw_socket(Wire::default(), Role::Client, None);
    for message in messages {
        client.send(message).unwrap();
    }
    client.into_inner().sent
}

/// What another implementation reads from these bytes.
fn read(bytes: Vec<u8>) -> Vec<Message> {
    let wire = Wire {
        coming: Cursor::new(bytes),
        ..Wire::default()
    };
    let mut client = WebSocket::from_raw_socket(wire, Role::Client, None);
    let mut read = Vec::new();
    loop {
        match client.read() {
            Ok(message) => read.push(message),
            Err(Error::Protocol(_) | Error::ConnectionClosed) => return read,
            Err(error) => panic!("{error}"),
        }
    }
}

/// Takes the bytes in piece by piece, of these lengths in turn.
fn heard(bytes: &[u8], lengths: &[usize]) -> Result<Vec<Heard>, Refused> {
    let mut decoder = Decoder::default();
    let mut heard = Vec::new();
    let mut rest = bytes;
    for length in lengths.iter().cycle() {
        let (piece, after) = rest.split_at((*length).min(rest.len()));
        decoder.take_in(piece);
        while let Some(next) = decoder.heard()? {
            heard.push(next);
        }
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    assert!(decoder.bytes.capacity() == 0 || !decoder.bytes.is_empty());
    Ok(heard)
}

fn refusal(bytes: &[u8]) -> Option<CloseCode> {
    heard(bytes, &[4_096]).err().map(|refused| refused.code)
}

/// The parts of a message as frames.
fn in_parts(parts: &[String]) -> Vec<Message> {
    let last = parts.len() - 1;
    let frame = |(place, part): (usize, &String)| {
        let kind = if place == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        Message::Frame(Frame::message(
            part.clone(),
            OpCode::Data(kind),
            place == last,
        ))
    };
    parts.iter().enumerate().map(frame).collect()
}

#[derive(Debug, Clone)]
enum Said {
    Whole(String),
    Parts(Vec<String>),
    Ping(Vec<u8>),
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![
        "\\PC{0,300}".prop_map(Said::Whole),
        (15_000..=LARGEST).prop_map(|length| Said::Whole("x".repeat(length))),
        prop::collection::vec("\\PC{0,60}", 1..6).prop_map(Said::Parts),
        prop::collection::vec(any::<u8>(), 0..=LARGEST_CONTROL).prop_map(Said::Ping),
    ]
}

proptest! {
    #[test]
    fn what_a_client_says_is_heard_however_the_network_cuts_it(
        all in prop::collection::vec(said(), 1..8),
        lengths in prop::collection::vec(1_usize..5_000, 1..8),
    ) {
        let mut messages = Vec::new();
        let mut expected = Vec::new();
        for one in all {
            match one {
                Said::Whole(text) => {
                    expected.push(Heard::Text(text.clone().into_bytes()));
                    messages.push(Message::text(text));
                }
                Said::Parts(parts) => {
                    expected.push(Heard::Text(parts.concat().into_bytes()));
                    messages.extend(in_parts(&parts));
                }
                Said::Ping(payload) => {
                    expected.push(Heard::Ping(payload.clone()));
                    messages.push(Message::Ping(payload.into()));
                }
            }
        }
        prop_assert_eq!(heard(&sent(messages), &lengths), Ok(expected));
    }

    #[test]
    fn no_bytes_make_the_decoder_fall_over(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = heard(&bytes, &[7]);
    }

    #[test]
    fn what_is_framed_is_read_by_another_implementation(
        what in "\\PC{0,200}",
        length in prop_oneof![0_usize..200, 65_300..65_700_usize],
    ) {
        let event = ServerMessage::Event(LiveEvent {
            id: 7,
            topics: vec![Topic::Documents],
            what,
            position: "1".repeat(length),
        });
        let framed = message(&event);
        let text = serde_json::to_string(&event).unwrap();
        prop_assert_eq!(read(framed.to_vec()), vec![Message::text(text.clone())]);
        let both = vec![Message::Ping(Bytes::new()), Message::text(text)];
        prop_assert_eq!(read(with_ping(&framed).to_vec()), both);
    }
}

#[test]
fn a_ping_between_the_parts_of_a_message_is_heard_first() {
    let parts = ["{\"type\":".to_owned(), "1}".to_owned()];
    let mut messages = in_parts(&parts);
    messages.insert(1, Message::Ping(Bytes::from_static(b"?")));
    let expected = vec![
        Heard::Ping(b"?".to_vec()),
        Heard::Text(b"{\"type\":1}".to_vec()),
    ];
    assert_eq!(heard(&sent(messages), &[3]), Ok(expected));
}

#[test]
fn closes_and_pongs_are_read_by_another_implementation() {
    let bytes = [
        pong(b"abc".to_vec()),
        close(Some(CloseCode::Policy), "session is over"),
    ];
    let frame = CloseFrame {
        code: CloseCode::Policy,
        reason: Utf8Bytes::from_static("session is over"),
    };
    assert_eq!(
        read(bytes.concat()),
        [
            Message::Pong(Bytes::from_static(b"abc")),
            Message::Close(Some(frame)),
        ]
    );
    assert_eq!(
        read(close(None, "not sent").to_vec()),
        [Message::Close(None)]
    );
}

#[test]
fn a_clients_close_is_heard_with_its_code() {
    let close = |code| {
        let reason = Utf8Bytes::from_static("bye");
        heard(
            &sent([Message::Close(Some(CloseFrame { code, reason }))]),
            &[2],
        )
    };
    assert_eq!(
        close(CloseCode::Away),
        Ok(vec![Heard::Close(Some(CloseCode::Away))])
    );
    let without = sent([Message::Close(None)]);
    assert_eq!(heard(&without, &[1]), Ok(vec![Heard::Close(None)]));
    // 1005 stands for a close without a code and is never sent as one.
    let masked = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed];
    assert_eq!(refusal(&masked), Some(CloseCode::Protocol));
    assert_eq!(
        refusal(&[0x88, 0x81, 0, 0, 0, 0, 3]),
        Some(CloseCode::Protocol)
    );
}

#[test]
fn what_breaks_the_protocol_is_refused_with_its_code() {
    let mask = [0, 0, 0, 0];
    let frame = |first: u8, second: u8| [&[first, second][..], &mask].concat();
    // Without a mask; with an extension's bit; of an unknown kind.
    assert_eq!(refusal(&[0x81, 0x00]), Some(CloseCode::Protocol));
    assert_eq!(refusal(&frame(0xc1, 0x80)), Some(CloseCode::Protocol));
    assert_eq!(refusal(&frame(0x83, 0x80)), Some(CloseCode::Protocol));
    assert_eq!(refusal(&frame(0x8b, 0x80)), Some(CloseCode::Protocol));
    // A ping in parts, and one that is too long.
    assert_eq!(refusal(&frame(0x09, 0x80)), Some(CloseCode::Protocol));
    let long_ping = [&[0x89, 0xfe, 0, 126][..], &mask].concat();
    assert_eq!(refusal(&long_ping), Some(CloseCode::Protocol));
    // Nothing to continue; a message inside another.
    assert_eq!(refusal(&frame(0x80, 0x80)), Some(CloseCode::Protocol));
    let nested = [frame(0x01, 0x80), frame(0x81, 0x80)].concat();
    assert_eq!(refusal(&nested), Some(CloseCode::Protocol));
    assert_eq!(refusal(&frame(0x82, 0x80)), Some(CloseCode::Unsupported));
}

#[test]
fn a_message_too_large_is_refused_by_its_header_and_in_parts() {
    let long = u16::try_from(LARGEST + 1).unwrap().to_be_bytes();
    let header = [&[0x81, 0xfe][..], &long, &[0; 4]].concat();
    assert_eq!(refusal(&header), Some(CloseCode::Size));
    let endless = [&[0x81_u8, 0xff][..], &[0xff; 8], &[0; 4]].concat();
    assert_eq!(refusal(&endless), Some(CloseCode::Size));
    let parts = ["x".repeat(LARGEST), "x".to_owned()];
    assert_eq!(refusal(&sent(in_parts(&parts))), Some(CloseCode::Size));
}

#[test]
fn after_a_refusal_nothing_is_kept_and_nothing_is_heard() {
    let mut decoder = Decoder::default();
    decoder.take_in(&[0x81, 0x00]);
    assert!(decoder.heard().is_err());
    decoder.take_in(&sent([Message::text("{}")]));
    assert_eq!(decoder.heard(), Ok(None));
    assert_eq!(decoder.bytes.capacity(), 0);
}
