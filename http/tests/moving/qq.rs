//! Records that QQ exported as text, as groups.

use std::fs;

use crate::place::{Place, shown};

const FRAME: &str = "消息记录（此消息记录为文本格式，不支持重新导入）\r\n\r\n\
    ================================================================\r\n\
    消息分组:我的QQ群\r\n\
    ================================================================\r\n\
    消息对象:Rust 学习\r\n\
    ================================================================\r\n\r\n\
    2012-05-20 18:53:21 小明(123456789)\r\n大家好\r\n\r\n\
    2012-05-20 下午 6:54:02 小红<hong@qq.com>\r\n一行\r\n\r\n两行\r\n\r\n\
    2012-05-20 18:55:00 系统消息(10000)\r\n小刚 加入了本群\r\n\r\n\
    2012-05-20 18:56:00 小明(123456789)\r\n\r\n";

/// The same record in every encoding is the same record.
fn a_record_becomes_a_group(place: &Place) {
    let file = place.path("record.txt");
    let run = |more: &[&str]| place.fine(&[&["import-qq", &shown(&file)], more].concat());
    fs::write(&file, FRAME).unwrap();
    let said = run(&[]);
    let first = "3 messages into the new group “Rust 学习”; 3 users made, 3 joined, 0 messages";
    assert!(said.starts_with(first), "{said}");
    assert!(
        said.contains("messages without text: 1 (line 20)"),
        "{said}"
    );
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(FRAME.encode_utf16().flat_map(u16::to_le_bytes));
    // 大家好 and all else that is needed, by the tables of GBK.
    for bytes in [utf16, [b"\xef\xbb\xbf", FRAME.as_bytes()].concat()] {
        fs::write(&file, bytes).unwrap();
        let again = run(&[]);
        assert!(
            again.starts_with("0 messages into the group “Rust 学习”; 0 users made"),
            "{again}"
        );
    }
    // A longer record adds what is new; who is known by a number is the same person elsewhere.
    let more = "2012-05-21 上午 9:00:00 小明明(123456789)\r\n早\r\n\r\n";
    fs::write(&file, FRAME.to_owned() + more).unwrap();
    assert!(
        run(&[]).starts_with("1 messages into the group “Rust 学习”; 0 users made, 0 joined, 3")
    );
    let elsewhere = run(&["--group", "elsewhere"]);
    let there = "4 messages into the new group “elsewhere”; 0 users made, 3 joined";
    assert!(elsewhere.starts_with(there), "{elsewhere}");
}

#[test]
fn a_record_becomes_a_group_in_sqlite() {
    a_record_becomes_a_group(&Place::sqlite());
}

#[test]
fn a_record_becomes_a_group_in_postgres() {
    a_record_becomes_a_group(&Place::postgres());
}

#[test]
fn odd_records() {
    let place = Place::sqlite();
    let file = place.path("record.txt");
    let shown_file = shown(&file);
    let refused = |bytes: &[u8], more: &[&str]| {
        fs::write(&file, bytes).unwrap();
        place.sentence(&[&["import-qq", &shown_file], more].concat())
    };
    for other in [&b""[..], b"hello\n", b"[12:00] <bob> hi\n"] {
        assert!(refused(other, &[]).contains("no record that QQ exported"));
    }
    // GBK that is cut off within a character, and UTF-8 that is damaged.
    let gbk = b"\xcf\xfb\xcf\xa2\xbc\xc7\xc2\xbc\r\n2012-05-20 18:53:21 a(123456)\r\n\xc4\xe3\xff\xff\r\n";
    let said = refused(gbk, &[]);
    assert!(
        said.contains("line 3") && said.contains("gb18030"),
        "{said}"
    );
    let said = refused(b"\xef\xbb\xbf2012-05-20 18:53:21 a(123456)\nx\xff\n", &[]);
    assert!(said.contains("line 2") && said.contains("UTF-8"), "{said}");
    // Nobody says which group.
    let bare = "2012-05-20 18:53:21 小明(123456789)\n大家好\n";
    assert!(refused(bare.as_bytes(), &[]).contains("--group"));
    assert!(
        place
            .fine(&["import-qq", &shown_file, "--group", "bare"])
            .starts_with("1 messages")
    );
    // Two records in one file.
    let two = FRAME.to_owned() + &FRAME.replace("Rust 学习", "另一个");
    let said = refused(two.as_bytes(), &[]);
    assert!(
        said.contains("“Rust 学习”, “另一个”") && said.contains("--record"),
        "{said}"
    );
    assert!(refused(two.as_bytes(), &["--record", "x"]).contains("--record"));
    let one = place.fine(&["import-qq", &shown_file, "--record", "另一个"]);
    assert!(one.contains("the new group “另一个”"), "{one}");
    // Good GBK.
    let good = b"\xcf\xfb\xcf\xa2\xbc\xc7\xc2\xbc\r\n2012-05-20 18:53:21 \xd0\xa1\xc3\xf7(123456)\r\n\xb4\xf3\xbc\xd2\xba\xc3\r\n";
    fs::write(&file, good).unwrap();
    let said = place.fine(&["import-qq", &shown_file, "--group", "gbk"]);
    assert!(said.starts_with("1 messages"), "{said}");
}
