use super::*;
use crate::message::rfc3339;

const FRAME: &str = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n\
    ================================================================\r\n\
    消息分组:我的QQ群\r\n\
    ================================================================\r\n\
    消息对象:Rust 学习\r\n\
    ================================================================\r\n\r\n";

fn read(text: &str) -> Vec<Record> {
    parse(text, "+08:00".parse().unwrap()).unwrap()
}

fn told(record: &Record) -> Vec<(String, String, String)> {
    let lines = record.lines.iter();
    lines
        .map(|line| (rfc3339(line.at_ms), line.name.clone(), line.text.clone()))
        .collect()
}

fn one(at: &str, name: &str, text: &str) -> (String, String, String) {
    (at.into(), name.into(), text.into())
}

#[test]
fn a_record_as_qq_writes_it() {
    let text = FRAME.to_owned()
        + "2012-05-20 18:53:21 小明(123456789)\r\n大家好\r\n\r\n\
           2012-05-20 下午 6:54:02 小红<hong@qq.com>\r\n一行\r\n\r\n两行\r\n\r\n\r\n\
           2012-05-20 18:55:00 系统消息(10000)\r\n小刚 加入了本群\r\n\r\n\
           2012-05-20 上午12:00:01 【管理员】小明明(123456789)\r\n[图片]\r\n\r\n\
           2012-05-21 9:05:06 小明(123456789)\r\n\r\n\
           2012-05-21 9:05:07 \r\n谁也没说\r\n";
    let records = read(&text);
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record.name, "Rust 学习");
    assert_eq!(
        told(record),
        [
            one("2012-05-20T10:53:21.000Z", "小明", "大家好"),
            one("2012-05-20T10:54:02.000Z", "小红", "一行\n\n两行"),
            one("2012-05-20T10:55:00.000Z", "系统消息", "小刚 加入了本群"),
            one("2012-05-19T16:00:01.000Z", "【管理员】小明明", "[图片]"),
            one("2012-05-21T01:05:07.000Z", "系统消息", "谁也没说"),
        ]
    );
    let accounts: Vec<_> = record
        .speakers
        .iter()
        .map(|s| s.account.as_deref())
        .collect();
    let all = [Some("123456789"), Some("hong@qq.com"), Some("10000")];
    assert_eq!(accounts, all);
    assert_eq!(record.speakers[0].name, "小明", "as they were called last");
    assert_eq!(
        record.skipped.sentences(),
        ["messages without text: 1 (line 24)"]
    );
}

#[test]
fn several_records_in_one_file() {
    let bar = "=".repeat(64);
    let other = format!("\n{bar}\n消息分组：我的好友\n{bar}\n消息对象：小红\n{bar}\n\n");
    let text = FRAME.to_owned()
        + "2012-05-20 18:53:21 小明(123456789)\n大家好\n"
        + &other
        + "2013/5/2 08:00:00 小红\n早\n"
        + &other.replace("小红", "空");
    let records = read(&text);
    let names: Vec<_> = records
        .iter()
        .map(|r| (r.name.as_str(), r.lines.len()))
        .collect();
    assert_eq!(names, [("Rust 学习", 1), ("小红", 1), ("空", 0)]);
    assert_eq!(records[0].lines[0].text, "大家好");
    assert_eq!(records[1].speakers[0].account, None);
}

#[test]
fn texts_that_look_like_something_else() {
    let bar = "=".repeat(64);
    let tricky = format!(
        "{bar}\n消息对象在哪\n消息对象:谁\n2012-05-20 的事\n2012-05-20 18:53 开会\n18:53:21 小红(12345678)\n\
         2012-13-20 18:53:21 小红(12345678)\n2012-05-20 25:53:21 小红(12345678)\n2012-05-20 18:53:217 x"
    );
    let text = format!("{FRAME}2012-05-20 18:53:21 a(b)(123456)\n{tricky}\n");
    let record = &read(&text)[0];
    assert_eq!(
        told(record),
        [one("2012-05-20T10:53:21.000Z", "a(b)", &tricky)]
    );
    assert_eq!(record.skipped.total(), 0);
}

#[test]
fn days_on_lines_of_their_own() {
    let text = "日期: 2012年5月20日\n10:00:00 小明(123456)\n早\n10:00:01 大家都来\n日期: 2012-5-21\n\
                6:00:00 PM 小明(123456)\n晚";
    let record = &read(text)[0];
    assert_eq!(
        told(record),
        [
            one("2012-05-20T02:00:00.000Z", "小明", "早\n10:00:01 大家都来"),
            one("2012-05-21T10:00:00.000Z", "小明", "晚"),
        ]
    );
}

#[test]
fn what_comes_before_is_counted_and_other_files_are_refused() {
    let text = format!("{FRAME}x\n\ny\n2012-05-20 18:53:21 a(123456)\nb");
    assert_eq!(read(&text)[0].skipped.count(BEFORE), 2);
    assert!(read(FRAME)[0].lines.is_empty(), "an empty record is one");
    for other in ["", "hello\n", "[12:00] <bob> hi\n", "2012-05-20 的事\n"] {
        assert!(parse(other, "+08:00".parse().unwrap()).is_err(), "{other}");
    }
}

/// Whatever is read, nothing panics and no line is lost: it is a message's, or counted.
#[test]
fn any_text_is_read_to_its_end() {
    let parts = [
        "2012-05-20 18:53:21 小明(123456)",
        "2012-05-20 下午",
        "消息对象:",
        "================",
        "日期:2012-1-1",
        "10:00:00 a(123456)",
        "",
        "消息记录",
        "：",
        "(",
        "2012年1月1日 1:02:03 a",
        "text",
    ];
    let mut state = 7u64;
    for _ in 0..2_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(parts[(state >> 33) as usize % parts.len()]);
            text.push_str(if state >> 63 == 0 { "\n" } else { "" });
        }
        let Ok(records) = parse(&text, "+08:00".parse().unwrap()) else {
            continue;
        };
        for record in records {
            for line in record.lines {
                assert!(!line.text.trim().is_empty() && line.speaker < record.speakers.len());
            }
        }
    }
}
