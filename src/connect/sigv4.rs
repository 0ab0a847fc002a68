//! AWS Signature Version 4 (docs.aws.amazon.com, "Signature Version 4 for API requests").

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign};
use aws_sigv4::sign::v4;

use crate::domain::Timestamp;
use crate::egress::{Body, HttpCall};
use crate::vault::Secret;

/// What a request is signed with.
pub(super) struct Keys<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
    /// Empty for credentials that are not temporary.
    pub(super) session_token: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
}

/// The call with its signature; none when it cannot be signed.
pub(super) fn signed(call: HttpCall, keys: &Keys<'_>, now: Timestamp) -> Option<HttpCall> {
    let session_token = (!keys.session_token.is_empty()).then(|| keys.session_token.to_owned());
    let identity = Credentials::new(keys.id, keys.secret, session_token, None, "latchkey").into();
    let time = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).ok()?);
    let params = v4::SigningParams::builder().identity(&identity).region(keys.region).name(keys.service).time(time).settings(settings(keys.service));
    let params = params.build().ok()?.into();
    let headers = headers(&call);
    let named = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let body = call.body.as_ref().map_or(&[][..], Body::bytes);
    let request = SignableRequest::new(call.method.as_str(), call.url.as_str(), named, SignableBody::Bytes(body)).ok()?;
    let (added, _) = sign(request, &params).ok()?.into_parts().0.into_parts();
    Some(added.iter().fold(call, |call, header| call.secret_header(header.name(), Secret::new(header.value().to_owned()))))
}

/// Amazon S3 alone encodes paths once, keeps them as they are and wants the body's hash in a header.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

/// The headers that are signed besides the host and the time: the body's type and those of AWS itself.
fn headers(call: &HttpCall) -> Vec<(String, String)> {
    let is_signed = |name: &str| name == "content-type" || name.starts_with("x-amz-");
    let mut headers: Vec<(String, String)> =
        call.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())).filter(|(name, _)| is_signed(name)).collect();
    if let Some(body) = call.body.as_ref().filter(|_| headers.iter().all(|(name, _)| name != "content-type")) {
        headers.push(("content-type".to_owned(), body.content_type().to_owned()));
    }
    headers
}
