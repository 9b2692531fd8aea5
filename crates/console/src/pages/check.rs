//! The verification of a case's packet, as any recipient could do it.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;
use jianwei_evidence::{Check, CheckState, Verification, VerifyOptions, verify};

use super::frame::Frame;
use crate::dossier::Dossier;
use crate::reply::{Failure, page};
use crate::session::SignedIn;
use crate::state::Read;
use crate::{ConsoleState, Error};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    frame: Frame,
    case: String,
    holds: bool,
    words: String,
    checks: Vec<CheckLine>,
}

struct CheckLine {
    state: &'static str,
    mood: &'static str,
    text: String,
    detail: String,
}

/// `GET /cases/{case}/check`
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Html<String>, Failure> {
    let dossier = Dossier::of(&state, &id).await?;
    let packet = dossier.packet.as_ref().ok_or(Failure::NotFound)?;
    let digest = packet.file.digest;
    let bytes = state.store().blobs().get(&digest).await?;
    let bytes = bytes.ok_or(Failure::NotFound)?;
    let read = Read {
        user: &person.user.name,
        session: &person.session,
        case: &dossier.case.id,
        what: "证据包核验",
        digest,
    };
    state.record_read(read).await?;
    let options = VerifyOptions {
        trusted: state.settings().trusted_keys.clone(),
    };
    let checked = tokio::task::spawn_blocking(move || verify(&bytes, &options))
        .await
        .map_err(|died| Error::Io(std::io::Error::other(died)))?;
    let entries = state.entries().await?;
    let frame = Frame::of("sites", &person, &entries);
    page(&CheckPage::of(frame, id, &checked))
}

impl CheckPage {
    fn of(frame: Frame, case: String, checked: &Verification) -> Self {
        let count = |state| {
            checked
                .checks
                .iter()
                .filter(|one| one.state == state)
                .count()
        };
        let (holding, unknown) = (count(CheckState::Holds), count(CheckState::Unknown));
        let failing = count(CheckState::Fails);
        Self {
            frame,
            case,
            holds: checked.holds(),
            words: match failing {
                0 => format!("没有不通过的项目：{holding} 项通过，{unknown} 项无法判断。"),
                _ => format!("{failing} 项不通过，{holding} 项通过，{unknown} 项无法判断。"),
            },
            checks: checked.checks.iter().map(CheckLine::of).collect(),
        }
    }
}

impl CheckLine {
    fn of(check: &Check) -> Self {
        let (state, mood) = match check.state {
            CheckState::Holds => ("通过", "good"),
            CheckState::Fails => ("不通过", "bad"),
            CheckState::Unknown => ("无法判断", "due"),
        };
        // The sentence begins with its outcome, which stands beside it here.
        let text = check
            .chinese
            .split_once('：')
            .map_or(&*check.chinese, |(_, text)| text);
        Self {
            state,
            mood,
            text: text.to_owned(),
            detail: detail(check),
        }
    }
}

/// What a check found, in Chinese where it is one of the usual findings.
fn detail(check: &Check) -> String {
    let said = &check.detail;
    match (check.name, check.state) {
        _ if said.starts_with("not reached") => "所依据的内容无法读取，未能核验".into(),
        ("time_stamp", CheckState::Unknown) => {
            "证据包内没有第三方时间戳，封存时间以本单位时钟为准".into()
        }
        ("signer", CheckState::Unknown) => match said.split_once("sha256:") {
            Some((_, key)) => format!("尚未配置受信公钥；签名公钥 sha256:{key}"),
            None => "尚未配置受信公钥".into(),
        },
        ("custody", CheckState::Holds) => {
            let count: String = said.chars().take_while(char::is_ascii_digit).collect();
            format!("封存时已有流转记录 {count} 条")
        }
        _ => said.clone(),
    }
}
