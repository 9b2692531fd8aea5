//! Letters leave exactly once, also when a process dies in the middle of a sending.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use jianwei_analyse::{Analyser, Lexicon, Weights};
use jianwei_casework::{Act, CaseView, SendingState, draft};
use jianwei_crawl::{Politeness, Visitor};
use jianwei_discover::QuerySeeds;
use jianwei_dispatch::{Mailer, Recipients, Security, Smtp, Statutes, Templates, Transport};
use jianwei_evidence::{Environment, SealKey};
use jianwei_journey::{Parts, Settings, Tally, send_approved};
use jianwei_lookalike::{Matcher, Vocabulary};
use jianwei_model::{
    Action, Actor, CaseId, Channel, Class, Delivery, DeliveryOutcome, Digest, EventDraft, Letter,
    LetterId, Priority, Recipient, Role, Route, User, VisitId,
};
use jianwei_net::Door;
use jianwei_store::{QueueName, Store, now};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

const HOST: &str = "fake.example";

fn root(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(below)
}

async fn parts(transport: Transport) -> Parts {
    let dispatch = jianwei_dispatch::Settings {
        transport,
        ..jianwei_dispatch::Settings::default()
    };
    let text = |file: &str| std::fs::read_to_string(root(file)).unwrap();
    let vocabulary = Vocabulary::parse(&text("seeds/vocabulary.toml")).unwrap();
    let matcher = Matcher::new(&[], &vocabulary);
    let weights = Weights::parse(&text("config/signals.toml")).unwrap();
    let analyser = Analyser::new(Vec::new(), matcher.clone(), Lexicon::default(), weights).unwrap();
    let door = Door::open(&jianwei_net::Settings::default()).unwrap();
    let crawl = jianwei_crawl::Settings::default();
    let statutes = Statutes::load(&root("config/statutes.toml")).unwrap();
    Parts {
        store: Store::open("memory:").await.unwrap(),
        browser: Err("none in this test".to_owned()),
        visitor: Visitor::new(door.clone(), crawl.clone()),
        politeness: Mutex::new(Politeness::new(&crawl)),
        protected: Vec::new(),
        matcher: Arc::new(matcher),
        analyser: RwLock::new(Arc::new(analyser.clone())),
        blank: analyser,
        sources: jianwei_discover::Settings::default(),
        queries: QuerySeeds::parse(Path::new("queries.toml"), &text("seeds/queries.toml")).unwrap(),
        seal_key: SealKey::generate(&[7; 48]).unwrap(),
        environment: Environment::default(),
        unit: "示例单位".to_owned(),
        templates: Templates::parse(statutes, &[], &dispatch).unwrap(),
        recipients: Recipients::parse(Path::new("none.toml"), "").unwrap(),
        mailer: Mailer::open(&dispatch).unwrap(),
        settings: Settings::default(),
        tally: Tally::default(),
        notices: None,
        door,
    }
}

fn user(name: &str, role: Role) -> User {
    User {
        name: name.to_owned(),
        display: name.to_owned(),
        roles: [role].into(),
        password: String::new(),
        disabled: false,
        created: now(),
    }
}

fn case() -> CaseId {
    CaseId::of(HOST, Class::FakeGovernmentSite)
}

fn letter(channel: Channel, address: &str) -> Letter {
    let route = match channel {
        Channel::Mail => Route::Registrar,
        Channel::Queue => Route::CyberspaceAdministration,
    };
    Letter {
        id: LetterId::of(&case(), route, address),
        case: case(),
        template: "registrar".to_owned(),
        recipient: Recipient {
            route,
            name: "示例收件单位".to_owned(),
            channel,
            address: address.to_owned(),
        },
        subject: "关于涉嫌假冒政府网站的函".to_owned(),
        body: "正文\n".to_owned(),
        attachments: Vec::new(),
        drafted: now(),
    }
}

async fn append(parts: &Parts, action: Action) {
    let key = Digest::of_json(&action).hex();
    let event = EventDraft {
        at: now(),
        actor: Actor::step("test"),
        action,
        case: Some(case()),
        reason: String::new(),
        key,
    };
    parts.store.log().append(event).await.unwrap();
}

async fn view(parts: &Parts) -> CaseView {
    CaseView::of(&parts.store.log().of_case(&case()).await.unwrap())
}

async fn act(parts: &Parts, who: &User, act: Act) {
    let event = draft(&view(parts).await, who, &act, "理由", now()).unwrap();
    parts.store.log().append(event).await.unwrap();
}

/// A confirmed case with one approved letter.
async fn approved(parts: &Parts, letter: &Letter) {
    let digest = Digest::of(b"any");
    let opened = Action::CaseOpened {
        class: Class::FakeGovernmentSite,
        host: HOST.to_owned(),
        visit: VisitId::from_text("visit-1"),
        assessment: digest,
    };
    append(parts, opened).await;
    let sealed = Action::PacketSealed {
        packet: digest,
        wacz: digest,
    };
    append(parts, sealed).await;
    parts.store.letters().insert(letter).await.unwrap();
    let drafted = Action::LetterDrafted {
        letter: letter.id.clone(),
        digest: letter.digest(),
    };
    append(parts, drafted).await;
    act(parts, &user("lin", Role::Analyst), Act::Confirm).await;
    let approve = Act::Approve {
        letter: letter.id.clone(),
        digest: letter.digest(),
    };
    act(parts, &user("wu", Role::Approver), approve).await;
}

