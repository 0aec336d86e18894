//! Errors as people and programs read them: problem details (RFC 9457) with a stable code and a sentence
//! in Chinese and English. The one table of codes; nobody else speaks of HTTP status numbers for errors.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use sync_core::commands::Refusal;
use sync_core::wire::BadBody;
use utoipa::ToSchema;

use crate::evidence::check::NotTheFile;
use crate::people::sessions;
use crate::people::tokens::BadToken;
use crate::store::Failed;
use crate::{evidence, quarantine, reviews};

/// What every code's `type` starts with.
const TYPE_PREFIX: &str = "urn:xunfang:problem:";

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal $zh:literal $en:literal;)*) => {
        /// What went wrong: stable, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The code as programs read it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// The HTTP status that carries it.
            pub fn status(self) -> StatusCode {
                let number: u16 = match self { $(Code::$name => $status,)* };
                StatusCode::from_u16(number).expect("BUG: the table holds only HTTP status numbers")
            }

            /// What happened and what to do, in Chinese and in English.
            pub const fn sentences(self) -> (&'static str, &'static str) {
                match self { $(Code::$name => ($zh, $en),)* }
            }
        }
    };
}

codes! {
    /// The request line, its parameters or its JSON can't be read.
    MalformedRequest = 400 "malformed_request"
        "请求格式不对,没有做任何改动。" "The request could not be read. Nothing was changed.";
    /// A CBOR or compressed body is cut short or damaged.
    MalformedBody = 400 "malformed_body"
        "收到的内容不完整或已损坏,没有做任何改动。请重新发送。"
        "The body is incomplete or damaged. Nothing was changed; please send it again.";
    /// The words of `/sync` are of a version this server doesn't know.
    UnknownVersion = 400 "unknown_version"
        "应用版本与服务器不一致,请先更新应用。" "The app and the server speak different versions. Please update the app first.";
    /// No token came with the request.
    NotSignedIn = 401 "not_signed_in" "请先登录。" "Please sign in.";
    /// The access token was good, and its time has run out.
    TokenExpired = 401 "token_expired" "登录凭证已到期,需要换新。" "The access token has expired; refresh it.";
    /// The token was not issued by this server, or was altered.
    TokenInvalid = 401 "token_invalid" "登录凭证无效,请重新登录。" "The access token is not valid here. Please sign in again.";
    /// The session was ended: signed out, revoked, too old, or its refresh token was used twice.
    SessionEnded = 401 "session_ended"
        "登录已失效,请重新登录。本机未上报的内容仍在。" "The session has ended. Please sign in again; unsent work stays on the device.";
    /// No such account, or another password; which of them is not told.
    WrongCredentials = 401 "wrong_credentials" "账号或密码不对。" "The account or the password is wrong.";
    /// A request from the desk that changes something came without its CSRF token.
    CsrfMismatch = 403 "csrf_mismatch"
        "请求缺少页面校验码,没有做任何改动。请刷新页面。" "The request lacks the page's CSRF token. Nothing was changed; reload the page.";
    /// No role of the person opens this.
    NotAllowed = 403 "not_allowed" "您的角色没有这项权限。" "None of your roles allows this.";
    /// A reviewer wrote in the record.
    OwnRecord = 403 "own_record"
        "您参与填写了这条记录,须由他人审核。" "You wrote in this record; somebody else must review it.";
    /// Somebody sent what is to be released or dismissed.
    OwnWork = 403 "own_work" "这是您自己报送的内容,须由他人处理。" "You sent this yourself; somebody else must decide about it.";
    /// No such address.
    UnknownRoute = 404 "unknown_route" "没有这个地址。" "There is nothing at this address.";
    /// No such visit in the areas granted; whether it exists elsewhere is not told.
    UnknownVisit = 404 "unknown_visit"
        "在您负责的区域内没有这条巡访记录。" "There is no such visit in the areas you are responsible for.";
    /// No such cooperative in the areas granted.
    UnknownCooperative = 404 "unknown_cooperative"
        "在您负责的区域内没有这家合作社。" "There is no such cooperative in the areas you are responsible for.";
    /// No such area, or not one of those granted.
    UnknownArea = 404 "unknown_area" "没有这个区域,或不在您负责的范围内。" "There is no such area among those you are responsible for.";
    /// No such checklist, or not in this version.
    UnknownChecklist = 404 "unknown_checklist" "没有这个版本的检查表。" "There is no such version of a checklist.";
    /// No such refused change in the areas granted.
    UnknownRefused = 404 "unknown_refused"
        "在您负责的区域内没有这项未接收的内容。" "There is no such refused work in the areas you are responsible for.";
    /// The record names no such evidence.
    UnknownEvidence = 404 "unknown_evidence" "这条记录里没有这个附件。" "The record has no such photo or file.";
    /// The record names the evidence, and its file isn't here yet.
    EvidenceNotArrived = 404 "evidence_not_arrived"
        "这个附件还没有从手机传到。" "The photo or file has not arrived from the phone yet.";
    /// Only pictures have thumbnails.
    NoThumbnail = 404 "no_thumbnail" "这个文件没有缩略图。" "There is no thumbnail of this file.";
    /// No such upload of this person on this device, or it was let go of.
    UnknownUpload = 404 "unknown_upload" "没有这次上传,或已过期。请重新上传。" "There is no such upload, or it has expired. Please begin again.";
    /// The record was never approved.
    NeverApproved = 404 "never_approved" "这条记录还没有通过过审核。" "This record has not been approved yet.";
    /// The address is right, the method isn't.
    MethodNotAllowed = 405 "method_not_allowed" "这个地址不支持该操作。" "This address does not allow that method.";
    /// The record is no longer the one on the reviewer's screen; the difference comes with it.
    RecordMoved = 409 "record_moved"
        "记录在您查看之后有变动,没有保存决定。请看过变动再决定。"
        "The record has changed since you opened it. Nothing was decided; look at the changes first.";
    /// The field has no conflict, or the chosen change wrote none of its values.
    NoConflict = 409 "no_conflict" "这一处已没有不一致的内容。" "There is no conflict here any more.";
    /// A part of a file begins elsewhere than where its upload stands.
    OffsetMismatch = 409 "offset_mismatch"
        "续传位置与服务器不一致,没有接收这一段。请查询进度后继续。"
        "This part does not begin where the upload stands. It was not taken; ask how far the upload has come.";
    /// The words of tus are of a version this server doesn't know.
    UnknownTusVersion = 412 "unknown_tus_version"
        "上传协议版本不符,请先更新应用。" "Uploads here speak tus 1.0.0. Please update the app first.";
    /// More than a body may have.
    BodyTooLarge = 413 "body_too_large" "内容太大,没有接收。" "The body is too large and was not accepted.";
    /// A file of evidence, or a part of it, is larger than it may be or was announced.
    TooLarge = 413 "too_large" "文件太大,没有接收。" "The file is too large and was not taken.";
    /// The body is of another media type or encoding than this address takes.
    UnsupportedMediaType = 415 "unsupported_media_type"
        "内容类型不对,没有接收。" "The body is of a type or encoding that is not accepted here.";
    /// A value is readable but not among those allowed; `detail` says which.
    BadValue = 422 "bad_value" "有一项内容不符合要求。" "One of the values is not allowed.";
    /// A file of evidence has no bytes.
    EmptyFile = 422 "empty_file" "文件是空的,没有接收。" "The file is empty and was not taken.";
    /// A file of evidence is not the one that was announced.
    WrongHash = 422 "wrong_hash"
        "收到的文件与原文件不一致,没有保存。请重新上传。"
        "What arrived is not the file that was announced. Nothing was kept; please send it again.";
    /// A file of evidence is of another type than announced or allowed, or more than one file.
    WrongType = 422 "wrong_type"
        "文件类型不符,或里面还夹带别的内容,没有保存。"
        "The file is not of the type it says, or there is something else in it. Nothing was kept.";
    /// A photo has more pixels than are decoded.
    TooManyPixels = 422 "too_many_pixels"
        "照片像素太多,没有保存。请缩小后再传。" "The picture has too many pixels. Nothing was kept; please make it smaller.";
    /// A photo or file can't be read to its end.
    NotDecodable = 422 "not_decodable" "文件已损坏,无法打开,没有保存。" "The file is damaged and can't be read. Nothing was kept.";
    /// A record with conflicts can't be approved.
    ConflictsOpen = 422 "conflicts_open"
        "还有不一致的内容没有选定,选定后才能通过。" "There are conflicts left; pick between the values before approving.";
    /// No such half-year, such as `2026-H2`.
    BadPeriod = 422 "bad_period" "没有这个时间段。" "There is no such period.";
    /// Only a submitted record can be reviewed.
    NotSubmitted = 422 "not_submitted" "这条记录还没有提交,不能审核。" "This record has not been submitted, so it cannot be reviewed.";
    /// Who returns or rejects says why, and so does who approves before all evidence has arrived; `evidence`
    /// counts it.
    CommentRequired = 422 "comment_required"
        "请写明原因。照片和文件没有到齐就通过,也要写明原因。"
        "Please say why. Approving before all photos and files have arrived needs a reason, too.";
    /// Who releases or dismisses what was refused says why.
    ReasonRequired = 422 "reason_required" "请写明原因。" "Please say why.";
    /// Somebody came later with a part of the same upload.
    UploadInUse = 423 "upload_in_use"
        "这个文件正在另一个连接上传。" "The upload goes on over another connection.";
    /// One person has too much under way.
    TooManyUploads = 429 "too_many_uploads"
        "没传完的文件太多,请等一部分传完再传。" "Too many uploads are unfinished; please finish some of them first.";
    /// Wrong passwords for one account, one after the other; the door stays shut for a while.
    TooManyAttempts = 429 "too_many_attempts" "试的次数太多,请过几分钟再试。" "Too many attempts; please wait a few minutes.";
    /// A part of a file is not what its checksum is of.
    ChecksumMismatch = 460 "checksum_mismatch"
        "这一段在路上损坏,没有接收。请重新发送。" "This part was damaged on its way and not taken; please send it again.";
    /// A bug of ours; kept in the server's log.
    Internal = 500 "internal"
        "服务器出错,没有做任何改动。请稍后再试。" "The server made a mistake. Nothing was changed; please try again later.";
    /// The server has as much to do as it can; `Retry-After` says when to ask again.
    Overloaded = 503 "overloaded"
        "服务器正忙,没有接收。请稍后再试。" "The server is busy and did not take this in. Please try again later.";
    /// The server's disk is nearly full: it keeps nothing new, while reading goes on.
    DiskFull = 503 "disk_full"
        "服务器磁盘将满,暂时不接收新内容,仍可查看。请告诉管理员。"
        "The server's disk is nearly full. It takes nothing new for now; reading goes on. Please tell the administrator.";
    /// The store can't answer at the moment.
    Unavailable = 503 "unavailable" "服务器暂时不可用,请稍后再试。" "The server is not available at the moment; please try again later.";
}

