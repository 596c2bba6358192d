//! The cutter, by examples and by random texts.

use super::*;

/// Pieces as text, with where they stand: words in round brackets, runs in square ones, signs in
/// braces.
fn shown(text: &str) -> String {
    let pieces = cut(text).into_iter().map(|piece| match piece {
        Piece::Word(word, _) => format!("({word})"),
        Piece::Run(run) => format!("[{}]", run.iter().map(|(c, _)| c).collect::<String>()),
        Piece::Sign(c, _) => format!("{{{c}}}"),
    });
    pieces.collect()
}

#[test]
fn texts_are_cut() {
    for (text, expected) in [
        ("", ""),
        (" \t\n—…!?，。、", ""),
        ("Hello, World!", "(hello)(world)"),
        ("今天天气不错", "[今天天气不错]"),
        ("你好，世界", "[你好][世界]"),
        ("用iPhone拍照2024年", "[用](iphone)[拍照](2024)[年]"),
        ("foo_bar-baz/qux.rs", "(foo)(bar)(baz)(qux)(rs)"),
        ("don't", "(don)(t)"),
        ("3.14 v2", "(3)(14)(v2)"),
        // Case, width, accents, ligatures, both sigmas.
        ("ＡＢＣ１２３", "(abc123)"),
        ("Café CAFE\u{301} ﬁn", "(cafe)(cafe)(fin)"),
        ("ΟΔΟΣ οδός", "(οδοσ)(οδοσ)"),
        ("İstanbul ПРИВЕТ", "(istanbul)(привет)"),
        ("straße STRASSE", "(straße)(strasse)"),
        // Marks that are not accents stay in their word.
        ("हिन्दी", "(हिन्दी)"),
        // Half-width and decomposed kana, Korean in parts, compatibility ideographs.
        ("ﾃﾞｰﾀ か\u{3099}", "[データ][が]"),
        ("\u{1112}\u{1161}\u{11ab} 한", "[한][한]"),
        ("\u{f9d1}①㍿", "[六](1)[株式会社]"),
        // What is not seen parts nothing.
        (
            "soft\u{ad}hyphen zero\u{200b}width",
            "(softhyphen)(zerowidth)",
        ),
        ("葛\u{e0100}城 ❤\u{fe0f}", "[葛城]{❤}"),
        // Emoji, each by itself; a family is its people.
        ("好👍👍🏽", "[好]{👍}{👍}{🏽}"),
        ("👨\u{200d}👩\u{200d}👧", "{👨}{👩}{👧}"),
        // Beyond the basic plane.
        ("𠮷野家 𝐁𝐨𝐥𝐝", "[𠮷野家](bold)"),
        ("สวัสดี ครับ", "[สวัสดี][ครับ]"),
        ("・ー", "[ー]"),
        ("\u{301}\u{301}x", "(x)"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn pieces_know_their_places() {
    let text = "«Été» 你好ﾞx";
    let words: Vec<_> = cut(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Word(word, at) => (word, text[at].to_owned()),
            Piece::Run(run) => {
                let ends = run[0].1.start..run[run.len() - 1].1.end;
                (run.iter().map(|(c, _)| c).collect(), text[ends].to_owned())
            }
            Piece::Sign(c, at) => (c.into(), text[at].to_owned()),
        })
        .collect();
    let expected = [("ete", "Été"), ("你好\u{3099}", "你好ﾞ"), ("x", "x")];
    let expected = expected.map(|(one, other)| (one.to_owned(), other.to_owned()));
    assert_eq!(words, expected);
}

#[test]
fn a_long_word_is_cut_at_its_bound() {
    let long = "a".repeat(10 * SEARCH_WORD_CHARS);
    let bound = "a".repeat(SEARCH_WORD_CHARS);
    let at = 0..long.len();
    assert_eq!(cut(&long), [Piece::Word(bound.clone(), at)]);
    assert_eq!(terms(&long), terms(&bound));
    assert_ne!(terms(&long), terms(&bound[1..]));
    // The longest term: all of a word outside ASCII.
    let wide = "\u{10d00}".repeat(2 * SEARCH_WORD_CHARS);
    let longest = terms(&wide).into_iter().map(|term| term.len()).max();
    assert_eq!(longest, Some(1 + 8 * SEARCH_WORD_CHARS));
}

#[test]
fn terms_are_what_they_say() {
    let of = |text: &str| terms(text).into_iter().collect::<Vec<_>>();
    assert_eq!(of("Go go é"), ["we", "wgo"]);
    assert_eq!(of("да"), ["xd0b4d0b0"]);
    // 你 is U+4F60, 好 is U+597D.
    assert_eq!(of("你好"), ["c0fog", "c0hod", "d0fog0hod"]);
    assert_eq!(of("👍"), ["s2qtp"]);
    // A word that looks like another term is not one.
    assert_ne!(of("c0fog"), of("你"));
}

/// A small generator, so that a failure can be repeated by its seed.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn text(&mut self, most: usize) -> String {
        const SOME: &str = "aZéßſﬁ0９ _-.,!　，。你好天气𠮷がｶﾞ한ᄒไทยदी́👍❤\u{fe0f}\u{200d}ΣςЖ①\u{0}\u{7f}\"'*&|:()";
        let some: Vec<char> = SOME.chars().collect();
        let count = self.next(most);
        (0..count)
            .map(|_| match self.next(20) {
                0 => char::from_u32(self.next(0x11_0000) as u32).unwrap_or('x'),
                _ => some[self.next(some.len())],
            })
            .collect()
    }
}

#[test]
fn random_texts_keep_the_rules() {
    for seed in 1..=3_000 {
        let mut random = Random(seed);
        let text = random.text(60);
        let mut last = 0;
        for piece in cut(&text) {
            let places: Vec<Place> = match piece {
                Piece::Word(word, at) => {
                    let chars = word.chars().count();
                    assert!((1..=SEARCH_WORD_CHARS).contains(&chars), "{seed}");
                    vec![at]
                }
                Piece::Run(run) => run.into_iter().map(|(_, at)| at).collect(),
                Piece::Sign(_, at) => vec![at],
            };
            assert!(!places.is_empty(), "{seed}");
            for at in places {
                // Places are whole characters, and in order: they meet only where one character
                // became several.
                assert!(
                    text.get(at.clone()).is_some_and(|part| !part.is_empty()),
                    "{seed}"
                );
                assert!(at.end >= last, "{seed}: {text:?}");
                last = at.end;
            }
        }
        for term in terms(&text) {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            assert!(term.len() >= 2 && term.bytes().all(plain), "{seed}: {term}");
        }
        // Upper case and width change nothing that ASCII knows.
        let ascii: String = text.chars().filter(char::is_ascii).collect();
        assert_eq!(terms(&ascii), terms(&ascii.to_ascii_uppercase()), "{seed}");
        // A gap between two texts keeps their terms apart and loses none.
        let other = random.text(60);
        let both = terms(&format!("{text} \n {other}"));
        assert_eq!(both, &terms(&text) | &terms(&other), "{seed}");
    }
}
