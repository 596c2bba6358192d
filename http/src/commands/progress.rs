//! How far a command got: a bar on a terminal, a line now and then elsewhere. On standard error.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use webqq_engine::transfer::Progress;

/// Time between two lines where standard error is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// What is shown of one part after another.
pub(super) struct Shown {
    bar: Option<ProgressBar>,
    part: Part,
}

/// A part without a bar.
struct Part {
    what: String,
    total: u64,
    done: u64,
    before: u64,
    begun: Instant,
    said: Instant,
}

impl Shown {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            bar: None,
            part: Part {
                what: String::new(),
                total: 0,
                done: 0,
                before: 0,
                begun: now,
                said: now,
            },
        }
    }
}

impl Part {
    /// `messages: 51,200 of 100,000 (20,480/s, 2 s to go)`
    fn say(&self) {
        let seconds = self.begun.elapsed().as_secs_f64().max(0.001);
        let rate = (self.done - self.before) as f64 / seconds;
        let rest = match (rate > 0.0, self.total.saturating_sub(self.done)) {
            (true, rest) if rest > 0 => format!(", {:.0} s to go", rest as f64 / rate),
            _ => String::new(),
        };
        eprintln!(
            "{}: {} of {} ({rate:.0}/s{rest})",
            self.what, self.done, self.total
        );
    }
}

impl Progress for Shown {
    fn begin(&mut self, what: &str, total: u64, done: u64) {
        let now = Instant::now();
        self.part = Part {
            what: what.to_owned(),
            total,
            done,
            before: done,
            begun: now,
            said: now,
        };
        if !stderr().is_terminal() {
            return;
        }
        let style = "{prefix:>16} {wide_bar} {human_pos} of {human_len} ({per_sec}, {eta} to go)";
        let bar = ProgressBar::new(total).with_prefix(what.to_owned());
        // The template is ours and is tried by every use.
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_position(done);
        bar.reset_eta();
        self.bar = Some(bar);
    }

    fn step(&mut self, steps: u64) {
        self.part.done += steps;
        match &self.bar {
            Some(bar) => bar.inc(steps),
            None if self.part.said.elapsed() >= EVERY => {
                self.part.said = Instant::now();
                self.part.say();
            }
            None => {}
        }
    }

    fn end(&mut self) {
        match self.bar.take() {
            Some(bar) => bar.finish(),
            None => self.part.say(),
        }
    }

    fn note(&mut self, sentence: &str) {
        match &self.bar {
            Some(bar) => bar.println(sentence),
            None => eprintln!("{sentence}"),
        }
    }
}