/// An error answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    extras: Map<String, Value>,
}

impl Problem {
    /// Says in English what exactly was wrong, for whoever writes a program against the API.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a member of its own to the answer (RFC 9457 §3.2).
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).expect("BUG: what a problem carries is plain data");
        self.extras.insert(name.to_owned(), value);
        self
    }

    /// What went wrong.
    pub fn code(&self) -> Code {
        self.code
    }
}

impl Code {
    /// After how many seconds the same request may go well.
    const fn again_after_s(self) -> Option<u32> {
        match self {
            Code::Overloaded => Some(20),
            Code::Unavailable => Some(60),
            Code::DiskFull => Some(300),
            _ => None,
        }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self { code, detail: None, extras: Map::new() }
    }
}

impl From<BadBody> for Problem {
    fn from(bad: BadBody) -> Self {
        let code = match bad {
            BadBody::Malformed(_) => Code::MalformedBody,
            BadBody::UnknownVersion(_) => Code::UnknownVersion,
        };
        Problem::from(code).detail(bad.to_string())
    }
}

impl From<BadToken> for Problem {
    fn from(bad: BadToken) -> Self {
        match bad {
            BadToken::Expired => Code::TokenExpired.into(),
            BadToken::Invalid(why) => Problem::from(Code::TokenInvalid).detail(why),
        }
    }
}

