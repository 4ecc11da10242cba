//! An HTTP response, read to its end.

use std::time::{Duration, SystemTime};

use reqwest::header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};
use reqwest::{StatusCode, Version};

/// An HTTP response, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(super) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Returns the content type; empty if the header is missing.
    pub(crate) fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Returns the server's clock.
    pub(crate) fn date(&self) -> Option<SystemTime> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        httpdate::parse_http_date(date).ok()
    }

    /// Reports whether the body is compressed, or encoded in another way.
    pub(crate) fn is_encoded(&self) -> bool {
        self.headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    }

    /// Returns the time that the server asks the client to wait before the next request (RFC 9110, section 10.2.3), if
    /// it gives one.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let text = |name| self.headers.get(name)?.to_str().ok().map(str::trim);
        let value = text(RETRY_AFTER)?;
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            return value.parse().ok().map(Duration::from_secs);
        }
        let until = httpdate::parse_http_date(value).ok()?;
        // By the server's own clock if the response has it: the client's may be off.
        let now = self.date();
        let now = now.unwrap_or_else(SystemTime::now);
        Some(until.duration_since(now).unwrap_or_default())
    }

    /// Reports whether the connection ends with this response.
    pub(crate) fn closes(&self) -> bool {
        let says = |word: &str| {
            let values = self.headers.get_all(CONNECTION).iter();
            values
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .any(|option| option.trim().eq_ignore_ascii_case(word))
        };
        says("close") || (self.version < Version::HTTP_11 && !says("keep-alive"))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn answer(headers: &[(HeaderName, &'static str)]) -> Answer {
        let headers = headers.iter().cloned();
        Answer {
            status: StatusCode::SERVICE_UNAVAILABLE,
            version: Version::HTTP_11,
            headers: headers
                .map(|(name, value)| (name, HeaderValue::from_static(value)))
                .collect(),
            body: Vec::new(),
        }
    }

    #[test]
    fn knows_how_long_to_wait() {
        // The two examples of RFC 9110, section 10.2.3; the date is 30 s after the server's.
        let date = (DATE, "Fri, 31 Dec 1999 23:59:29 GMT");
        for (value, wait) in [
            ("120", Some(Duration::from_secs(120))),
            (
                "Fri, 31 Dec 1999 23:59:59 GMT",
                Some(Duration::from_secs(30)),
            ),
            ("Fri, 31 Dec 1999 23:59:00 GMT", Some(Duration::ZERO)),
            ("0", Some(Duration::ZERO)),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("99999999999999999999999999", None),
        ] {
            let answer = answer(&[date.clone(), (RETRY_AFTER, value)]);
            assert_eq!(answer.retry_after(), wait, "{value}");
        }
        assert_eq!(answer(&[]).retry_after(), None);
        let past = answer(&[(RETRY_AFTER, "Fri, 31 Dec 1999 23:59:59 GMT")]);
        assert_eq!(past.retry_after(), Some(Duration::ZERO));
    }

    #[test]
    fn knows_when_the_connection_ends() {
        for (version, header, closes) in [
            (Version::HTTP_11, None, false),
            (Version::HTTP_11, Some("Keep-Alive"), false),
            (Version::HTTP_11, Some("upgrade, Close"), true),
            (Version::HTTP_10, None, true),
            (Version::HTTP_10, Some("keep-alive"), false),
        ] {
            let header = header.map(|value| (CONNECTION, HeaderValue::from_static(value)));
            let answer = Answer {
                status: StatusCode::OK,
                version,
                headers: header.into_iter().collect(),
                body: Vec::new(),
            };
            assert_eq!(answer.closes(), closes, "{version:?} {:?}", answer.headers);
        }
    }
}
