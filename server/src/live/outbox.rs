//! What waits to be written to one socket. Whoever puts something in writes it, too; what the
//! system does not take at once is left to the socket's own task.

use super::stream::Stream;
use bytes::{Buf as _, Bytes};
use std::collections::{HashSet, VecDeque};
use std::io::{self, IoSlice};

/// Messages a client may be behind.
pub(super) const MOST: usize = 256;
/// Events that are held back for a client at most while it is sent what it missed: those of a change of many
/// records may be among both.
const HELD: usize = 1_024;
/// Messages handed to the system at once.
const AT_ONCE: usize = 32;
/// Places kept for messages when none waits.
const KEPT: usize = 8;

/// How it stands with a client.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Hears everything.
    #[default]
    Open,
    /// Missed something, and hears nothing before it is told to read everything again.
    Behind,
    /// Is told that it is over, and hears nothing more.
    Closing,
    /// The connection is gone.
    Gone,
}

/// The messages that wait, in the order of the wire.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    frames: VecDeque<Bytes>,
    /// A part of the first one is written.
    begun: bool,
    /// Events that wait for what was before them.
    held: Option<Vec<(i64, Bytes)>>,
    /// Events that were sent before the tailer came to them, kept over one sign of life.
    sent_before: HashSet<i64>,
    sent_lately: bool,
    standing: Standing,
}

impl Outbox {
    /// How it stands with the client.
    pub(super) fn standing(&self) -> Standing {
        self.standing
    }

    /// An event. Answers whether the caller has to [`Self::flush`].
    pub(super) fn tell(&mut self, id: i64, frame: &Bytes, stream: &Stream) -> bool {
        if self.standing != Standing::Open || self.sent_before.contains(&id) {
            return false;
        }
        match &mut self.held {
            None => self.queue(frame, stream),
            Some(held) if held.len() < HELD => {
                held.push((id, frame.clone()));
                false
            }
            Some(_) => self.fall_behind(),
        }
    }

    /// That the link is alive. Answers whether the caller has to [`Self::flush`].
    pub(super) fn beat(&mut self, frame: &Bytes, stream: &Stream) -> bool {
        if !std::mem::take(&mut self.sent_lately) {
            // By now the tailer has passed what was sent before it.
            self.sent_before = HashSet::new();
        }
        // While events are held, a position after them must not be told.
        self.standing == Standing::Open && self.held.is_none() && self.queue(frame, stream)
    }

    /// Something of the socket's own task, which writes it and waits for that.
    pub(super) fn say(&mut self, frame: Bytes) {
        if matches!(self.standing, Standing::Open | Standing::Behind) {
            self.frames.push_back(frame);
        }
    }

    /// Holds events back until [`Self::release`].
    pub(super) fn hold(&mut self) {
        if self.standing == Standing::Open {
            self.held = Some(Vec::new());
        }
    }

    /// Lets the events go that were held, but those with these ids: they were sent.
    pub(super) fn release(&mut self, sent: HashSet<i64>) {
        let held = self.held.take().unwrap_or_default();
        let new = held.into_iter().filter(|(id, _)| !sent.contains(id));
        self.frames.extend(new.map(|(_, frame)| frame));
        self.sent_before = sent;
        self.sent_lately = true;
    }

    /// Drops what waits: the client has to read everything again. Answers that the caller has to
    /// [`Self::flush`].
    pub(super) fn fall_behind(&mut self) -> bool {
        if self.standing == Standing::Open {
            self.drop_waiting();
            self.standing = Standing::Behind;
        }
        true
    }

    /// Tells a client that is behind to read everything again; from now on it hears events.
    pub(super) fn catch_up(&mut self, frame: Bytes) {
        if self.standing == Standing::Behind {
            self.standing = Standing::Open;
            self.frames.push_back(frame);
        }
    }

    /// Ends it with this frame.
    pub(super) fn close(&mut self, frame: Bytes) {
        if matches!(self.standing, Standing::Open | Standing::Behind) {
            self.drop_waiting();
            self.standing = Standing::Closing;
            self.frames.push_back(frame);
        }
    }

    /// The connection is gone.
    pub(super) fn give_up(&mut self) {
        *self = Self {
            standing: Standing::Gone,
            ..Self::default()
        };
    }

