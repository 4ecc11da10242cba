//! Answers that are cut off, damaged, or meant to harm: an error each time, no panic, and no long wait.
//!
//! The answers are those of `xml-fixtures/` and, where `CIMWIRE_CAPTURES` names the folder of captures, those of real
//! servers. A fixture is cut after every one of its first 4,096 bytes, and after every seventh beyond; a capture is cut
//! after every byte. The tests ask through the public interface, whatever operation the answer is one to.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::VecDeque;
use std::error::Error as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cimwire::cim::{Instance, Properties, Reference, Value};
use cimwire::transport::{
    BoxFuture, Delivery, Error as TransportError, ErrorKind as TransportErrorKind, Exchange,
    Replay, Request, Response, Scenario, Transport,
};
use cimwire::{
    Client, Error, ErrorKind, Explanation, PutUpdates, Retries, ServerProfile, Wql, explain,
};
use proptest::prelude::*;
use proptest::sample::Index;

/// An answer that a server has given, or could have.
struct Answer {
    name: String,
    bytes: Vec<u8>,
    /// How many bytes from its beginning each is cut after.
    every: usize,
}

/// What an answer is one to, with the name of the class that is asked.
#[derive(Clone, Debug)]
enum Asked {
    Identify,
    Get(String),
    GetProperty(String),
    GetClass(String),
    Put(String),
    Create(String),
    Enumerate,
    EnumerateReferences,
    Pull,
    PullReferences,
    Release,
    Delete,
    Subscribe,
    Unsubscribe,
    Invoke(String, String),
}

impl Answer {
    /// The document without what may follow it.
    fn new(path: &Path, bytes: &[u8]) -> Self {
        Self {
            name: path.display().to_string(),
            bytes: bytes.trim_ascii_end().to_vec(),
            every: EVERY,
        }
    }

    /// The same, to be cut after every byte.
    fn cut_everywhere(self) -> Self {
        Self {
            every: self.bytes.len(),
            ..self
        }
    }

    fn asked(&self) -> Asked {
        let text = String::from_utf8_lossy(&self.bytes);
        let body = text.rsplit_once("Body>").map_or("", |(before, _)| before);
        let first = body.split_once("Body>").map_or("", |(_, body)| body);
        let element = first.trim_start().trim_start_matches('<');
        let name = element
            .split([' ', '>', '/', '\n'])
            .next()
            .unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or_default().to_owned();
        let action = text.split("Action>").nth(1).unwrap_or_default();
        let action = action.split('<').next().unwrap_or_default();
        let done = action.rsplit('/').next().unwrap_or_default();
        match (local.as_str(), done) {
            ("IdentifyResponse", _) => Asked::Identify,
            ("EnumerateResponse", _) if holds_references(body) => Asked::EnumerateReferences,
            ("EnumerateResponse", _) => Asked::Enumerate,
            ("PullResponse", _) if holds_references(body) => Asked::PullReferences,
            ("PullResponse", _) => Asked::Pull,
            ("SubscribeResponse", _) => Asked::Subscribe,
            ("ResourceCreated", _) => Asked::Create(last_part(between(first, "ResourceURI>"))),
            ("XmlFragment", _) => {
                let property = first.split('<').nth(2).unwrap_or_default();
                Asked::GetProperty(property.split(['>', ' ', '/']).next().unwrap().to_owned())
            }
            ("CLASS", _) => Asked::GetClass(between(element, "NAME=\"").to_owned()),
            (_, "ReleaseResponse") => Asked::Release,
            (_, "UnsubscribeResponse") => Asked::Unsubscribe,
            ("", "PutResponse") => Asked::Put("X".to_owned()),
            (_, "PutResponse") => Asked::Put(local),
            (_, "DeleteResponse") => Asked::Delete,
            (_, "GetResponse") | ("Fault", _) => Asked::Get(local),
            _ => {
                let (class, _) = action.rsplit_once('/').unwrap_or_default();
                let method = local.trim_end_matches("_OUTPUT").to_owned();
                Asked::Invoke(last_part(class), method)
            }
        }
    }