impl From<sessions::Refused> for Problem {
    fn from(refused: sessions::Refused) -> Self {
        match refused {
            sessions::Refused::WrongCredentials => Code::WrongCredentials.into(),
            sessions::Refused::TooManyAttempts => Code::TooManyAttempts.into(),
            sessions::Refused::SessionEnded => Code::SessionEnded.into(),
            sessions::Refused::Store(failed) => failed.into(),
        }
    }
}

impl From<reviews::Refused> for Problem {
    fn from(refused: reviews::Refused) -> Self {
        use reviews::{Obstacle, Refused};
        match refused {
            Refused::UnknownVisit => Code::UnknownVisit.into(),
            Refused::Moved { heads, changes } => {
                Problem::from(Code::RecordMoved).with("heads", heads).with("changes", changes)
            }
            Refused::NotReviewable(Obstacle::NotYours) => Code::UnknownVisit.into(),
            Refused::NotReviewable(Obstacle::WroteInIt) => Code::OwnRecord.into(),
            Refused::NotReviewable(Obstacle::NotSubmitted) => Code::NotSubmitted.into(),
            Refused::NotReviewable(Obstacle::Conflicts) => Code::ConflictsOpen.into(),
            Refused::CommentRequired { evidence } => {
                Problem::from(Code::CommentRequired).with("evidence", evidence)
            }
            Refused::BadValue(what) => Problem::from(Code::BadValue).detail(what),
            Refused::Command(refusal) => refusal.into(),
            Refused::Store(failed) => failed.into(),
        }
    }
}

