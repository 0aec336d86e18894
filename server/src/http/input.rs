//! What comes in, parsed: JSON bodies, query parameters and path segments, refused with problems.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{Code, Problem};
use crate::app::App;

/// A JSON body.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let Json(value) = Json::from_request(request, app).await.map_err(bad_body)?;
        Ok(Self(value))
    }
}

fn bad_body(rejection: JsonRejection) -> Problem {
    let code = match &rejection {
        JsonRejection::JsonDataError(_) => Code::BadValue,
        JsonRejection::MissingJsonContentType(_) => Code::UnsupportedMediaType,
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        _ => Code::MalformedRequest,
    };
    Problem::from(code).detail(rejection.body_text())
}

/// The parameters behind the question mark.
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let bad =
            |rejection: QueryRejection| Problem::from(Code::MalformedRequest).detail(rejection.body_text());
        let Query(value) = Query::from_request_parts(parts, app).await.map_err(bad)?;
        Ok(Self(value))
    }
}

/// The variable segments of the path. Something that can't be an id names nothing that is there.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let bad = |rejection: PathRejection| Problem::from(Code::UnknownRoute).detail(rejection.body_text());
        let Path(value) = Path::from_request_parts(parts, app).await.map_err(bad)?;
        Ok(Self(value))
    }
}