    /// Where to cut.
    fn cuts(&self) -> impl Iterator<Item = usize> {
        let length = self.bytes.len();
        (0..length.min(self.every)).chain((self.every..length).step_by(7))
    }
}

/// What stands behind a mark, up to the next markup.
fn between<'t>(text: &'t str, mark: &str) -> &'t str {
    let rest = text.split_once(mark).map_or("", |(_, rest)| rest);
    rest.split(['<', '"']).next().unwrap_or_default()
}

fn last_part(uri: &str) -> String {
    uri.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Whether the first item of a page is a reference.
fn holds_references(page: &str) -> bool {
    let items = page.split_once("Items>").map_or("", |(_, items)| items);
    let name = items.trim_start().split('>').next().unwrap_or_default();
    name.ends_with(":EndpointReference")
}

/// All answers of the scenarios.
fn fixtures() -> Vec<Answer> {
    files_of("-response.xml")
}

fn files_of(ending: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut scenarios = sorted(Path::new("xml-fixtures"));
    scenarios.extend(sorted(Path::new("xml-fixtures/replica")));
    for scenario in scenarios {
        if DAMAGED.iter().any(|name| scenario.ends_with(name)) {
            continue;
        }
        for file in sorted(&scenario) {
            if file.to_string_lossy().ends_with(ending) {
                answers.push(Answer::new(&file, &fs::read(&file).unwrap()));
            }
        }
    }
    assert!(answers.len() > 50, "{} fixtures", answers.len());
    answers
}

/// A file of the captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Captured {
    /// An answer, in XML alone.
    Answer,
    /// An answer behind its HTTP head.
    AnswerWithHead,
    /// A request, in XML alone.
    Request,
    /// An HTTP head alone, or a dialogue of HTTP messages.
    Http,
}

impl Captured {
    /// What a file is, by its ending. Every file is something: none is passed over.
    fn of(server: &str, file: &Path) -> Self {
        let name = file.file_name().unwrap().to_str().unwrap();
        let endings: &[(&str, Self)] = match server {
            "windows" => &[(".xml", Self::Answer)],
            "omi" => &[
                (".response.xml", Self::Answer),
                (".request.xml", Self::Request),
                (".status.txt", Self::Http),
                (".bin", Self::Http),
            ],
            _ => &[(".resp", Self::AnswerWithHead), (".req.xml", Self::Request)],
        };
        let known = endings.iter().find(|(ending, _)| name.ends_with(ending));
        known
            .unwrap_or_else(|| panic!("{} is of no known kind", file.display()))
            .1
    }
}

/// All files of the captures with what they are: about 200 KB of answers, none above 16 KB, and 130 KB of the rest; nothing where `CIMWIRE_CAPTURES` names no folder. A folder
/// that is named holds captures of each server.
fn captures_of_all_servers() -> Vec<(PathBuf, Captured)> {
    let Some(folder) = captures() else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for server in ["windows", "omi", "openwsman"] {
        let before = files.len();
        for file in sorted(&folder.join(server)) {
            let captured = Captured::of(server, &file);
            files.push((file, captured));
        }
        assert!(files.len() > before, "no captures of {server}");
        let is_answer = |(_, captured): &(_, Captured)| {
            matches!(captured, Captured::Answer | Captured::AnswerWithHead)
        };
        assert!(
            files.iter().skip(before).any(is_answer),
            "no answers of {server}"
        );
    }
    files
}

/// All answers of the captures, without their HTTP heads.
fn captured() -> Vec<Answer> {
    let answers = captures_of_all_servers().into_iter();
    let answers = answers.filter_map(|(file, captured)| {
        let bytes = fs::read(&file).unwrap();
        let start = match captured {
            Captured::Answer => 0,
            Captured::AnswerWithHead => bytes
                .windows(2)
                .position(|two| two == b"<?" || two == b"<s")
                .unwrap(),
            Captured::Request | Captured::Http => return None,
        };
        Some(Answer::new(&file, &bytes[start..]).cut_everywhere())
    });
    answers.collect()
}