impl From<quarantine::Refused> for Problem {
    fn from(refused: quarantine::Refused) -> Self {
        use quarantine::Refused;
        match refused {
            Refused::Unknown => Code::UnknownRefused.into(),
            Refused::OwnWork => Code::OwnWork.into(),
            Refused::ReasonRequired => Code::ReasonRequired.into(),
            Refused::BadValue(what) => Problem::from(Code::BadValue).detail(what),
            Refused::NoRoom => Code::Unavailable.into(),
            Refused::Store(failed) => failed.into(),
        }
    }
}

impl From<evidence::Refused> for Problem {
    fn from(refused: evidence::Refused) -> Self {
        use evidence::Refused;
        match refused {
            Refused::Unknown => Code::UnknownUpload.into(),
            Refused::Empty => Code::EmptyFile.into(),
            Refused::TooLarge => Code::TooLarge.into(),
            Refused::Offset(offset) => Problem::from(Code::OffsetMismatch).with("offset", offset),
            Refused::WrongChecksum => Code::ChecksumMismatch.into(),
            Refused::InUse => Code::UploadInUse.into(),
            Refused::TooManyUploads => Code::TooManyUploads.into(),
            Refused::NotTheFile(NotTheFile::WrongHash) => Code::WrongHash.into(),
            Refused::NotTheFile(NotTheFile::WrongType) => Code::WrongType.into(),
            Refused::NotTheFile(NotTheFile::TooManyPixels) => Code::TooManyPixels.into(),
            Refused::NotTheFile(NotTheFile::NotDecodable) => Code::NotDecodable.into(),
            Refused::Store(failed) => failed.into(),
        }
    }
}

/// What the store can't do now it may do later; what it should never say is a bug of ours. The log says
/// what it was, the answer doesn't.
impl From<Failed> for Problem {
    fn from(failed: Failed) -> Self {
        tracing::error!(error = %failed, "the store failed");
        match failed {
            full if full.is_for_want_of_room() => Code::DiskFull.into(),
            Failed::Overloaded => Code::Overloaded.into(),
            Failed::GivenUp | Failed::Commit(_) | Failed::Closed | Failed::Folder(_) => {
                Code::Unavailable.into()
            }
            _ => Code::Internal.into(),
        }
    }
}

/// What a supervisor can run into who picks between two values; everything else a command may be refused
/// for can't happen at the desk.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NoConflict => Code::NoConflict,
            _ => Code::BadValue,
        };
        Problem::from(code).detail(refusal.to_string())
    }
}

/// The members that every problem has.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// `urn:xunfang:problem:` and the code.
    #[schema(example = "urn:xunfang:problem:record_moved")]
    r#type: String,
    /// What happened and what to do, in Chinese.
    title: &'static str,
    /// The same in English.
    title_en: &'static str,
    /// The HTTP status.
    status: u16,
    /// The stable code.
    code: &'static str,
    /// What exactly was wrong, in English, for programmers.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Members that only this code has.
    #[serde(flatten)]
    extras: Map<String, Value>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let (title, title_en) = self.code.sentences();
        let body = ProblemBody {
            r#type: format!("{TYPE_PREFIX}{}", self.code.as_str()),
            title,
            title_en,
            status: status.as_u16(),
            code: self.code.as_str(),
            detail: self.detail,
            extras: self.extras,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.code.again_after_s() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_different_and_speaks_both_languages() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        for code in Code::ALL {
            let (zh, en) = code.sentences();
            assert!(!zh.is_ascii() && zh.ends_with('。'), "{code:?}");
            assert!(en.is_ascii() && en.ends_with('.'), "{code:?}");
        }
    }

    #[tokio::test]
    async fn a_problem_looks_like_rfc_9457() {
        let problem = Problem::from(Code::RecordMoved).detail("moved").with("heads", ["00"]);
        let response = problem.into_response();
        assert_eq!(response.status(), StatusCode::CONFLICT);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["type"], "urn:xunfang:problem:record_moved");
        assert_eq!(body["status"], 409);
        assert_eq!(body["code"], "record_moved");
        assert_eq!(body["heads"][0], "00");
        assert_eq!(body["detail"], "moved");
    }
}
