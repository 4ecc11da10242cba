//! A certificate of a host that replication can use.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cimwire::cim::DateTime;
use serde::Serialize;
use sha1::{Digest, Sha1};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::options::Format;
use crate::output::list::{Row, moment};

/// A certificate, and what uses it.
#[derive(Debug, Serialize)]
pub(crate) struct Certificate {
    pub(crate) thumbprint: String,
    pub(crate) subject: String,
    issuer: String,
    /// `server_auth`, `client_auth`; replication needs both.
    usages: Vec<&'static str>,
    valid_until: Option<DateTime>,
    pub(crate) days_left: i64,
    /// The virtual machines whose replication uses it.
    pub(crate) used_by: Vec<String>,
    pub(crate) used_by_server: bool,
}

impl Certificate {
    /// Reads a certificate in base64 text. Returns `None` if it cannot be read.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let der = STANDARD.decode(text.trim()).ok()?;
        let (_, certificate) = X509Certificate::from_der(&der).ok()?;
        let thumbprint = Sha1::digest(&der);
        let thumbprint = thumbprint.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02X}");
            text
        });
        let until = certificate.validity().not_after.timestamp();
        let now = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_secs();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        Some(Self {
            thumbprint,
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            usages: usages(&certificate),
            valid_until: DateTime::from_unix_micros(until.saturating_mul(1_000_000)),
            days_left: until.saturating_sub(now).div_euclid(86_400),
            used_by: Vec::new(),
            used_by_server: false,
        })
    }
}

/// Returns the extended key usages that matter to replication.
fn usages(certificate: &X509Certificate<'_>) -> Vec<&'static str> {
    let extension = certificate.extended_key_usage().ok().flatten();
    let Some(usage) = extension.map(|extension| extension.value) else {
        return Vec::new();
    };
    let known = [
        (usage.any, "any"),
        (usage.server_auth, "server_auth"),
        (usage.client_auth, "client_auth"),
    ];
    let named = known.into_iter().filter(|(is_set, _)| *is_set);
    named.map(|(_, name)| name).collect()
}

impl Row for Certificate {
    const COLUMNS: &'static [(&'static str, Option<usize>)] = &[
        ("Thumbprint", None),
        ("DaysLeft", None),
        ("Subject", Some(10)),
        ("KeyUsage", Some(0)),
        ("UsedBy", Some(0)),
        ("ValidUntil", Some(0)),
        ("Issuer", Some(0)),
    ];
    const NARROW: usize = 5;
    const NONE: &'static str = "no certificates";

    fn json(&self) -> impl Serialize {
        self
    }

    fn cells(&self, format: Format) -> Vec<String> {
        let mut used_by = self.used_by.clone();
        if self.used_by_server {
            used_by.insert(0, "(replica server)".to_owned());
        }
        vec![
            self.thumbprint.clone(),
            self.days_left.to_string(),
            self.subject.clone(),
            self.usages.join(", "),
            used_by.join(", "),
            moment(self.valid_until, format),
            self.issuer.clone(),
        ]
    }

    fn name(&self) -> String {
        self.thumbprint.clone()
    }
}