fn captures() -> Option<PathBuf> {
    std::env::var_os("CIMWIRE_CAPTURES").map(PathBuf::from)
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// A host that gives its answers, and is gone then.
#[derive(Default)]
struct Host(Mutex<VecDeque<Bytes>>);

impl Transport for Host {
    fn endpoint(&self) -> &str {
        "http://host.example/wsman"
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let answer = self.0.lock().unwrap().pop_front();
        Box::pin(async move {
            match answer {
                Some(body) => Ok(Response {
                    status: 200,
                    charset: None,
                    body: related(body, &request.envelope),
                    authenticated: true,
                }),
                None => Err(TransportError::new(
                    TransportErrorKind::Lost,
                    Delivery::NotSent,
                    "there is no second answer",
                )),
            }
        })
    }
}

/// The answer, to the message that was sent in the place of the one that it was recorded for. Ids are equally long.
fn related(answer: Bytes, request: &[u8]) -> Bytes {
    let find = |text: &[u8], mark: &[u8]| {
        let at = text.windows(mark.len()).position(|window| window == mark);
        at.map(|at| at + mark.len())
    };
    let sent = find(request, b"MessageID>").and_then(|at| request.get(at..at + ID));
    let place = find(&answer, b"RelatesTo>");
    let Some((sent, place)) = sent.zip(place) else {
        return answer;
    };
    let is_id = answer
        .get(place..place + ID)
        .is_some_and(|id| id.starts_with(b"uuid:"));
    let mut answer = answer.to_vec();
    if is_id {
        answer[place..place + ID].copy_from_slice(sent);
    }
    answer.into()
}

/// A client, and the host at the other end.
struct Line {
    client: Client,
    host: std::sync::Arc<Host>,
    runtime: tokio::runtime::Runtime,
}

impl Line {
    fn new() -> Self {
        let host = std::sync::Arc::<Host>::default();
        // One exchange for each operation: no Identify before a put.
        let mut profile = ServerProfile::windows();
        profile.put = PutUpdates::Partial;
        Self {
            client: Client::builder("")
                .profile(profile)
                .retries(Retries::none())
                .build_over(std::sync::Arc::clone(&host)),
            host,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap(),
        }
    }

    fn answers(&self, answer: Bytes) {
        self.will_answer([answer]);
    }

    /// Gives these answers, and none of those that are left.
    fn will_answer(&self, answers: impl IntoIterator<Item = Bytes>) {
        *self.host.0.lock().unwrap() = answers.into_iter().collect();
    }

    fn client(&self) -> &Client {
        &self.client
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Asks for an answer; says whether it could be read, to its end.
    fn ask(&self, asked: &Asked, answer: Bytes) -> Result<(), Error> {
        let of = |class: &str| Reference::new("root/virtualization/v2", class);
        let namespace = self.client.namespace("root/virtualization/v2");
        let before = match asked {
            Asked::Pull | Asked::PullReferences => Some(MORE),
            _ => None,
        };
        self.will_answer(before.map(Bytes::from).into_iter().chain([answer.clone()]));
        self.run(async {
            match asked {
                Asked::Identify => self.client.identify().await.map(drop),
                Asked::Get(class) => self.client.get(&of(class)).await.map(drop),
                Asked::GetProperty(property) => {
                    let target = of("Msvm_ComputerSystem");
                    let value = self.client.get_property::<Value>(&target, property);
                    value.await.map(drop)
                }
                Asked::GetClass(class) => self.client.schema(of(class).class()).await.map(drop),
                Asked::Put(class) => {
                    let instance = Instance::new(of(class).class().clone());
                    self.client.put(&of(class), instance).await.map(drop)
                }
                Asked::Create(class) => {
                    let instance = Instance::new(of(class).class().clone());
                    self.client.create(instance).await.map(drop)
                }
                Asked::Enumerate | Asked::Pull => {
                    namespace.enumerate("X").collect().await.map(drop)
                }
                Asked::EnumerateReferences | Asked::PullReferences => {
                    let references = namespace.enumerate("X").endpoint_references();
                    references.collect().await.map(drop)
                }
                Asked::Release => {
                    self.answers(SOME.into());
                    let mut some = namespace.enumerate("X");
                    some.next().await.expect("an item")?;
                    self.answers(answer);
                    some.release().await
                }
                Asked::Delete => self.client.delete(&of("X")).await,
                Asked::Subscribe => {
                    let mut events = namespace.subscribe(Wql::select("E"))?;
                    events.next().await.expect("events or an error").map(drop)
                }
                Asked::Unsubscribe => {
                    self.will_answer([SUBSCRIBED.into(), EVENT.into()]);
                    let mut events = namespace.subscribe(Wql::select("E"))?;
                    events.next().await.expect("an event")?;
                    self.answers(answer);
                    events.unsubscribe().await
                }
                Asked::Invoke(class, method) => {
                    let input = Properties::new();
                    let output = self.client.invoke(&of(class), method, input).await?;
                    output.instances("Errors").map(drop)
                }
            }
        })
    }
}

/// An error says what it is about, at no great length, and moves no cursor.
fn is_told(error: &Error) {
    let mut levels = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        levels.push(error.to_string());
        cause = error.source();
    }
    let is_good = |level: &String| {
        !level.is_empty() && level.len() < 10_000 && !level.contains(char::is_control)
    };
    assert!(levels.len() < 5 && levels.iter().all(is_good), "{levels:?}");
}

/// Cuts answers everywhere.
fn cut_all(answers: &[Answer]) {
    side_by_side(answers, Line::new, cut);
}

/// Does something with each of some items, on all processors, the largest first where they are sorted so.
fn side_by_side<T: Sync, W>(items: &[T], worker: fn() -> W, each: impl Fn(&W, &T) + Sync) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let worker = worker();
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    each(&worker, item);
                }
            });
        }
    });
}

