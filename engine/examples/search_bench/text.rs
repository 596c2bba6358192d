//! Invented text.

/// Said five times in all.
pub(crate) const NEEDLE: &str = "needle";
/// Each in every fiftieth message, never in one together.
pub(crate) const NEVER_MEET: &str = "salt pepper";
/// The most frequent character.
pub(crate) const COMMON_CHARACTER: &str = "一";
/// Two of the most frequent ones.
pub(crate) const COMMON_PAIR: &str = "一丁";
/// Two characters that stand together in one message of a hundred thousand.
pub(crate) const RARE_PAIR: &str = "天气";
/// Around it.
pub(crate) const SENTENCE: &str = "今天天气不错";

/// Makes texts; the same every time.
pub(crate) struct Texts(u64);

impl Texts {
    pub(crate) fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// A rank of so many, the first as frequent as in a language: rank r about 1/r as often.
    fn rank(&mut self, of: u64) -> u64 {
        let even = self.below(1 << 30) as f64 / f64::from(1 << 30);
        ((of as f64).powf(even) as u64 - 1).min(of - 1)
    }

    /// The text of the `nth` message.
    pub(crate) fn text(&mut self, nth: usize, of: usize) -> String {
        let mut text = match nth % 2 {
            0 => self.words(),
            _ => self.characters(),
        };
        if nth % 50 == 7 {
            text += [" salt", " pepper"][nth / 50 % 2];
        }
        if nth % (of / 5).max(1) == 3 {
            text = format!("{text} {NEEDLE}");
        }
        if nth % 100_000 == 5 {
            text = format!("{text}，{SENTENCE}");
        }
        text
    }

    fn words(&mut self) -> String {
        let count = 4 + self.below(12);
        let words: Vec<String> = (0..count)
            .map(|_| format!("w{}", self.rank(60_000)))
            .collect();
        words.join(" ")
    }

    fn characters(&mut self) -> String {
        let count = 6 + self.below(24);
        let character = |nth: u64| match nth % 9 {
            8 => '，',
            _ => char::from_u32(0x4e00 + self.rank(3_500) as u32).unwrap(),
        };
        (0..count).map(character).collect()
    }
}
