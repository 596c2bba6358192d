//! GIFs made anew with all their frames.
//!
//! Keeping the first frame only would take from a chat what GIFs are sent for, and choosing new
//! colours for each frame would be dear. Neither is needed: a frame is unpacked to the numbers of
//! its colours and packed again with the same ones. What stands between the frames (comments, data
//! of applications, what follows the end) is not taken along, but for how often to repeat.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, Encoder, MemoryLimit};

use super::picture::{Bounded, Unmade};
use crate::limits::{PICTURE_FRAMES, PICTURE_PIXELS, PICTURE_PIXELS_MOVING};

/// Bytes that one frame may take: a byte for each pixel.
const FRAME_BYTES: NonZeroU64 = match NonZeroU64::new(PICTURE_PIXELS) {
    Some(bytes) => bytes,
    None => NonZeroU64::MIN,
};

/// Makes a GIF anew.
///
/// # Errors
/// See [`Unmade`].
pub fn remake(bytes: &[u8]) -> Result<Vec<u8>, Unmade> {
    let mut out = Bounded::default();
    let written = copy(bytes, &mut out);
    match written {
        Err(Unmade::TooLarge) => Err(Unmade::TooLarge),
        written => out.finish(written),
    }
}

fn copy(bytes: &[u8], out: &mut Bounded) -> Result<(), Unmade> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(MemoryLimit::Bytes(FRAME_BYTES));
    let mut from = options.read_info(bytes).map_err(|_| Unmade::NotOne)?;
    let palette = from.global_palette().unwrap_or_default().to_vec();
    let to = Encoder::new(out, from.width(), from.height(), &palette);
    let mut to = to.map_err(|_| Unmade::NotOne)?;
    to.set_repeat(from.repeat()).map_err(|_| Unmade::NotOne)?;
    let (mut frames, mut pixels) = (0usize, 0u64);
    while let Some(frame) = from.next_frame_info().map_err(|_| Unmade::NotOne)? {
        let mut frame = frame.clone();
        let area = u64::from(frame.width) * u64::from(frame.height);
        frames += 1;
        pixels += area;
        if area > PICTURE_PIXELS || frames > PICTURE_FRAMES || pixels > PICTURE_PIXELS_MOVING {
            return Err(Unmade::TooLarge);
        }
        let mut buffer = vec![0; from.buffer_size()];
        let read = from.read_into_buffer(&mut buffer);
        read.map_err(|_| Unmade::NotOne)?;
        // The lines are in order now.
        frame.interlaced = false;
        frame.buffer = buffer.into();
        to.write_frame(&frame).map_err(|_| Unmade::NotOne)?;
    }
    to.into_inner().map_err(|_| Unmade::NotOne)?;
    match frames {
        0 => Err(Unmade::NotOne),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gif::{DisposalMethod, ExtensionData, Frame, Repeat};

    const COLOURS: [u8; 6] = [255, 0, 0, 0, 0, 255];

    fn frame(width: u16, height: u16, delay: u16, palette: Option<Vec<u8>>) -> Frame<'static> {
        Frame {
            width,
            height,
            delay,
            palette,
            transparent: Some(1),
            dispose: DisposalMethod::Background,
            buffer: (0..usize::from(width) * usize::from(height))
                .map(|at| (at % 2) as u8)
                .collect::<Vec<_>>()
                .into(),
            ..Frame::default()
        }
    }

    fn gif(frames: &[Frame<'static>]) -> Vec<u8> {
        let mut to = Encoder::new(Vec::new(), 20, 10, &COLOURS).unwrap();
        to.set_repeat(Repeat::Finite(3)).unwrap();
        let comment = &b"taken at 39.9N 116.4E"[..];
        to.write_raw_extension(gif::AnyExtension(0xfe), &[comment])
            .unwrap();
        for frame in frames {
            to.write_extension(ExtensionData::Control {
                flags: 0,
                delay: 0,
                trns: 0,
            })
            .unwrap();
            to.write_frame(frame).unwrap();
        }
        let mut bytes = to.into_inner().unwrap();
        bytes.extend_from_slice(b"PK\x03\x04 what follows the end");
        bytes
    }

    fn read(bytes: &[u8]) -> (Repeat, Vec<Frame<'static>>) {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        let mut from = options.read_info(bytes).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = from.read_next_frame().unwrap() {
            frames.push(frame.clone());
        }
        (from.repeat(), frames)
    }

    fn holds(bytes: &[u8], what: &[u8]) -> bool {
        bytes.windows(what.len()).any(|part| part == what)
    }

    #[test]
    fn frames_stay_and_all_else_goes() {
        let own = Some(vec![0, 255, 0, 9, 9, 9]);
        let before = gif(&[frame(20, 10, 7, None), frame(5, 4, 9, own)]);
        assert!(holds(&before, b"116.4E") && holds(&before, b"PK\x03\x04"));
        let after = remake(&before).unwrap();
        assert!(!holds(&after, b"116.4E") && !holds(&after, b"PK\x03\x04"));
        let (repeat, frames) = read(&after);
        assert_eq!(repeat, Repeat::Finite(3));
        let before = read(&before).1;
        assert_eq!(frames.len(), before.len());
        for (now, then) in frames.iter().zip(&before) {
            assert_eq!(now.buffer, then.buffer);
            assert_eq!((now.delay, now.dispose), (then.delay, then.dispose));
            assert_eq!((now.width, now.height), (then.width, then.height));
            assert_eq!(now.transparent, then.transparent);
        }
    }

    #[test]
    fn interlaced_lines_are_put_in_order() {
        // Packed in the order of an interlaced file: lines 0, 4, 2, 1, 3.
        let mut lines = frame(2, 5, 0, None);
        lines.interlaced = true;
        lines.buffer = vec![0, 0, 1, 1, 0, 1, 1, 0, 0, 0].into();
        let before = gif(&[lines]);
        let wanted = read(&before).1.remove(0).buffer;
        let after = remake(&before).unwrap();
        assert_eq!(read(&after).1.remove(0).buffer, wanted);
    }

    #[test]
    fn what_is_no_gif_is_none() {
        let whole = gif(&[frame(20, 10, 7, None)]);
        assert_eq!(remake(&whole[..60]), Err(Unmade::NotOne));
        assert_eq!(remake(b"GIF89a"), Err(Unmade::NotOne));
        assert_eq!(remake(&gif(&[])), Err(Unmade::NotOne));
    }

    #[test]
    fn a_bomb_is_too_large() {
        // A frame that says it is 60,000 pixels square, with nothing in it.
        let mut bomb = gif(&[frame(20, 10, 7, None)]);
        let at = bomb.windows(5).position(|part| part == [0x2c, 0, 0, 0, 0]);
        let at = at.unwrap() + 5;
        bomb[at..at + 4].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
        assert_eq!(remake(&bomb), Err(Unmade::TooLarge));
        let many = vec![frame(1, 1, 1, None); PICTURE_FRAMES + 1];
        assert_eq!(remake(&gif(&many)), Err(Unmade::TooLarge));
    }
}
