use super::*;

fn join_page(page: &str) -> Result<Joined, String> {
    let files = ["a.js", "b.js", "lib/c.js", "css/a.css", "css/b.css"];
    let files = files
        .map(|path| (path.to_owned(), format!("<{path}>").into_bytes()))
        .into();
    join(page, &files, |content| format!("h{}", content.len()))
}

/// The joined files as `path: content`, lines joined by spaces.
fn files(joined: &Joined) -> Vec<String> {
    let content = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace('\n', " ");
    joined
        .files
        .iter()
        .map(|(path, bytes)| format!("{path}: {}", content(bytes)))
        .collect()
}

const A: &str = "<script src=\"a.js\"></script>";
const B: &str = "<script src=\"b.js\"></script>";
const C: &str = "<script src=\"/lib/c.js\"></script>";
const SA: &str = "<link rel=\"stylesheet\" href=\"css/a.css\">";
const SB: &str = "<link rel=\"stylesheet\" href=\"css/b.css\">";

#[test]
fn runs_are_joined_in_order_and_stay_where_they_were() {
    let page =
        format!("<!doctype html>\n{SB}\n{SA}\n{A}\n<p>é x</p>\n{C}\n  <!-- so -->{B}\n</html>\n");
    let joined = join_page(&page).unwrap();
    assert_eq!(
        joined.page,
        "<!doctype html>\n<link rel=\"stylesheet\" href=\"css/app.h24.css\">\n\
         <script src=\"app.h9.js\"></script>\n<p>é x</p>\n\
         <script src=\"app.h22.js\"></script>\n</html>\n"
    );
    assert_eq!(
        files(&joined),
        [
            "app.h22.js: ; <lib/c.js> ; <b.js> ",
            "app.h9.js: ; <a.js> ",
            "css/app.h24.css: <css/b.css> <css/a.css> ",
        ]
    );
}

#[test]
fn what_is_not_a_plain_tag_stays_as_it_is() {
    let untouched = [
        "",
        "<p>no tags é</p>",
        "<!-- <script src=\"a.js\"></script> -->",
        "<!--[if IE]><script src=\"a.js\"></script><![endif]-->",
        "<script src=\"a.js\" defer></script>",
        "<script>var a;</script>",
        "<link rel=\"icon\" href=\"x.svg\">",
        "<script src=\"https://a.b/c.js\"></script>",
        "<!-- never closed <script src=\"a.js\"></script>",
        "<script src=\"a.js",
    ];
    for page in untouched {
        let joined = join_page(page).unwrap();
        assert_eq!((joined.page.as_str(), joined.files.len()), (page, 0));
    }
    // Something between them keeps two tags apart.
    let page = format!("{A}<script>var x;</script>{B}");
    assert_eq!(join_page(&page).unwrap().page.matches("app.").count(), 2);
    let page = format!("{A}<!--[if IE]><p><![endif]-->{B}");
    assert_eq!(join_page(&page).unwrap().page.matches("app.").count(), 2);
}

#[test]
fn what_comes_later_is_joined_by_itself() {
    let later = |path: &str| format!("<script type=\"text/later\" src=\"{path}\"></script>");
    let page = format!("{A}\n{}\n{}\n", later("b.js"), later("/lib/c.js"));
    let joined = join_page(&page).unwrap();
    assert_eq!(
        joined.page,
        "<script src=\"app.h9.js\"></script>\n\
         <script type=\"text/later\" src=\"later.h22.js\"></script>\n"
    );
    assert_eq!(
        files(&joined),
        [
            "app.h9.js: ; <a.js> ",
            "later.h22.js: ; <b.js> ; <lib/c.js> "
        ]
    );
}

#[test]
fn scripts_are_made_smaller_but_not_what_others_wrote() {
    let script = b"// For readers.\nvar a = /[/]/; // too\n".to_vec();
    let files = [
        ("a.js".to_owned(), script.clone()),
        ("vendor/b.js".to_owned(), script),
    ]
    .into();
    let page = format!("{A}<script src=\"vendor/b.js\"></script>");
    let joined = join(&page, &files, |_| "h".to_owned()).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&joined.files["app.h.js"]),
        ";\nvar a=/[/]/;\n;\n// For readers.\nvar a = /[/]/; // too\n"
    );
}

#[test]
fn a_listed_file_must_exist() {
    let error = join_page("<script src=\"gone.js\"></script>").unwrap_err();
    assert!(error.contains("`gone.js`"), "{error}");
}

#[test]
fn the_worker_is_the_joined_script_that_it_went_into() {
    let page = |worker: &str| format!("<body data-worker=\"{worker}\">{A}<p></p>{B}\n{C}</body>");
    let joined = join_page(&page("b.js")).unwrap();
    assert_eq!(
        joined.page,
        "<body data-worker=\"app.h22.js\"><script src=\"app.h9.js\"></script><p></p>\
         <script src=\"app.h22.js\"></script></body>"
    );
    assert_eq!(joined.files.len(), 2);
    assert!(!join_page(A).unwrap().page.contains("worker"));
    // What the page does not run cannot be its worker, there or not.
    let later = "<script type=\"text/later\" src=\"b.js\"></script>";
    for page in [
        page("gone.js"),
        page(""),
        format!("<body data-worker=\"b.js\">{A}{later}"),
    ] {
        let error = join_page(&page).unwrap_err();
        assert!(error.contains("names the worker"), "{error}");
    }
}

#[test]
fn the_byte_order_mark_of_a_file_is_left_out() {
    let files = [("a.js".to_owned(), b"\xef\xbb\xbfx".to_vec())].into();
    let joined = join(A, &files, |_| "h".to_owned()).unwrap();
    assert_eq!(joined.files["app.h.js"], b";\nx\n");
}