    /// Writes what waits; answers whether nothing is left.
    pub(super) fn flush(&mut self, stream: &Stream) -> bool {
        while !self.frames.is_empty() {
            match self.write(stream) {
                Ok(written) if written > 0 => self.advance(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => self.give_up(),
            }
        }
        if self.frames.capacity() > KEPT {
            self.frames = VecDeque::new();
        }
        true
    }

    fn write(&self, stream: &Stream) -> io::Result<usize> {
        let mut parts = [IoSlice::new(&[]); AT_ONCE];
        let mut count = 0;
        for (part, frame) in parts.iter_mut().zip(&self.frames) {
            *part = IoSlice::new(frame);
            count += 1;
        }
        stream.write(&parts[..count])
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.frames.front_mut() {
            if written < first.len() {
                first.advance(written);
                self.begun |= written > 0;
                return;
            }
            written -= first.len();
            self.frames.pop_front();
            self.begun = false;
        }
    }

    /// A batch may be longer than what may wait: only a client that does not take it is behind.
    fn queue(&mut self, frame: &Bytes, stream: &Stream) -> bool {
        let is_full = |waiting: &VecDeque<Bytes>| waiting.len() >= MOST;
        if is_full(&self.frames) {
            self.flush(stream);
        }
        if is_full(&self.frames) {
            return self.fall_behind();
        }
        let first = self.frames.is_empty();
        if self.standing == Standing::Open {
            self.frames.push_back(frame.clone());
        }
        first
    }

    /// All but the rest of a message whose beginning was written.
    fn drop_waiting(&mut self) {
        self.frames.truncate(usize::from(self.begun));
        self.held = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;

    /// A connection whose far end is read without a runtime.
    async fn pair() -> (Stream, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        far.set_nonblocking(true).unwrap();
        let near = Stream::Carried(tokio::net::UnixStream::from_std(near).unwrap());
        near.writable().await.unwrap();
        (near, far)
    }

    fn frame(text: &str) -> Bytes {
        Bytes::copy_from_slice(text.as_bytes())
    }

    /// Everything that has come.
    fn come(far: &mut UnixStream) -> String {
        let mut bytes = Vec::new();
        // It ends with "would block", and what was read until then is kept.
        let _ = far.read_to_end(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    /// Fills the connection until nothing more goes out, then the outbox until it is behind.
    /// Answers the length of what was queued.
    fn fill(outbox: &mut Outbox, near: &Stream) -> usize {
        let large = frame(&"x".repeat(10_000));
        let mut queued = 0;
        while outbox.flush(near) {
            outbox.say(large.clone());
            queued += large.len();
        }
        for id in 0..=MOST as i64 {
            outbox.tell(id, &frame("late "), near);
        }
        assert_eq!(outbox.standing(), Standing::Behind);
        queued
    }

    #[tokio::test]
    async fn messages_are_written_whole_and_in_order() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        let mut expected = String::new();
        for number in 0..100 {
            let text = format!("{number},");
            assert_eq!(outbox.tell(number, &frame(&text), &near), number == 0);
            expected.push_str(&text);
        }
        assert!(outbox.flush(&near));
        assert_eq!(come(&mut far), expected);
        assert!(outbox.frames.capacity() <= KEPT);
        assert!(outbox.tell(100, &frame("on"), &near) && outbox.flush(&near));
        assert_eq!(come(&mut far), "on");
    }

    #[tokio::test]
    async fn a_batch_longer_than_what_may_wait_leaves_nobody_behind_who_takes_it() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        let count = 3 * MOST as i64 + 7;
        let mut got = String::new();
        for id in 0..count {
            outbox.tell(id, &frame("x"), &near);
            got.push_str(&come(&mut far));
        }
        assert!(outbox.flush(&near));
        got.push_str(&come(&mut far));
        assert_eq!(outbox.standing(), Standing::Open);
        assert_eq!(got.len() as i64, count);
    }

    #[tokio::test]
    async fn who_is_behind_gets_the_rest_of_a_message_and_then_what_to_do() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        let queued = fill(&mut outbox, &near);
        assert!(!outbox.tell(1_000, &frame("dropped"), &near));
        outbox.catch_up(frame("resync"));
        outbox.tell(1_001, &frame(" and on"), &near);
        let mut got = String::new();
        while !outbox.flush(&near) {
            got.push_str(&come(&mut far));
            near.writable().await.unwrap();
        }
        got.push_str(&come(&mut far));
        let (large, rest) = got.split_at(got.find('r').unwrap());
        assert_eq!(rest, "resync and on");
        // No message is cut, whichever of them were dropped.
        assert!(large.len() <= queued && large.len().is_multiple_of(10_000));
    }

    #[tokio::test]
    async fn a_close_overtakes_all_that_waits_and_nothing_comes_after_it() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        outbox.tell(1, &frame("dropped"), &near);
        outbox.close(frame("over"));
        outbox.close(frame("twice"));
        outbox.say(frame("late"));
        assert!(!outbox.tell(2, &frame("late"), &near));
        assert!(!outbox.beat(&frame("late"), &near));
        assert!(outbox.flush(&near));
        assert_eq!(come(&mut far), "over");
        assert_eq!(outbox.standing(), Standing::Closing);
    }

    #[tokio::test]
    async fn held_events_come_after_what_was_before_them_and_once() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        outbox.hold();
        for id in 1..=3 {
            assert!(!outbox.tell(id, &frame(&format!("live {id} ")), &near));
        }
        assert!(!outbox.beat(&frame("alive "), &near));
        outbox.say(frame("replayed 2 "));
        assert!(outbox.flush(&near));
        outbox.release(HashSet::from([2, 4]));
        assert!(outbox.flush(&near));
        assert_eq!(come(&mut far), "replayed 2 live 1 live 3 ");
        // The tailer comes later to what was sent already, but not that much later.
        assert!(!outbox.tell(4, &frame("twice"), &near));
        assert!(outbox.beat(&frame("alive "), &near) && outbox.flush(&near));
        assert!(!outbox.tell(4, &frame("twice"), &near));
        assert!(outbox.beat(&frame("alive "), &near) && outbox.flush(&near));
        assert_eq!(come(&mut far), "alive alive ");
        assert!(outbox.sent_before.is_empty());
    }

    #[tokio::test]
    async fn too_much_held_makes_the_client_read_again() {
        let (near, mut far) = pair().await;
        let mut outbox = Outbox::default();
        outbox.hold();
        for id in 0..HELD as i64 {
            assert!(!outbox.tell(id, &frame("held"), &near));
        }
        assert!(outbox.tell(-1, &frame("held"), &near));
        outbox.release(HashSet::new());
        outbox.catch_up(frame("resync"));
        assert!(outbox.flush(&near));
        assert_eq!(come(&mut far), "resync");
    }

    #[tokio::test]
    async fn a_broken_connection_is_given_up() {
        let (near, far) = pair().await;
        drop(far);
        let mut outbox = Outbox::default();
        outbox.tell(1, &frame("nobody"), &near);
        assert!(outbox.flush(&near));
        assert_eq!(outbox.standing(), Standing::Gone);
        outbox.say(frame("nobody"));
        assert!(outbox.frames.is_empty());
    }
}