fn cut(line: &Line, answer: &Answer) {
    let (name, asked) = (&answer.name, answer.asked());
    let whole = Bytes::from(answer.bytes.clone());
    // A page with more to come is asked for the next, which this host does not have.
    match line
        .ask(&asked, whole.clone())
        .map_err(|error| error.kind())
    {
        Ok(()) | Err(ErrorKind::Fault) => {}
        Err(ErrorKind::Connection)
            if matches!(
                asked,
                Asked::Enumerate
                    | Asked::EnumerateReferences
                    | Asked::Pull
                    | Asked::PullReferences
                    | Asked::Subscribe
            ) => {}
        Err(kind) => panic!("{name}, asked by {asked:?}: {kind:?}"),
    }
    for cut in answer.cuts() {
        let Err(error) = line.ask(&asked, whole.slice(..cut)) else {
            panic!("{name} is read although it ends after {cut} bytes");
        };
        // What became of a call is unknown when its answer cannot be read.
        let expected = match error.kind() {
            ErrorKind::Answer | ErrorKind::Fault => true,
            ErrorKind::OutcomeUnknown => {
                matches!(
                    asked,
                    Asked::Invoke(..) | Asked::Put(_) | Asked::Create(_) | Asked::Delete
                )
            }
            _ => false,
        };
        assert!(expected, "{name} after {cut} bytes: {error:?}");
        is_told(&error);
    }
}

#[test]
fn every_fixture_cut_anywhere() {
    cut_all(&fixtures());
}

