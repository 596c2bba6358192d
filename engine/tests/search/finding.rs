//! What is found.

use serde_json::json;
use webqq_engine::ids::ConversationId;
use webqq_engine::message::parse_rfc3339;
use webqq_engine::search::Query;
use webqq_engine::store::{Range, User};

use super::{Home, Lab, TEXTS, chat, search};

/// A group in which all of [`TEXTS`] were said.
async fn texts(lab: &Lab) -> (User, ConversationId) {
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    for text in TEXTS {
        lab.say(group, &ann, text).await;
    }
    lab.indexed().await;
    (ann, group)
}

/// Chinese by any characters that follow one another, one or more; the rest by whole words,
/// whatever their case, width and accents; emoji.
pub(crate) async fn words_characters_and_signs(home: Home) {
    let lab = home.start().await;
    let (ann, _) = texts(&lab).await;
    for (query, expected) in [
        (
            "天气",
            &[
                "[天气]，气不",
                "[天气]预报说今天多云",
                "今天[天气]不错，我们去公园吧",
            ][..],
        ),
        ("雨", &["明天会下[雨]，记得带伞"]),
        (
            "今天",
            &[
                "请看 https://example.org/[今天]?x=1",
                "天气预报说[今天]多云",
                "[今天]天气不错，我们去公园吧",
            ],
        ),
        ("京大", &["[京大]", "北[京大]学在北京"]),
        ("北京", &["[北京]大学在[北京]"]),
        ("不错我们", &[]),
        ("天气不", &["今天[天气不]错，我们去公园吧"]),
        ("错，我", &["今天天气不[错]，[我]们去公园吧"]),
        ("RUST", &["[Rust] 真好用，async 也不难"]),
        ("rust 好用", &["[Rust] 真[好用]，async 也不难"]),
        ("rust nails", &[]),
        ("iphone照片", &["我用[iPhone]拍的[照片]"]),
        ("webqq", &["[ＷＥＢＱＱ] 上线了 👍👍🏽"]),
        ("👍", &["ＷＥＢＱＱ 上线了 [👍👍]🏽"]),
        ("cafe PLAIT", &["[Café] au lait, s'il vous [plaît]"]),
        ("𠮷野", &["[𠮷野]家の牛丼が好き"]),
        ("吉野", &[]),
        ("牛丼が", &["𠮷野家の[牛丼が]好き"]),
        ("메시지", &["한국어 [메시지]입니다"]),
        ("привет", &["[Привет], как дела?"]),
        ("nothing", &[]),
        // What the databases would take for operators, quotes, wildcards.
        ("\"rust\" OR x", &[]),
        ("NOT", &[]),
        ("rus*", &[]),
        ("example.org", &["请看 https://[example].[org]/今天?x=1"]),
    ] {
        assert_eq!(lab.texts(&ann, query).await, expected, "{query}");
    }
    lab.engine.close().await;
}

/// A real chat: each page goes on where the one before ended, and together they are all.
pub(crate) async fn a_real_chat_in_pages(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    for (_, text) in chat() {
        lab.say(group, &ann, text).await;
    }
    lab.indexed().await;
    for query in ["ubuntu", "the", "to", "大家好", "ubottu help", "i"] {
        let wanted = Query::parse(query).unwrap();
        let said = (2..).zip(chat()).collect::<Vec<_>>().into_iter().rev();
        let said = said.filter(|(_, (_, text))| wanted.find(text).is_some());
        let expected: Vec<_> = said.map(|(seq, _)| (group, seq)).collect();
        for limit in [1, 7, 50] {
            let search = super::Search {
                limit,
                ..search(query)
            };
            assert_eq!(
                lab.all(ann.id, search).await,
                expected,
                "{query} by {limit}"
            );
        }
    }
    let common = lab.all(ann.id, search("the")).await;
    assert!(common.len() > 30, "{}", common.len());
    lab.engine.close().await;
}

