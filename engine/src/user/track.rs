//! Where a stream stands: which positions were sent, and which id the next frame may carry. Pure.
//!
//! **Safe ids.** An id promises that everything its user may see up to it was written to THIS
//! stream before it. A paged frame may carry its own position, because pages come in position
//! order and without gaps. A live frame may not, because the fan-outs of different groups race:
//! it carries the watermark that was read before its fan-out began. Ids never go back.

use crate::ids::{Cursor, Epoch, Position};

/// See the [module](self).
#[derive(Clone, Debug)]
pub(crate) struct Track {
    epoch: Epoch,
    /// The last id: where paging restarts.
    last: Position,
    /// Everything up to here was looked at in the log.
    paged: Position,
    version: u64,
}

impl Track {
    /// A stream that starts behind `cursor`.
    pub(crate) fn new(cursor: Cursor) -> Self {
        Self {
            epoch: cursor.epoch,
            last: cursor.position,
            paged: cursor.position,
            version: cursor.version,
        }
    }

    /// The last id, as a cursor.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.epoch,
            position: self.last,
            version: self.version,
        }
    }

    /// The state of the user was sent, or has this version as of the next frame.
    pub(crate) fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    /// The version that was sent.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// A message of a page: its id.
    pub(crate) fn paged(&mut self, position: Position) -> Cursor {
        self.raise(position)
    }

    /// A page was the last: everything up to `scanned_to` was looked at, in the same read.
    pub(crate) fn scanned(&mut self, scanned_to: Position) {
        self.paged = self.paged.max(scanned_to);
        self.raise(scanned_to);
    }

    /// A live message: its id, or `None` if a page had it.
    pub(crate) fn live(&mut self, position: Position, watermark: Position) -> Option<Cursor> {
        (position > self.paged).then(|| self.raise(watermark))
    }

    /// A mark that came through the mailbox: its id.
    pub(crate) fn marked(&mut self, watermark: Position) -> Cursor {
        self.raise(watermark)
    }

    fn raise(&mut self, position: Position) -> Cursor {
        self.last = self.last.max(position);
        self.cursor()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(position: i64) -> Track {
        Track::new(Cursor {
            epoch: Epoch(1),
            position: Position(position),
            version: 0,
        })
    }

    /// The id of a frame of a racing group: 12 was committed, and its fan-out is still on its
    /// way when that of 13 arrives. With 13 as id, a cut here would lose 12 for good.
    #[test]
    fn a_live_frame_does_not_vouch_for_its_own_position() {
        let mut track = track(11);
        track.scanned(Position(11));
        let id = track.live(Position(13), Position(11)).unwrap();
        assert_eq!(id.position, Position(11));
        let id = track.live(Position(12), Position(11)).unwrap();
        assert_eq!(id.position, Position(11));
        let id = track.live(Position(14), Position(13)).unwrap();
        assert_eq!(id.position, Position(13));
    }

    #[test]
    fn what_a_page_had_is_not_sent_again() {
        let mut track = track(5);
        assert_eq!(track.paged(Position(8)).position, Position(8));
        track.scanned(Position(10));
        assert!(track.live(Position(8), Position(7)).is_none());
        assert!(track.live(Position(10), Position(9)).is_none());
        let id = track.live(Position(11), Position(9)).unwrap();
        assert_eq!(id.position, Position(10), "ids never go back");
    }

    #[test]
    fn a_mark_moves_the_id_and_never_back() {
        let mut track = track(5);
        assert_eq!(track.marked(Position(9)).position, Position(9));
        assert_eq!(track.marked(Position(7)).position, Position(9));
    }
}