/// A scenario whose requests are cut off is refused when it is opened.
#[test]
fn every_request_cut_anywhere() {
    for request in files_of("-request.xml") {
        let whole = Bytes::from(request.bytes.clone());
        assert!(replay_of(whole.clone()).is_ok(), "{}", request.name);
        for cut in request.cuts() {
            let error = replay_of(whole.slice(..cut)).map(drop).unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Config, "{}", request.name);
        }
    }
}

fn replay_of(request: Bytes) -> Result<Replay, TransportError> {
    let mut scenario = Scenario::new("a test");
    let response = Response {
        status: 200,
        charset: None,
        body: Bytes::new(),
        authenticated: true,
    };
    scenario.exchanges.push(Exchange::new(request, response));
    Replay::new(scenario)
}

#[test]
fn every_capture_of_an_answer_cut_anywhere() {
    let mut answers = captured();
    answers.sort_by_key(|answer| std::cmp::Reverse(answer.bytes.len()));
    cut_all(&answers);
}

/// Requests, heads and dialogues are for `explain`, and so are answers behind their heads: what is cut off is an error, or
/// says less than the whole. A fault is one without its last end tags too.
#[test]
fn every_other_capture_explained_and_cut_anywhere() {
    let mut files = captures_of_all_servers();
    files.retain(|(_, captured)| *captured != Captured::Answer);
    side_by_side(
        &files,
        || (),
        |(), (file, _)| {
            let bytes = fs::read(file).unwrap();
            let whole =
                explain(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for cut in 0..bytes.trim_ascii_end().len() {
                match explain(&bytes[..cut]) {
                    Ok(said) => {
                        let less = said != whole || is_fault(&said);
                        assert!(less, "{} says all after {cut} bytes", file.display());
                    }
                    Err(error) => {
                        let text = error.to_string();
                        assert!(!text.is_empty() && text.len() < 10_000, "{text}");
                    }
                }
            }
        },
    );
}

fn is_fault(said: &Explanation) -> bool {
    let said = serde_json::to_value(said).unwrap();
    let messages = said["messages"].as_array();
    said["is"] == "fault"
        || messages
            .into_iter()
            .flatten()
            .any(|message| message["content"]["envelope"] == "fault")
}

/// A folder that is named holds captures: an empty one, or none, is a mistake that no test passes over.
#[test]
fn a_folder_of_captures_that_is_empty_fails() {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-captures");
    for (made, name) in [(false, "missing"), (true, "empty"), (true, "partly")] {
        let folder = empty.join(name);
        for server in ["windows", "omi", "openwsman"] {
            if made {
                fs::create_dir_all(folder.join(server)).unwrap();
            }
        }
        if name == "partly" {
            fs::write(folder.join("windows").join("a.xml"), "<a/>").unwrap();
        }
        let program = std::env::current_exe().unwrap();
        let tests = [
            "every_capture_of_an_answer_cut_anywhere",
            "every_other_capture_explained_and_cut_anywhere",
        ];
        for test in tests {
            let run = std::process::Command::new(&program)
                .args(["--exact", test])
                .env("CIMWIRE_CAPTURES", &folder)
                .output()
                .unwrap();
            assert!(
                !run.status.success(),
                "{test} passes over the {name} folder"
            );
        }
    }
}

/// Harmful answers of an attacker, each about as large as the largest answer that a client takes.
#[test]
fn what_is_meant_to_harm() {
    let line = Line::new();
    for (what, asked, good, body) in harmful() {
        let envelope = format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>{body}</s:Body></s:Envelope>"
        );
        let began = Instant::now();
        let answer = line.ask(&asked, envelope.into());
        let took = began.elapsed();
        assert!(took < Duration::from_secs(20), "{what}: {took:?}");
        assert_eq!(answer.is_ok(), good, "{what}: {answer:?}");
        answer.as_ref().err().into_iter().for_each(is_told);
    }
}

