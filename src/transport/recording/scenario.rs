//! Recorded exchanges and the files that hold them.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::printable::excerpt;
use crate::transport::{Delivery, Error, ErrorKind, Response};

/// A recording of exchanges with a service, in order, and its origin.
///
/// In a folder it consists of the files `01-request.xml`, `01-response.xml`, `02-request.xml` and so on, which hold the
/// bytes of each envelope as sent, and of `scenario.toml`, which [the manual](crate::manual::fixtures) describes. A
/// scenario does no IO: [`Replay::open`](super::Replay::open) reads the folder.
///
/// ```
/// use cimwire::transport::{Exchange, Response, Scenario};
///
/// let answer = Response { status: 200, charset: None, body: "<answer/>".into(), authenticated: true };
/// let mut scenario = Scenario::new("written for an example");
/// scenario.exchanges.push(Exchange::new("<question/>", answer));
/// assert_eq!(Scenario::from_files(scenario.to_files())?, scenario);
/// # Ok::<(), cimwire::transport::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scenario {
    /// The origin of the exchanges: recorded from a server, or composed in the form of one.
    pub origin: String,
    /// The build of the operating system, if the exchanges were recorded.
    pub build: Option<String>,
    /// The parts that were removed or replaced before saving.
    pub redacted: Vec<String>,
    /// The names of request elements whose text may differ from the recorded one, above all times.
    pub may_differ: Vec<String>,
    /// The exchanges, in order.
    pub exchanges: Vec<Exchange>,
}

/// A request and its response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The envelope that was sent, in UTF-8.
    pub request: Bytes,
    /// The response.
    pub response: Response,
}

impl Exchange {
    /// Creates an exchange from a request and its response.
    pub fn new(request: impl Into<Bytes>, response: Response) -> Self {
        Self {
            request: request.into(),
            response,
        }
    }
}

impl Scenario {
    /// Creates a scenario without exchanges.
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            build: None,
            redacted: Vec::new(),
            may_differ: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    /// Reads the files of a folder, given by name. Files that do not belong to a scenario are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if `scenario.toml` is missing or invalid, if a file of an exchange is
    /// missing, or if there are no exchanges.
    pub fn from_files(files: impl IntoIterator<Item = (String, Bytes)>) -> Result<Self, Error> {
        let mut files: BTreeMap<_, _> = files.into_iter().collect();
        let sheet = files
            .remove(SHEET)
            .ok_or_else(|| wrong(format!("there is no {SHEET}")))?;
        let mut sheet = Sheet::parse(&sheet)?;
        let mut exchanges = Vec::new();
        while let Some(request) = files.remove(&file_name(exchanges.len() + 1, REQUEST)) {
            let number = exchanges.len() + 1;
            let name = file_name(number, RESPONSE);
            let body = files
                .remove(&name)
                .ok_or_else(|| wrong(format!("there is no {name}")))?;
            let notes = sheet.exchange.remove(&format!("{number:02}"));
            exchanges.push(Exchange::new(
                request,
                notes.unwrap_or_default().response(body),
            ));
        }
        let left = files
            .into_keys()
            .find(|name| name.ends_with(REQUEST) || name.ends_with(RESPONSE));
        let left = left.or_else(|| sheet.exchange.into_keys().next());
        match left {
            Some(left) => Err(wrong(format!(
                "{} belongs to no exchange: they are numbered from 01, without a gap",
                excerpt(&left)
            ))),
            None if exchanges.is_empty() => Err(wrong("there are no exchanges")),
            None => Ok(Self {
                origin: sheet.origin,
                build: sheet.build,
                redacted: sheet.redacted,
                may_differ: sheet.may_differ,
                exchanges,
            }),
        }
    }

    /// Returns the files of the folder that holds the scenario, with their names.
    pub fn to_files(&self) -> Vec<(String, Bytes)> {
        let mut files = vec![(SHEET.to_owned(), Bytes::from(self.sheet()))];
        for (number, exchange) in (1..).zip(&self.exchanges) {
            files.push((file_name(number, REQUEST), exchange.request.clone()));
            files.push((file_name(number, RESPONSE), exchange.response.body.clone()));
        }
        files
    }

    /// Returns the text of `scenario.toml`.
    fn sheet(&self) -> String {
        let noted = (1..).zip(&self.exchanges);
        let noted = noted.filter_map(|(number, Exchange { response, .. })| {
            let notes = Notes {
                status: Some(response.status).filter(|status| *status != OK),
                charset: response.charset.clone(),
            };
            (notes != Notes::default()).then(|| (format!("{number:02}"), notes))
        });
        let sheet = Sheet {
            format: FORMAT,
            origin: self.origin.clone(),
            build: self.build.clone(),
            redacted: self.redacted.clone(),
            may_differ: self.may_differ.clone(),
            exchange: noted.collect(),
        };
        // Texts, numbers and tables by name can always be written.
        toml::to_string(&sheet).unwrap_or_default()
    }
}

/// The contents of `scenario.toml`.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sheet {
    format: u32,
    origin: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<String>,
    redacted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    may_differ: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    exchange: BTreeMap<String, Notes>,
}

/// The facts about a response besides its bytes.
#[derive(Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charset: Option<String>,
}

