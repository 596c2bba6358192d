//! Good and bad queries and path ids.

use axum::{Router, body::Body, extract::Request, routing::get};
use serde::Deserialize;
use tower::ServiceExt;

use super::*;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Order {
    Up,
    Down,
}

#[derive(Debug, Deserialize)]
struct Form {
    query: Option<String>,
    limit: Option<u8>,
    after: Option<i64>,
    user: Option<Uuid>,
    ids: Option<Vec<Uuid>>,
    order: Option<Order>,
    full: Option<bool>,
}

const ID: &str = "0190a6b0-0000-7000-8000-00000000000a";

#[test]
fn good_queries_are_read() {
    let form: Form = from_query(&format!(
        "query=a%2B%E5%A4%A9+b&limit=255&after=-5&user={ID}&ids={ID},{ID}&order=down&full=true&_=1&_=2"
    ))
    .unwrap();
    assert_eq!(form.query.as_deref(), Some("a+天 b"));
    assert_eq!(
        (form.limit, form.after, form.full),
        (Some(255), Some(-5), Some(true))
    );
    assert_eq!(
        (form.user, form.order),
        (Uuid::parse_str(ID).ok(), Some(Order::Down))
    );
    assert_eq!(form.ids.map(|ids| ids.len()), Some(2));
    assert!(from_query::<Form>("").unwrap().query.is_none());
    assert_eq!(
        from_query::<Form>("query=a=b&").unwrap().query.as_deref(),
        Some("a=b")
    );
    assert!(from_query::<()>("_=3").is_ok());
}

#[test]
fn bad_queries_are_told_apart() {
    #[track_caller]
    fn check(query: &str, status: u16, field: &str) {
        let problem = from_query::<Form>(query).unwrap_err();
        assert_eq!(problem.status().as_u16(), status, "{query}: {problem}");
        let fields: Vec<_> = problem.fields().iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields.join(" "), field, "{query}");
    }
    for query in [
        "query=%",
        "query=%4",
        "query=%zz",
        "query=%ff",
        "%ff=1",
        "nope=%+1",
    ] {
        check(query, 400, "");
    }
    for number in ["", "x", "1x", "1.5", "%2B1", "0x1", "-", "--1", "1e3", " 1"] {
        check(&format!("full=true&limit={number}&query=x"), 400, "limit");
    }
    check("user=x", 400, "user");
    check(&format!("ids={ID},x"), 400, "ids");
    check("full=1", 400, "full");
    check("limit=256", 422, "limit");
    check("limit=-1", 422, "limit");
    check(
        "limit=99999999999999999999999999999999999999999999",
        422,
        "limit",
    );
    check("after=9223372036854775808", 422, "after");
    check("order=sideways", 422, "order");
    check("nope=1", 422, "nope");
    check("limit=1&limit=1", 422, "limit");
    check("limit=1&l%69mit=1", 422, "limit");
    check("query=%00", 422, "");
    // A type that takes any name would let the later one win in silence.
    type Any = std::collections::BTreeMap<String, String>;
    let twice = from_query::<Any>("a=1&a=2").unwrap_err();
    assert_eq!(twice.fields()[0].field, "a");
    assert_eq!(from_query::<()>("a=1").unwrap_err().status().as_u16(), 422);
}

#[test]
fn a_missing_parameter_is_named() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Needed {
        query: String,
        limit: Option<u8>,
    }
    let problem = from_query::<Needed>("limit=1").unwrap_err();
    assert_eq!(problem.detail(), "`query` is missing.");
}

#[tokio::test]
async fn ids_in_paths() {
    let app = Router::new()
        .route("/one/{id}", get(async |Id(id): Id| id.to_string()))
        .route(
            "/two/{id}/{user}",
            get(async |Ids([a, b]): Ids<2>| format!("{a} {b}")),
        );
    let check = async |path: String, status: u16| {
        let request = Request::get(&path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{path}");
    };
    check(format!("/one/{ID}"), 200).await;
    check(format!("/one/{}", ID.to_uppercase()), 200).await;
    check(format!("/two/{ID}/{ID}"), 200).await;
    for bad in ["x", "0190a6b0000070008000000000000000", "%ff", "%00"] {
        check(format!("/one/{bad}"), 404).await;
        check(format!("/two/{ID}/{bad}"), 404).await;
    }
    check(format!("/one/{{{ID}}}"), 404).await;
    check(format!("/one/urn:uuid:{ID}"), 404).await;
}
