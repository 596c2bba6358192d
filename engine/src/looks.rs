//! What a name looks like: names that look the same to a reader have a skeleton in common.
//!
//! The skeleton of UTS 39 says what a string looks like as it is drawn, and knows nothing of case.
//! User names are the same in any case, so a name has up to two: of the name as it was typed
//! (`PauI` with a capital I is drawn like `Paul`), and of the folded name (`ПAUL`, `paul`). Both are
//! folded again, because what something looks like may be a capital (a zero looks like O).
//! Two names look alike if they share one.
//!
//! Chinese names collide only where UTS 39 says that the characters are drawn alike (`土` and `士`,
//! `未` and `末`, `吴` and `吳`). Characters that mean the same do not (`张` and `張`).

use std::collections::BTreeSet;

use unicode_security::confusable_detection::skeleton;

use crate::names::normalised;
use crate::store::fold;

/// The skeletons of a name, one or two.
pub fn looks(name: &str) -> BTreeSet<String> {
    let name = normalised(name.trim());
    let drawn = |text: &str| fold(&skeleton(text).collect::<String>());
    let folded = fold(&name);
    let mut looks: BTreeSet<String> = [drawn(&name), drawn(&folded)].into();
    // A name of which nothing is drawn (there is none; `names` refuses them) is itself.
    looks.remove("");
    if looks.is_empty() {
        looks.insert(folded);
    }
    looks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let (a, b) = (looks(one), looks(other));
        assert_eq!(!a.is_disjoint(&b), expected, "{one} {other}: {a:?} {b:?}");
    }

    #[test]
    fn names_that_look_alike() {
        for (one, other) in [
            ("paul", "раul"),     // Cyrillic
            ("Paul", "PauI"),     // a capital I
            ("paul", "pau1"),     // a digit
            ("bob", "b0b"),       // a zero
            ("BOB", "b0b"),       // a zero, and case
            ("lili", "ＬＩＬＩ"), // full width
            ("scope", "ѕсоре"),   // all Cyrillic
            ("Ivan", "Іvan"),     // a Cyrillic capital
            ("modern", "modem"),
            ("οδος", "ΟΔΟΣ"),
            ("土豆", "士豆"),
            ("未来", "末来"),
            ("吴芳", "吳芳"),
        ] {
            check(one, other, true);
        }
    }

    #[test]
    fn names_that_do_not() {
        let chinese = [
            "张伟", "張偉", "张玮", "王芳", "玉芳", "李丽", "李莉", "刘洋", "刘阳", "陈静", "陈晨",
            "大海", "太海", "人生", "入生", "干净", "千净", "己亥", "已亥", "田园", "由园", "甲园",
            "天空", "夫空", "小明", "晓明", "王五", "王伍",
        ];
        for (at, one) in chinese.iter().enumerate() {
            for other in &chinese[at + 1..] {
                check(one, other, false);
            }
        }
        for (one, other) in [
            ("ali", "all"),
            ("arger", "ärger"),
            ("lei", "lel"),
            ("wang", "huang"),
            ("u1", "u2"),
            ("a_b", "a-b"),
            ("a.b", "ab"),
        ] {
            check(one, other, false);
        }
    }
}
