//! Every route is walked: none answers before signing in, none is reached from another site, and what changes or reads
//! evidence leaves an event. A route that is not listed in `visit` fails here.

use axum::http::StatusCode;
use jianwei_model::{CaseId, Class};
use jianwei_store::Store;

use super::*;
use crate::{Settings, hash_password};

#[path = "../../tests/world/mod.rs"]
mod world;
use world::desk::Desk;
use world::{PASSWORD, Site, Stage, World};

/// A request that a route answers well, and whether it leaves an event.
struct Visit {
    user: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    event: bool,
}

fn looks(event: bool) -> Visit {
    Visit {
        user: "li.yan",
        fields: Vec::new(),
        event,
    }
}

fn acts(user: &'static str, fields: &[(&'static str, &'static str)]) -> Visit {
    Visit {
        user,
        fields: fields.to_vec(),
        event: true,
    }
}

fn visit(route: &Route) -> Visit {
    let password = ("password", "another-password");
    match (route.method.as_str(), route.path) {
        ("GET", "/login" | "/assets/{name}" | "/" | "/log" | "/log/verify") => looks(false),
        ("GET", "/api/v1/cases" | "/api/v1/log") => looks(false),
        ("GET", path) if path.contains("/cases/{case}") => looks(true),
        ("POST", "/logout") => looks(false),
        ("POST", "/login") => acts("li.yan", &[("name", "zhao"), ("password", PASSWORD)]),
        ("POST", "/cases/{case}/acts" | "/api/v1/cases/{case}/acts") => {
            acts("li.yan", &[("act", "confirm"), ("reason", "核实")])
        }
        ("GET", "/users") => Visit {
            user: "admin",
            fields: Vec::new(),
            event: false,
        },
        ("POST", "/users") => acts(
            "admin",
            &[
                ("name", "new"),
                ("display", "新人"),
                ("analyst", "yes"),
                password,
            ],
        ),
        ("POST", "/users/{user}/password") => acts("admin", &[password]),
        ("POST", "/users/{user}/disable") => acts("admin", &[]),
        (method, path) => panic!("{method} {path} is not listed here: does it leave an event?"),
    }
}

async fn open() -> (World, Router, CaseId) {
    let world = World::open(&hash_password(PASSWORD).unwrap()).await;
    let picture = b"\x89PNG\r\n\x1a\n picture".to_vec();
    world.add_reference(Some(&picture)).await;
    let mut site = Site::new(
        "cx-yjgl.test",
        Class::FakeGovernmentSite,
        0.97,
        Stage::Suspected,
    );
    site.screenshot = Some(picture);
    let case = world.add(&site, 0).await;
    let state = ConsoleState::new(world.store.clone(), Settings::default());
    (world, router(state), case)
}

fn path_of(route: &Route, case: &CaseId) -> String {
    let asset = asset::style();
    route
        .path
        .replace("{case}", case.as_str())
        .replace("{side}", "suspect")
        .replace("{user}", "zhao")
        .replace("/assets/{name}", &asset)
}

fn length(store: &Store) -> u64 {
    *store.log().subscribe().borrow()
}

async fn send(desk: &Desk, route: &Route, path: &str, visit: &Visit) -> world::desk::Answer {
    if route.method == Method::GET {
        return desk.get(path).await;
    }
    if path.starts_with("/api/") {
        let fields: serde_json::Map<_, _> = visit
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        return desk
            .post_json(path, &serde_json::to_string(&fields).unwrap())
            .await;
    }
    desk.post(path, &visit.fields).await
}

#[tokio::test]
async fn no_route_answers_before_signing_in() {
    let (world, router, case) = open().await;
    let stranger = Desk::new(router);
    let before = length(&world.store);
    for route in routes().iter().filter(|route| route.who != Who::Anyone) {
        let path = path_of(route, &case);
        let answer = send(&stranger, route, &path, &visit(route)).await;
        if path.starts_with("/api/") {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        } else {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
            assert!(answer.header("location").starts_with("/login"), "{path}");
        }
        assert!(!answer.text.contains("cx-yjgl.test"), "{path}");
    }
    assert_eq!(length(&world.store), before);
}

#[tokio::test]
async fn no_route_can_be_used_from_another_site() {
    let (world, router, case) = open().await;
    let desks = [
        Desk::of(router.clone(), "li.yan").await,
        Desk::of(router, "admin").await,
    ];
    let before = length(&world.store);
    for route in routes().iter().filter(|route| route.method == Method::POST) {
        let path = path_of(route, &case);
        for desk in &desks {
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.test"),
                ("origin", "null"),
            ] {
                let answer = desk.post_from_elsewhere(&path, name, value).await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{path} {name}: {value}"
                );
            }
            if route.who != Who::Anyone && !path.starts_with("/api/") {
                let answer = desk.post_untold(&path, &visit(route).fields).await;
                assert_eq!(
                    answer.status,
                    StatusCode::FORBIDDEN,
                    "{path} without a token"
                );
            }
        }
    }
    assert_eq!(length(&world.store), before);
}

#[tokio::test]
async fn administration_is_for_administrators() {
    let (world, router, case) = open().await;
    let desk = Desk::of(router, "zhao").await;
    let before = length(&world.store);
    for route in routes()
        .iter()
        .filter(|route| route.who == Who::Administrator)
    {
        let path = path_of(route, &case);
        let answer = send(&desk, route, &path, &visit(route)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(length(&world.store), before);
}

#[tokio::test]
async fn what_changes_or_reads_evidence_leaves_an_event() {
    for route in routes() {
        let (world, router, case) = open().await;
        let visit = visit(&route);
        let desk = Desk::of(router, visit.user).await;
        let before = length(&world.store);
        let path = path_of(&route, &case);
        let answer = send(&desk, &route, &path, &visit).await;
        assert!(
            answer.status.is_success() || answer.status.is_redirection(),
            "{} {path}: {} {}",
            route.method,
            answer.status,
            answer.text
        );
        let left = length(&world.store) - before;
        assert_eq!(
            left > 0,
            visit.event,
            "{} {path} left {left} events",
            route.method
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}