/// What a process leaves behind that died after it began to send.
async fn begun(parts: &Parts, letter: &Letter, outcome: DeliveryOutcome) {
    let started = Action::DeliveryStarted {
        letter: letter.id.clone(),
        digest: letter.digest(),
    };
    append(parts, started).await;
    let delivery = Delivery {
        letter: letter.id.clone(),
        digest: letter.digest(),
        started: now(),
        outcome,
    };
    parts.store.deliveries().put(&delivery).await.unwrap();
}

async fn waiting(parts: &Parts) -> usize {
    let queue = parts.store.queue::<LetterId>(QueueName::Regulator);
    queue.list(10).await.unwrap().len()
}

async fn state(parts: &Parts, letter: &Letter) -> SendingState {
    let view = view(parts).await;
    view.letters[&letter.id].sending.clone().unwrap().state
}

fn to_folder(folder: &tempfile::TempDir) -> Transport {
    Transport::Folder {
        path: folder.path().to_owned(),
    }
}

/// A mail server that says nothing after the first mail's final dot, and takes the second; tells how many it saw whole.
async fn silent_once(listener: TcpListener, seen: Arc<Mutex<u32>>) {
    for round in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 sink.example\r\n").await.unwrap();
        let mut in_mail = false;
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (in_mail, line.as_str()) {
                (true, ".") => {
                    *seen.lock().unwrap() += 1;
                    in_mail = false;
                    if round == 0 {
                        break;
                    }
                    "250 taken\r\n"
                }
                (true, _) => continue,
                (false, "DATA") => {
                    in_mail = true;
                    "354 go on\r\n"
                }
                (false, _) => "250 ok\r\n",
            };
            if write.write_all(answer.as_bytes()).await.is_err() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_settled_sending_begins_anew_with_an_event_of_its_own() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(0));
    let server = tokio::spawn(silent_once(listener, Arc::clone(&seen)));
    let parts = parts(Transport::Smtp(Smtp {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::Plain,
        username: None,
        password_file: None,
        password_env: None,
        password: None,
        root_certificate: None,
        timeout_seconds: 10,
        data_timeout_seconds: 10,
    }))
    .await;
    let letter = letter(Channel::Mail, "abuse@registrar.example");
    approved(&parts, &letter).await;
    send_approved(&parts).await.unwrap();
    assert_eq!(state(&parts, &letter).await, SendingState::Started);
    send_approved(&parts).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), 1, "in doubt, it is not sent again");

    let settle = Act::SettleFailed {
        letter: letter.id.clone(),
    };
    act(&parts, &user("wu", Role::Approver), settle).await;
    send_approved(&parts).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), 2);
    assert!(matches!(
        state(&parts, &letter).await,
        SendingState::Delivered { .. }
    ));
    let begun = view(&parts).await.letters[&letter.id].attempts;
    assert_eq!(begun, 2, "a kill after the second beginning must find it");
    server.abort();
}

#[tokio::test]
async fn what_was_dismissed_while_in_doubt_does_not_reach_the_regulator() {
    let folder = tempfile::tempdir().unwrap();
    for is_dismissed in [false, true] {
        let parts = parts(to_folder(&folder)).await;
        let letter = letter(Channel::Queue, "regulator");
        approved(&parts, &letter).await;
        begun(&parts, &letter, DeliveryOutcome::Started).await;
        if is_dismissed {
            act(&parts, &user("lin", Role::Analyst), Act::Dismiss).await;
        }
        send_approved(&parts).await.unwrap();
        assert_eq!(waiting(&parts).await, usize::from(!is_dismissed));
    }
}

#[tokio::test]
async fn a_failure_noted_before_its_event_is_told_to_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(to_folder(&folder)).await;
    let letter = letter(Channel::Mail, "abuse@registrar.example");
    approved(&parts, &letter).await;
    let error = "no connection".to_owned();
    begun(&parts, &letter, DeliveryOutcome::Failed { error }).await;
    send_approved(&parts).await.unwrap();
    assert!(matches!(
        state(&parts, &letter).await,
        SendingState::Failed { .. }
    ));
}

#[tokio::test]
async fn a_job_that_cannot_be_read_is_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let parts = parts(to_folder(&folder)).await;
    let letter = letter(Channel::Queue, "regulator");
    let jobs = parts.store.queue::<u64>(QueueName::Dispatch);
    let pushed = jobs.push(letter.id.as_str(), &7, Priority::SEARCH, now());
    assert!(pushed.await.unwrap());
    approved(&parts, &letter).await;
    send_approved(&parts).await.unwrap();
    assert_eq!(waiting(&parts).await, 1);
}
