//! Evidence of a case as files: its packet, its web archive, its pictures and the page's source, never a live page.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jianwei_evidence::wacz_of;
use jianwei_model::Digest;

use crate::dossier::Dossier;
use crate::reply::Failure;
use crate::session::SignedIn;
use crate::state::Read;
use crate::{ConsoleState, Error};

/// Nothing in the file is run or loaded, whatever a browser makes of it.
const FILE_POLICY: &str = "default-src 'none'; sandbox";

/// The eight bytes every PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A file on its way to a person.
struct Handed<'a> {
    what: &'a str,
    digest: Digest,
    bytes: Vec<u8>,
    media_type: &'static str,
    /// `attachment` or `inline`.
    disposition: &'static str,
    name: String,
}

/// `GET /cases/{case}/packet`
pub(crate) async fn packet(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = Dossier::of(&state, &id).await?;
    let packet = dossier.packet.as_ref().ok_or(Failure::NotFound)?;
    let digest = packet.file.digest;
    let handed = Handed {
        what: "证据包",
        digest,
        bytes: blob(&state, &digest).await?,
        media_type: "application/zip",
        disposition: "attachment",
        name: format!("jianwei-{}.zip", dossier.case.id),
    };
    hand_over(&state, &person, &dossier, handed).await
}

/// `GET /cases/{case}/wacz`
pub(crate) async fn wacz(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = Dossier::of(&state, &id).await?;
    let packet = dossier.packet.as_ref().ok_or(Failure::NotFound)?;
    let digest = packet.wacz;
    let sealed = blob(&state, &packet.file.digest).await?;
    let bytes = wacz_of(&sealed).map_err(Error::from)?.to_vec();
    let handed = Handed {
        what: "网页存档",
        digest,
        bytes,
        media_type: "application/wacz",
        disposition: "attachment",
        name: format!("jianwei-{}.wacz", dossier.case.id),
    };
    hand_over(&state, &person, &dossier, handed).await
}

/// `GET /cases/{case}/screenshots/{side}`, where the side is `suspect` or `official`.
pub(crate) async fn screenshot(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path((id, side)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let dossier = Dossier::of(&state, &id).await?;
    let (what, digest) = match side.as_str() {
        "suspect" => ("嫌疑页面截图", dossier.screenshot()),
        "official" => ("官方页面截图", dossier.official_screenshot()),
        _ => return Err(Failure::NotFound),
    };
    let digest = digest.ok_or(Failure::NotFound)?;
    let bytes = blob(&state, &digest).await?;
    if !bytes.starts_with(PNG) {
        return Err(Failure::NotFound);
    }
    let handed = Handed {
        what,
        digest,
        bytes,
        media_type: "image/png",
        disposition: "inline",
        name: format!("{}-{side}.png", dossier.case.id),
    };
    hand_over(&state, &person, &dossier, handed).await
}

/// `GET /cases/{case}/source`: the page as plain text.
pub(crate) async fn source(
    State(state): State<ConsoleState>,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let dossier = Dossier::of(&state, &id).await?;
    let (digest, bytes) = dossier.source(&state).await?.ok_or(Failure::NotFound)?;
    let handed = Handed {
        what: "页面源码",
        digest,
        bytes,
        media_type: "text/plain; charset=utf-8",
        disposition: "inline",
        name: format!("{}-source.txt", dossier.case.id),
    };
    hand_over(&state, &person, &dossier, handed).await
}

async fn blob(state: &ConsoleState, digest: &Digest) -> Result<Vec<u8>, Failure> {
    let bytes = state.store().blobs().get(digest).await?;
    bytes.ok_or(Failure::NotFound)
}

/// Hands a file over; that it was is written down first.
async fn hand_over(
    state: &ConsoleState,
    person: &SignedIn,
    dossier: &Dossier,
    handed: Handed<'_>,
) -> Result<Response, Failure> {
    let read = Read {
        user: &person.user.name,
        session: &person.session,
        case: &dossier.case.id,
        what: handed.what,
        digest: handed.digest,
    };
    state.record_read(read).await?;
    let disposition = format!("{}; filename=\"{}\"", handed.disposition, handed.name);
    let disposition =
        HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment"));
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(handed.media_type),
            ),
            (header::CONTENT_DISPOSITION, disposition),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(FILE_POLICY),
            ),
        ],
        handed.bytes,
    )
        .into_response())
}
