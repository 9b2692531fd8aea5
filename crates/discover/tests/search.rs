//! Searches against a stand-in for SearXNG on loopback.

#![allow(
    clippy::unwrap_used,
    reason = "a stand-in that cannot start fails the test"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jianwei_discover::{Error, SearchSource, search};
use jianwei_model::{Lead, LeadOrigin, Timestamp};
use jianwei_net::{Door, Settings};
use serde_json::{Value, json};

type Asked = Arc<Mutex<Vec<BTreeMap<String, String>>>>;

/// Answers page by page; pages after the last are empty.
#[derive(Clone)]
struct StandIn {
    pages: Vec<Answer>,
    asked: Asked,
}

#[derive(Clone)]
enum Answer {
    Json(Value),
    Raw(StatusCode, &'static str),
}

async fn answer(
    State(stand_in): State<StandIn>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let page: usize = query["pageno"].parse().unwrap();
    stand_in.asked.lock().unwrap().push(query);
    match stand_in
        .pages
        .get(page - 1)
        .cloned()
        .unwrap_or(Answer::Json(json!({"results": []})))
    {
        Answer::Json(value) => axum::Json(value).into_response(),
        Answer::Raw(status, body) => {
            (status, [(header::CONTENT_TYPE, "text/html")], body).into_response()
        }
    }
}

/// Asks a stand-in that answers with `pages`, and says what it was asked.
async fn ask(
    pages: Vec<Answer>,
    max_pages: u32,
) -> (Result<Vec<Lead>, Error>, Vec<BTreeMap<String, String>>) {
    let asked = Asked::default();
    let stand_in = StandIn {
        pages,
        asked: asked.clone(),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let router = Router::new()
            .route("/sub/search", get(answer))
            .with_state(stand_in);
        axum::serve(listener, router).await.unwrap();
    });
    let settings = Settings {
        allow: vec!["127.0.0.1/32".parse().unwrap()],
        ..Settings::default()
    };
    let source = SearchSource {
        name: "stand-in".into(),
        url: format!("http://{address}/sub/"),
        language: "zh-CN".into(),
        engines: "baidu".into(),
        max_pages,
    };
    let leads = search(
        &Door::open(&settings).unwrap(),
        &source,
        "特种作业操作证查询 官网",
        Timestamp::from_millis(7),
    )
    .await;
    server.abort();
    let asked = asked.lock().unwrap().clone();
    (leads, asked)
}

fn page(urls: &[&str]) -> Answer {
    let results: Vec<Value> = urls
        .iter()
        .map(|url| json!({"url": url, "title": format!("题 {url}"), "content": "摘要"}))
        .collect();
    Answer::Json(json!({"query": "x", "number_of_results": 3, "results": results}))
}

fn ranked(leads: &[Lead]) -> Vec<(u32, &str)> {
    leads
        .iter()
        .map(|lead| match &lead.origin {
            LeadOrigin::Search { rank, .. } => (*rank, lead.url.as_str()),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[tokio::test]
async fn results_of_all_pages_become_leads_with_their_rank() {
    let pages = vec![
        page(&["http://a.example/", "http://b.example/x#y"]),
        page(&["http://B.example/x", "https://c.example/"]),
    ];
    let (leads, asked) = ask(pages, 5).await;
    let leads = leads.unwrap();
    assert_eq!(
        ranked(&leads),
        [
            (1, "http://a.example/"),
            (2, "http://b.example/x"),
            (4, "https://c.example/")
        ]
    );
    let LeadOrigin::Search {
        source,
        query,
        title,
        snippet,
        ..
    } = &leads[0].origin
    else {
        panic!()
    };
    assert_eq!(
        (
            source.as_str(),
            query.as_str(),
            title.as_str(),
            snippet.as_str()
        ),
        (
            "stand-in",
            "特种作业操作证查询 官网",
            "题 http://a.example/",
            "摘要"
        )
    );
    assert_eq!(leads[0].found, Timestamp::from_millis(7));
    let pages: Vec<&str> = asked.iter().map(|query| query["pageno"].as_str()).collect();
    assert_eq!(pages, ["1", "2", "3"]);
    let expected: BTreeMap<String, String> = [
        ("q", "特种作业操作证查询 官网"),
        ("format", "json"),
        ("pageno", "1"),
        ("language", "zh-CN"),
        ("engines", "baidu"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    assert_eq!(asked[0], expected);
}

#[tokio::test]
async fn no_more_pages_are_asked_for_than_allowed_or_than_bring_something() {
    let same = || page(&["http://a.example/"]);
    let (_, asked) = ask(
        vec![
            same(),
            page(&["http://b.example/"]),
            page(&["http://c.example/"]),
        ],
        2,
    )
    .await;
    assert_eq!(asked.len(), 2);
    let (leads, asked) = ask(vec![same(), same(), same(), same()], 4).await;
    assert_eq!((leads.unwrap().len(), asked.len()), (1, 2));
}

#[tokio::test]
async fn results_of_wrong_types_are_passed_over() {
    let long = "长".repeat(5_000);
    let results = json!([
        null, 5, "http://text.example/", [], {}, {"url": null}, {"url": 7}, {"url": "javascript:alert(1)"},
        {"url": "/relative"}, {"url": "http://a.example/", "title": 5, "content": ["x"]},
        {"url": "http://b.example/", "title": long.as_str(), "content": null},
    ]);
    let (leads, _) = ask(vec![Answer::Json(json!({"results": results}))], 1).await;
    let leads = leads.unwrap();
    assert_eq!(
        ranked(&leads),
        [(10, "http://a.example/"), (11, "http://b.example/")]
    );
    let LeadOrigin::Search { title, .. } = &leads[1].origin else {
        panic!()
    };
    assert_eq!(title.chars().count(), 300);
}

#[tokio::test]
async fn an_answer_that_is_no_result_page_names_source_and_url() {
    let bad = [
        (
            Answer::Raw(StatusCode::OK, "<html>captcha</html>"),
            "search.formats",
        ),
        (Answer::Raw(StatusCode::FORBIDDEN, "no"), "search.formats"),
        (
            Answer::Raw(StatusCode::TOO_MANY_REQUESTS, "slow down"),
            "429",
        ),
        (
            Answer::Json(json!({"error": "x"})),
            "an object without `results`",
        ),
        (
            Answer::Json(json!({"results": "none"})),
            "`results` that are a text",
        ),
        (Answer::Json(json!([1])), "a list instead of an object"),
    ];
    for (answer, says) in bad {
        let (leads, _) = ask(vec![answer], 3).await;
        let message = leads.unwrap_err().to_string();
        assert!(
            message.starts_with("search source `stand-in`: "),
            "{message}"
        );
        assert!(
            message.contains("/sub/search") && message.contains(says),
            "{message}"
        );
        assert!(!message.contains("特种"), "{message}");
    }
}

#[tokio::test]
async fn what_earlier_pages_brought_is_kept_when_a_later_one_fails() {
    let pages = vec![
        page(&["http://a.example/"]),
        Answer::Raw(StatusCode::BAD_GATEWAY, "x"),
        page(&["http://c.example/"]),
    ];
    let (leads, _) = ask(pages, 3).await;
    assert_eq!(ranked(&leads.unwrap()), [(1, "http://a.example/")]);
}