/// Random queries and filters over random places find exactly what reading all of history does.
pub(crate) async fn what_a_plain_look_finds(home: Home) {
    let lab = home.start().await;
    let (ann, bob) = (lab.user("ann").await, lab.user("bob").await);
    let groups = [
        lab.group("one", &[&ann, &bob]).await,
        lab.group("two", &[&bob, &ann]).await,
        lab.group("three", &[&bob]).await,
        lab.engine.direct(ann.id, bob.id).await.unwrap(),
    ];
    let mut random = Random(7);
    let corpus: Vec<&str> = TEXTS
        .into_iter()
        .chain(chat().into_iter().map(|(_, text)| text))
        .collect();
    let mut times = Vec::new();
    for _ in 0..250 {
        let who = *random.of(&[&ann, &bob]);
        let group = match who == &ann {
            true => *random.of(&[groups[0], groups[1], groups[3]]),
            false => *random.of(&groups),
        };
        let text = format!("{} {}", random.of(&corpus), random.of(&TEXTS));
        lab.say(group, who, &text).await;
    }
    lab.indexed().await;
    // All that each may see, as history shows it.
    let mut seen = Vec::new();
    for user in [&ann, &bob] {
        for group in groups {
            let range = Range {
                limit: 1_000,
                ..Range::default()
            };
            for message in lab
                .store
                .history(user.id, group, range)
                .await
                .unwrap()
                .unwrap_or_default()
            {
                times.push(message.sent_at_ms);
                seen.push((user.id, message));
            }
        }
    }
    seen.sort_by_key(|(_, message)| std::cmp::Reverse(message.position));
    let mut hits = 0;
    for nth in 0..250 {
        let user = *random.of(&[ann.id, bob.id]);
        let text: Vec<char> = random.of(&corpus).chars().collect();
        let from = random.below(text.len());
        let query: String = text[from..].iter().take(1 + random.below(4)).collect();
        let Ok(wanted) = Query::parse(&query) else {
            continue;
        };
        let some = |random: &mut Random, share: usize| random.below(share) == 0;
        let search = super::Search {
            conversation: some(&mut random, 3).then(|| *random.of(&groups[..2])),
            sender: some(&mut random, 3).then(|| *random.of(&[ann.id, bob.id])),
            from_ms: some(&mut random, 4).then(|| *random.of(&times)),
            to_ms: some(&mut random, 4).then(|| *random.of(&times)),
            limit: 1 + random.below(20),
            ..search(&query)
        };
        let matches = seen.iter().filter(|(who, message)| {
            let body: serde_json::Value =
                serde_json::from_str(message.body.as_ref().unwrap()).unwrap();
            *who == user
                && search
                    .conversation
                    .is_none_or(|id| id == message.conversation)
                && search.sender.is_none_or(|id| Some(id) == message.sender)
                && search.from_ms.is_none_or(|from| message.sent_at_ms >= from)
                && search.to_ms.is_none_or(|to| message.sent_at_ms < to)
                && body["text"]
                    .as_str()
                    .is_some_and(|text| wanted.find(text).is_some())
        });
        let expected: Vec<_> = matches.map(|(_, m)| (m.conversation, m.seq.0)).collect();
        hits += expected.len();
        assert_eq!(
            lab.all(user, search.clone()).await,
            expected,
            "{nth}: {query:?} {search:?}"
        );
    }
    assert!(hits > 500, "the queries hit something: {hits}");
    lab.engine.close().await;
}

/// Filters, one by one and together.
pub(crate) async fn by_conversation_sender_and_time(home: Home) {
    let lab = home.start().await;
    let (ann, bob) = (lab.user("ann").await, lab.user("bob").await);
    let one = lab.group("one", &[&ann, &bob]).await;
    let two = lab.group("two", &[&ann, &bob]).await;
    lab.say(one, &ann, "tea 1").await;
    lab.say(two, &bob, "tea 2").await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    lab.say(one, &bob, "tea 3").await;
    lab.indexed().await;
    let all = lab.found(&ann, search("tea")).await;
    let time = |hit: &webqq_engine::search::Hit| {
        let message: serde_json::Value = serde_json::from_slice(&hit.message).unwrap();
        parse_rfc3339(message["sent_at"].as_str().unwrap()).unwrap()
    };
    let last = time(&all.results[0]);
    let find = async |search: super::Search| {
        let found = lab.found(&ann, search).await;
        let texts = found.results.iter().map(|hit| hit.excerpt.snippet.clone());
        texts.collect::<Vec<_>>()
    };
    let tea = || search("tea");
    assert_eq!(find(tea()).await, ["tea 3", "tea 2", "tea 1"]);
    assert_eq!(
        find(super::Search {
            conversation: Some(one),
            ..tea()
        })
        .await,
        ["tea 3", "tea 1"]
    );
    assert_eq!(
        find(super::Search {
            sender: Some(bob.id),
            ..tea()
        })
        .await,
        ["tea 3", "tea 2"]
    );
    assert_eq!(
        find(super::Search {
            from_ms: Some(last),
            ..tea()
        })
        .await,
        ["tea 3"]
    );
    assert_eq!(
        find(super::Search {
            to_ms: Some(last),
            ..tea()
        })
        .await,
        ["tea 2", "tea 1"]
    );
    let both = super::Search {
        conversation: Some(one),
        sender: Some(ann.id),
        ..tea()
    };
    assert_eq!(find(both).await, ["tea 1"]);
    let never = super::Search {
        from_ms: Some(i64::MAX),
        to_ms: Some(i64::MIN),
        ..tea()
    };
    assert!(find(never).await.is_empty());
    lab.engine.close().await;
}

/// A researcher's kind is found by the text it offers; one that panics over its text is not, and
/// harms nothing.
pub(crate) async fn a_kind_of_ones_own(home: Home) {
    let lab = home.start().await;
    let ann = lab.user("ann").await;
    let group = lab.group("group", &[&ann]).await;
    let soup = json!({"title": "番茄汤", "with": ["tomatoes", "basil"]});
    lab.post(group, &ann, "lab.broken", json!({})).await;
    lab.post(group, &ann, "lab.recipe", soup).await;
    lab.post(group, &ann, "lab.broken", json!({})).await;
    lab.say(group, &ann, "basil grows").await;
    lab.indexed().await;
    assert_eq!(
        lab.texts(&ann, "basil").await,
        ["[basil] grows", "番茄汤: tomatoes, [basil]"]
    );
    assert_eq!(lab.texts(&ann, "番茄").await, ["[番茄]汤: tomatoes, basil"]);
    // A forwarded text is found where it was forwarded to.
    let other = lab.group("other", &[&ann]).await;
    let source = json!({"source": {"conversation": group, "seq": 5}});
    lab.post(other, &ann, "forward", source).await;
    lab.indexed().await;
    let here = super::Search {
        conversation: Some(other),
        ..search("basil")
    };
    assert_eq!(lab.found(&ann, here).await.results.len(), 1);
    // The name of a group is a setting, and what a kind does not offer is not found.
    assert!(lab.texts(&ann, "group").await.is_empty());
    lab.engine.close().await;
}

/// A small generator, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }
}