/// What it is, what it answers, whether it is within bounds, and the body.
fn harmful() -> Vec<(&'static str, Asked, bool, String)> {
    let invoke = || Asked::Invoke("X".to_owned(), "M".to_owned());
    let get = || Asked::Get("a".to_owned());
    let many = |count: usize, each: fn(usize) -> String| (0..count).map(each).collect::<String>();
    let attributes = many(100_000, |n| format!(" a{n}=''"));
    let bindings = many(60, |n| format!(" xmlns:n{n}='u{n}'"));
    let deep = |count| format!("{}{}", "<a>".repeat(count), "</a>".repeat(count));
    let output = |parameters: &str| format!("<M_OUTPUT>{parameters}</M_OUTPUT>");
    let embedded = |properties: &str| {
        let text = format!("<INSTANCE CLASSNAME='C'>{properties}</INSTANCE>");
        output(&format!("<Errors>{}</Errors>", text.replace('<', "&lt;")))
    };
    vec![
        ("depth", get(), false, deep(100_000)),
        ("depth within bounds", get(), true, deep(90)),
        ("attributes", get(), false, format!("<a{attributes}/>")),
        ("namespaces", get(), false, format!("<a{bindings}>").repeat(90)),
        ("namespaces within bounds", get(), true,
            format!("<a{bindings}>{}</a>", "<n1:b/>".repeat(200_000)),
        ),
        ("properties", invoke(), false,
            output(&many(250_000, |n| format!("<p{n}/>"))),
        ),
        ("properties of an embedded instance", invoke(), false,
            embedded(&many(60_000, |n| format!("<PROPERTY NAME='P{n}'/>"))),
        ),
        ("depth of an embedded instance", invoke(), false, embedded(&deep(50_000))),
        ("an array", invoke(), true, output(&"<A>1</A>".repeat(200_000))),
        ("two arrays", invoke(), true, output(&"<A>1</A><B>1</B>".repeat(100_000))),
        ("references in references", invoke(), false,
            "<M_OUTPUT><R>".to_owned()
                + &"<a:ReferenceParameters xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'>\
                    <w:SelectorSet xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'><w:Selector Name='a'>"
                    .repeat(10_000),
        ),
        ("text", get(), true, format!("<a><b>{}</b></a>", "&amp;".repeat(400_000))),
        ("a comment", get(), false, format!("<!--{}", "-".repeat(2_000_000))),
        ("an entity", get(), false,
            "<!DOCTYPE a [<!ENTITY b '&b;&b;'>]><a>&b;</a>".to_owned(),
        ),
        ("a fault", get(), false,
            "<s:Fault><s:Detail>".to_owned()
                + &"<f:WSManFault xmlns:f='http://schemas.microsoft.com/wbem/wsman/1/wsmanfault'><f:Message>\
                    <f:ProviderFault>"
                    .repeat(10_000),
        ),
        ("a page", Asked::Enumerate, true,
            format!(
                "<n:EnumerateResponse xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><n:Items>{}</n:Items>\
                 <n:EndOfSequence/></n:EnumerateResponse>",
                "<a/>".repeat(300_000)
            ),
        ),
    ]
}

/// Pieces that change what a document means.
const MARKUP: [&str; 22] = [
    "<",
    ">",
    "</",
    "/>",
    "&",
    "&#1;",
    "&#xD800;",
    "&x;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?x ?>",
    "<!DOCTYPE a>",
    " xmlns:p=''",
    " xmlns=\"u\"",
    " xsi:nil=\"true\"",
    " xsi:type=\"p:X_Type\"",
    "\u{FEFF}",
    "\u{FFFE}",
    "<a:Address/>",
    "<cim:Datetime>x</cim:Datetime>",
];

