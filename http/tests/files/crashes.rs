//! A server that is killed between an object and its row, or in the middle of an upload, leaves
//! nothing for ever.

use std::io::Write;
use std::time::{Duration, SystemTime};

use webqq_testkit::eventually;
use webqq_testkit::postgres::cluster;
use webqq_testkit::tcp_proxy::TcpProxy;

use crate::place::{Place, noise, text};

#[test]
fn killed_between_object_and_row() {
    let database = cluster().database();
    let proxy = TcpProxy::start(database.tcp_address());
    let url = database.url_through(proxy.addr());
    let mut place = Place::start(&["--store", &url]);
    let ann = place.person("ann");
    let kept = place.upload(&ann, "kept", &noise(300_000, 1));
    // A life that has not sent the statement yet: what it was once told, a database remembers.
    place.server.kill();
    place.server.restart();
    // The row's statement never arrives: the object is written, the upload is not answered.
    proxy.cut_before_request_containing(b"insert into files");
    proxy.refuse(true);
    let answer = place.try_upload(&ann, "lost", &noise(300_000, 2));
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(place.stored().len(), 2, "the object is there");
    let mut wire = place.begin(&ann, 1_000_000);
    let _not_signed_in_now = wire.write_all(&noise(300_000, 3));
    place.server.kill();
    proxy.refuse(false);
    place.server.restart();
    assert_eq!(place.download(&ann, &kept).expect(200).body.len(), 300_000);

    // In the middle of an upload.
    let mut wire = place.begin(&ann, 1_000_000);
    wire.write_all(&noise(300_000, 4)).unwrap();
    let half = |place: &Place| {
        let stored = place.stored();
        stored
            .iter()
            .filter(|path| path.to_string_lossy().contains('#'))
            .count()
    };
    eventually(Duration::from_secs(10), "it is being written", || {
        half(&place) == 1
    });
    place.server.kill();
    assert_eq!((half(&place), place.stored().len()), (1, 3));
    // As if a day had passed. What is kept is old, too.
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    for path in place.stored() {
        let file = std::fs::File::options().append(true).open(path).unwrap();
        file.set_modified(yesterday).unwrap();
    }
    place.server.restart();
    eventually(Duration::from_secs(20), "what was left is swept", || {
        place.stored().len() == 1
    });
    let back = place.download(&ann, &kept).expect(200);
    assert!(back.body == noise(300_000, 1));
    assert_eq!(text(&kept["name"]), "kept");
    place.check_alive();
}
