//! AWS Signature Version 4, verified by signing the same request anew; its time may be any.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign};
use aws_sigv4::sign::v4;
use time::{Date, Month, OffsetDateTime, Time};

use super::asked::Asked;
use super::file::SigV4;
use super::fill::Entries;

/// Headers that signing itself adds.
const ADDED: [&str; 3] = ["host", "x-amz-date", "x-amz-security-token"];

/// Whether the request is signed with these keys.
pub(super) fn is_signed(asked: &Asked, keys: &SigV4, entries: &Entries) -> bool {
    signature(asked, keys, entries).is_some_and(|wanted| part(asked, "Signature=") == Some(wanted.as_str()))
}

/// What stands behind `name` in the header.
fn part<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    let parts = asked.header("authorization")?.strip_prefix("AWS4-HMAC-SHA256 ")?;
    parts.split(',').find_map(|part| part.trim().strip_prefix(name))
}

fn signature(asked: &Asked, keys: &SigV4, entries: &Entries) -> Option<String> {
    let (id, region, service) = (entries.fill(&keys.access_key_id), entries.fill(&keys.region), entries.fill(&keys.service));
    let date = asked.header("x-amz-date")?;
    if part(asked, "Credential=")? != format!("{id}/{}/{region}/{service}/aws4_request", date.get(..8)?) {
        return None;
    }
    let token = Some(entries.fill(&keys.session_token)).filter(|token| !token.is_empty());
    if asked.header("x-amz-security-token") != token.as_deref() {
        return None;
    }
    let identity = Credentials::new(id, entries.fill(&keys.secret_access_key), token, None, "sandbox").into();
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let builder = v4::SigningParams::builder().identity(&identity).region(&region).name(&service).time(time_of(date)?.into()).settings(settings);
    let names = part(asked, "SignedHeaders=")?.split(';').filter(|name| !ADDED.contains(name));
    let headers = names.map(|name| Some((name, asked.header(name)?))).collect::<Option<Vec<_>>>()?;
    let url = format!("http://{}{}", asked.header("host")?, asked.uri.path_and_query()?);
    let request = SignableRequest::new(asked.method.as_str(), url, headers.into_iter(), SignableBody::Bytes(&asked.body)).ok()?;
    Some(sign(request, &builder.build().ok()?.into()).ok()?.signature().to_owned())
}

/// Reads `20261120T093200Z`.
fn time_of(date: &str) -> Option<OffsetDateTime> {
    let number = |from: usize, to: usize| date.get(from..to)?.parse::<u8>().ok();
    let day = Date::from_calendar_date(date.get(..4)?.parse().ok()?, Month::try_from(number(4, 6)?).ok()?, number(6, 8)?).ok()?;
    Some(day.with_time(Time::from_hms(number(9, 11)?, number(11, 13)?, number(13, 15)?).ok()?).assume_utc())
}