#[derive(Clone, Debug)]
enum Damage {
    Set(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, Index),
    Repeat(Index, Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<Index>;
    prop_oneof![
        (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (place(), prop::sample::select(&MARKUP[..]))
            .prop_map(|(at, text)| Damage::Insert(at, text)),
        (place(), place()).prop_map(|(from, to)| Damage::Remove(from, to)),
        (place(), place()).prop_map(|(from, to)| Damage::Repeat(from, to)),
    ]
}

impl Damage {
    fn to(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len() + 1;
        let span = |from: &Index, to: &Index| {
            let (from, to) = (from.index(length), to.index(length));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Set(at, byte) => {
                if let Some(place) = bytes.get_mut(at.index(length)) {
                    *place = *byte;
                }
            }
            Self::Insert(at, text) => {
                let at = at.index(length);
                bytes.splice(at..at, text.bytes());
            }
            Self::Remove(from, to) => drop(bytes.drain(span(from, to))),
            Self::Repeat(from, to) => {
                let span = span(from, to);
                let part = bytes[span.clone()].to_vec();
                bytes.splice(span.end..span.end, part);
            }
        }
    }
}

fn anything() -> [Asked; 7] {
    let class = "Msvm_ConcreteJob".to_owned();
    [
        Asked::Identify,
        Asked::Get(class.clone()),
        Asked::Enumerate,
        Asked::EnumerateReferences,
        Asked::Pull,
        Asked::Release,
        Asked::Invoke(class, "GetErrorEx".to_owned()),
    ]
}

/// Reads an answer as one to anything; only a panic is a failure.
fn read_as_anything(line: &Line, asked: impl IntoIterator<Item = Asked>, answer: Vec<u8>) {
    let answer = Bytes::from(answer);
    for asked in asked {
        if let Err(error) = line.ask(&asked, answer.clone()) {
            is_told(&error);
        }
    }
}

#[test]
fn any_bytes() {
    let line = Line::new();
    proptest!(config(), |(bytes in prop::collection::vec(any::<u8>(), 0..600))| {
        read_as_anything(&line, anything(), bytes);
    });
    let tokens = prop::collection::vec(prop::sample::select(&MARKUP[..]), 0..40);
    proptest!(config(), |(tokens in tokens)| {
        let body = tokens.concat();
        let answer = format!("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body><a>{body}");
        read_as_anything(&line, anything(), answer.into_bytes());
    });
}

#[test]
fn any_damage() {
    let (line, answers) = (Line::new(), fixtures());
    proptest!(config(), |(answer in any::<Index>(), damages in prop::collection::vec(damage(), 1..6))| {
        let answer = answer.get(&answers);
        let mut bytes = answer.bytes.clone();
        damages.iter().for_each(|damage| damage.to(&mut bytes));
        read_as_anything(&line, [answer.asked()].into_iter().chain(anything()), bytes);
    });
}

/// Nothing is left behind after a failure: it prints what it failed with.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Scenarios whose answers are broken to begin with.
const DAMAGED: [&str; 2] = ["client-broken-item", "client-cut-off"];
/// Beyond so many bytes a fixture is cut at every seventh only: each cut costs as much as what stands before it.
const EVERY: usize = 4096;
/// The length of an id as all services write them: `uuid:` and 36 characters.
const ID: usize = 41;
/// A first page without items.
const MORE: &str = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
    xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><s:Body><n:EnumerateResponse>\
    <n:EnumerationContext>1</n:EnumerationContext></n:EnumerateResponse></s:Body></s:Envelope>";
/// A first page that is not the last.
const SOME: &str = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
    xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><s:Body><n:EnumerateResponse>\
    <n:EnumerationContext>1</n:EnumerationContext><n:Items><a/></n:Items></n:EnumerateResponse></s:Body></s:Envelope>";
const SUBSCRIBED: &str = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
    xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><s:Body><e:SubscribeResponse \
    xmlns:e='http://schemas.xmlsoap.org/ws/2004/08/eventing'><n:EnumerationContext>1</n:EnumerationContext>\
    </e:SubscribeResponse></s:Body></s:Envelope>";
const EVENT: &str = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
    xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><s:Body><n:PullResponse>\
    <n:EnumerationContext>1</n:EnumerationContext><n:Items><a/></n:Items></n:PullResponse></s:Body></s:Envelope>";

mod captures {
    //! What the captures of Windows say.

    use cimwire::cim::{DateTime, Instance, Interval, Reference};
    use cimwire::job::{JobState, JobStatus};
    use cimwire::{ErrorKind, FaultKind};

    use super::{Line, MORE, captures};

    fn capture(name: &str) -> Option<Line> {
        let text = std::fs::read(captures()?.join("windows").join(name)).unwrap();
        let line = Line::new();
        let before = name.starts_with("pull").then(|| MORE.into());
        line.will_answer(before.into_iter().chain([text.into()]));
        Some(line)
    }

    fn target() -> Reference {
        Reference::new("root/virtualization/v2", "Msvm_StorageJob")
            .with_key("InstanceID", "00000000-0000-4000-8000-000000000003")
    }

    #[test]
    fn a_running_job() {
        let Some(line) = capture("get-storagejob-running.xml") else {
            return;
        };
        let job: Instance = line.run(line.client().get(&target())).unwrap();
        assert_eq!(job.class(), Some(target().class()));
        assert_eq!(job.properties().len(), 44);
        assert!(job.get::<String>("Caption").unwrap().starts_with("仮想"));
        assert_eq!(job.get::<Option<String>>("Child"), Ok(None));
        assert_eq!(job.get("ErrorDescription"), Ok(Some(String::new())));
        assert_eq!(
            job.get("ElapsedTime"),
            Ok("PT0.014947S".parse::<Interval>().unwrap())
        );
        assert!(job.get::<DateTime>("InstallDate").unwrap().is_never());

        let status = JobStatus::read(&job, target().class()).unwrap();
        assert_eq!(
            status.reference.id(),
            "00000000-0000-4000-8000-000000000003"
        );
        assert_eq!(
            (status.state, status.percent_complete, status.error_code),
            (JobState::Running, Some(0), None)
        );
        assert_eq!(
            status.start_time,
            Some("2026-10-05T04:23:50Z".parse().unwrap())
        );
    }

    #[test]
    fn an_association() {
        let Some(line) = capture("pull-affectedjobelement.xml") else {
            return;
        };
        let namespace = line.client().namespace("root/virtualization/v2");
        let rows = line.run(namespace.enumerate("Msvm_AffectedJobElement").collect());
        let rows = rows.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].class_name(), "Msvm_AffectedJobElement");
        let job = Reference::new("root/virtualization/v2", "Msvm_ConcreteJob")
            .with_key("InstanceID", "00000000-0000-4000-8000-000000000066");
        assert_eq!(rows[0].get("AffectingElement"), Ok(job));
        let settings = Reference::new("root/virtualization/v2", "Msvm_VirtualSystemSettingData")
            .with_key(
                "InstanceID",
                "Microsoft:00000000-0000-4000-8000-000000000083",
            );
        assert_eq!(rows[0].get("AffectedElement"), Ok(settings));
        assert_eq!(rows[0].get("ElementEffects"), Ok(vec![5u16]));
    }

    #[test]
    fn a_fault() {
        let Some(line) = capture("fault-wmi-provider.xml") else {
            return;
        };
        let error = line.run(line.client().get(&target())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Fault);
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidQuery));
        let fault = error.fault().unwrap();
        assert_eq!(
            (fault.code(), fault.subcode(), fault.wsman_code()),
            ("Sender", Some("CannotProcessFilter"), Some(0x8033_801A))
        );
        assert_eq!(
            fault.subcode_namespace(),
            Some("http://schemas.xmlsoap.org/ws/2004/09/enumeration")
        );
        let provider = fault.provider_fault().unwrap();
        assert_eq!(
            provider.provider(),
            "WMIv1 plugin for Windows Remote Management"
        );
        assert!(provider.message().starts_with("The specified class"));
        let codes = "(CannotProcessFilter, CANNOT_PROCESS_FILTER 0x8033801a)";
        assert!(fault.to_string().ends_with(codes), "{fault}");
    }
}
