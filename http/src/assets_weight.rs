//! What a first visit may weigh, in bytes as they travel (gzip). Whoever goes beyond a budget takes
//! something away, or argues here why it is worth more.
//!
//! A first visit is what it takes to sign in, read and write: the page, its scripts (the worker
//! is one of them), styles and one dictionary. What the page names as `text/later` is weighed by itself.

use super::*;

const KB: usize = 1024;
const PAGE_MOST: usize = KB;
const SCRIPTS_MOST: usize = 64 * KB;
const STYLES_MOST: usize = 8 * KB;
const DICTIONARY_MOST: usize = 6 * KB;
const FIRST_VISIT_MOST: usize = 82 * KB;
const LATER_MOST: usize = 42 * KB;
const REQUESTS_MOST: usize = 6;

#[tokio::test]
async fn a_first_visit_is_light() {
    let assets = Assets::embedded().unwrap();
    let weigh = async |path: &str| {
        let lines = [("accept-encoding", "gzip")];
        let (response, body) = ask(&assets, "GET", path, &lines).await;
        assert_eq!(response.status().as_u16(), 200, "{path}");
        body.len()
    };
    let (_, page) = get(&assets, "/").await;
    let (mut scripts, mut styles, mut later) = (0, 0, 0);
    let mut requests = 1;
    for tag in page.split('<').skip(1) {
        let named = |name| Some(tag.split_once(name)?.1.split_once('"')?.0);
        let Some(path) = named("src=\"").or_else(|| named("href=\"")) else {
            continue;
        };
        // The icon stands in the page itself.
        if path.starts_with("data:") {
            continue;
        }
        let weight = weigh(&format!("/{path}")).await;
        println!("{weight:7} /{path}");
        if tag.contains("text/later") {
            later += weight;
            continue;
        }
        requests += 1;
        match path.rsplit_once('.').unwrap().1 {
            "js" => scripts += weight,
            "css" => styles += weight,
            other => panic!("{path}: what does a {other} weigh?"),
        }
    }
    let html = weigh("/").await;
    let (mut dictionary, mut words) = (0, 0);
    for language in ["zh-CN", "en"] {
        dictionary = dictionary.max(weigh(&format!("/i18n/{language}.json")).await);
        words = words.max(weigh(&format!("/i18n/more.{language}.json")).await);
    }
    let figures = [
        ("page", html, PAGE_MOST),
        ("scripts", scripts, SCRIPTS_MOST),
        ("styles", styles, STYLES_MOST),
        ("the larger dictionary", dictionary, DICTIONARY_MOST),
        (
            "all",
            html + scripts + styles + dictionary,
            FIRST_VISIT_MOST,
        ),
        ("later, with its dictionary", later + words, LATER_MOST),
        // The dictionary is named by a script.
        ("requests", requests + 1, REQUESTS_MOST),
    ];
    for (what, is, most) in figures {
        println!("{is:7} of {most:6}  {what}");
    }
    for (what, is, most) in figures {
        assert!(is <= most, "{what}: {is}, at most {most}");
    }
}