/// The only part that every version of the format has.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Sheet {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let text =
            std::str::from_utf8(bytes).map_err(|_| wrong(format!("{SHEET} is not UTF-8")))?;
        let unlike = |error: toml::de::Error| {
            wrong(format!("{SHEET} is not as it should be")).with_source(error)
        };
        let Version { format } = toml::from_str(text).map_err(unlike)?;
        if format != FORMAT {
            return Err(wrong(format!(
                "{SHEET} has format {format}; this version reads format {FORMAT}"
            )));
        }
        toml::from_str(text).map_err(unlike)
    }
}

impl Notes {
    fn response(self, body: Bytes) -> Response {
        Response {
            status: self.status.unwrap_or(OK),
            charset: self.charset,
            body,
            authenticated: true,
        }
    }
}

fn wrong(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, Delivery::NotSent, what.into())
}

fn file_name(number: usize, what: &str) -> String {
    format!("{number:02}{what}")
}

const SHEET: &str = "scenario.toml";
const REQUEST: &str = "-request.xml";
const RESPONSE: &str = "-response.xml";
/// The status of a response if `scenario.toml` does not give one.
const OK: u16 = 200;
/// The version of the format. It is raised by a change that an older version of this crate would read wrongly.
const FORMAT: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;

    fn files(sheet: &str, names: &[&str]) -> Result<Scenario, Error> {
        let others = names
            .iter()
            .map(|name| ((*name).to_owned(), Bytes::from(format!("<{name}>"))));
        Scenario::from_files(others.chain([(SHEET.to_owned(), Bytes::from(sheet.to_owned()))]))
    }

    const PLAIN: &str = "format = 1\norigin = 'x'\nredacted = []\n";

    #[test]
    fn a_folder_is_read() {
        let sheet = r#"
            format = 1
            origin = "recorded from \"a\""
            build = "10.0.20348"
            redacted = ["host names"]
            may-differ = ["StartTime"]
            [exchange.02]
            status = 500
            charset = "UTF-16"
        "#;
        let names = [
            "01-request.xml",
            "01-response.xml",
            "02-request.xml",
            "02-response.xml",
            "notes.txt",
        ];
        let scenario = files(sheet, &names).unwrap();
        assert_eq!(scenario.origin, "recorded from \"a\"");
        assert_eq!(scenario.build.as_deref(), Some("10.0.20348"));
        assert_eq!(scenario.redacted, ["host names"]);
        assert_eq!(scenario.may_differ, ["StartTime"]);
        let [first, second] = &scenario.exchanges[..] else {
            panic!("{scenario:?}")
        };
        assert_eq!(
            (&first.request[..], &first.response.body[..]),
            (&b"<01-request.xml>"[..], &b"<01-response.xml>"[..])
        );
        assert_eq!(
            (first.response.status, first.response.charset.as_deref()),
            (200, None)
        );
        assert_eq!(
            (second.response.status, second.response.charset.as_deref()),
            (500, Some("UTF-16"))
        );
    }

    #[test]
    fn what_is_written_is_read() {
        let mut scenario =
            Scenario::new("a \"quoted\" back\\slash,\n\tcontrol \u{1}\u{7f} and fünf");
        scenario.redacted = vec!["']".to_owned(), String::new()];
        scenario.may_differ = vec!["StartTime".to_owned()];
        for number in 0..120u16 {
            scenario.exchanges.push(Exchange::new(
                format!("<q{number}/>"),
                Response {
                    status: if number % 3 == 0 { 500 } else { 200 },
                    charset: (number % 5 == 0).then(|| "UTF-8".to_owned()),
                    body: Bytes::from(vec![0xFF, u8::try_from(number).unwrap()]),
                    authenticated: true,
                },
            ));
        }
        let files = scenario.to_files();
        assert_eq!(files.len(), 241);
        assert_eq!(files[239].0, "120-request.xml");
        assert_eq!(Scenario::from_files(files).unwrap(), scenario);
        scenario.build = Some("10.0.26100".to_owned());
        assert_eq!(Scenario::from_files(scenario.to_files()).unwrap(), scenario);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let pair = ["01-request.xml", "01-response.xml"];
        for (sheet, names, what) in [
            (PLAIN, &[][..], "there are no exchanges"),
            (PLAIN, &pair[..1], "there is no 01-response.xml"),
            (
                PLAIN,
                &pair[1..],
                "01-response.xml belongs to no exchange: they are numbered from 01, without a gap",
            ),
            (
                PLAIN,
                &["01-request.xml", "01-response.xml", "03-request.xml"],
                "03-request.xml belongs to no exchange",
            ),
            (
                "format = 1\norigin = 'x'\nredacted = []\nexchange.02.status = 500",
                &pair,
                "02 belongs to no exchange",
            ),
            (
                "format = 2\nelse = 1",
                &pair,
                "scenario.toml has format 2; this version reads format 1",
            ),
            (
                "format = 1\nredacted = []",
                &pair,
                "scenario.toml is not as it should be",
            ),
            (
                "format = 1\norigin = 'x'\nredacted = []\nmay_differ = []",
                &pair,
                "scenario.toml is not as it should be",
            ),
            ("[", &pair, "scenario.toml is not as it should be"),
        ] {
            let error = files(sheet, names).unwrap_err();
            assert!(error.to_string().starts_with(what), "{error}");
            assert_eq!(error.kind(), ErrorKind::Config);
        }
        let unknown = files(
            "format = 1\norigin = 'x'\nredacted = []\nmay_differ = []",
            &pair,
        )
        .unwrap_err();
        assert!(unknown.source().unwrap().to_string().contains("may_differ"));
        let missing = Scenario::from_files([]).unwrap_err();
        assert_eq!(missing.to_string(), "there is no scenario.toml");
    }
}
