//! Many exchanges over few connections, which are cut at random moments, and some given up half-way: no exchange gets another's answer, nothing is carried
//! out twice, and every error tells the truth about what reached the host.
//!
//! `CIMWIRE_CHAOS_SEED` repeats the cuts of an earlier run.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cimwire::cim::{DateTime, Reference, Value};
use cimwire::hyperv::{self, ReplicationService};
use cimwire::simulator::{SeenRequest, Simulator};
use cimwire::transport::{
    BoxFuture, Delivery, Error, HttpConfig, HttpTransport, Request, Response, Transport,
};
use cimwire::{Client, Credentials, Wql};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

const TASKS: usize = 32;
const EXCHANGES: usize = 10_000;
/// So few that tasks wait for each other.
const CONNECTIONS: usize = 4;
/// One exchange in so many calls a method.
const METHODS: usize = 5;
/// One exchange in so many is given up.
const GIVEN_UP: usize = 16;
/// Far longer than it takes.
const DEADLINE: Duration = Duration::from_secs(240);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_lose_no_truth() {
    let seed = std::env::var("CIMWIRE_CHAOS_SEED")
        .map_or_else(|_| rand::random(), |seed| seed.parse().expect("a number"));
    // Shown when the test fails.
    println!("CIMWIRE_CHAOS_SEED={seed}");
    tokio::time::timeout(DEADLINE, run(seed))
        .await
        .expect("it is over in time");
}

async fn run(seed: u64) {
    let host = Simulator::start().await.expect("the host starts");
    let known = Arc::new(Known::learn(&host).await);
    let relay = Relay::start(&host, seed).await;
    let witness = Arc::new(Witness::new(&relay.url, &host));
    let client = Client::over(Arc::clone(&witness));

    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let (client, known) = (client.clone(), Arc::clone(&known));
        tasks.spawn(async move {
            let mut outcomes = Vec::new();
            for number in (task..EXCHANGES).step_by(TASKS) {
                outcomes.push(ask(&client, &known, number).await);
            }
            outcomes
        });
    }
    let outcomes: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    drop(relay);

    let seen = settled(&host).await;
    assert_eq!(outcomes.len(), EXCHANGES);
    let exchanges = witness.take();
    expect_truth(&exchanges, &seen);
    expect_single_calls(&outcomes, &seen);
    expect_chaos(&outcomes, &exchanges);
}

/// What the tasks ask for.
struct Known {
    machines: Vec<(Reference, String)>,
    service: Reference,
    /// Waits for its first copy, so that each call schedules a start, and answers with a job of its own.
    ready: Reference,
}

impl Known {
    async fn learn(host: &Simulator) -> Self {
        let credentials = Credentials::password(host.user(), host.password());
        let client = Client::builder(host.url()).credentials(credentials);
        let client = client.build().expect("the settings can work");
        let v2 = client.namespace(hyperv::NAMESPACE);
        let query = v2.query(Wql::select("Msvm_ComputerSystem"));
        let rows = query.expect("a query").collect().await.expect("an answer");
        let machines = rows.iter().map(|row| {
            let text = |name| row.get::<String>(name).expect(name);
            let reference = Reference::new(hyperv::NAMESPACE, "Msvm_ComputerSystem")
                .with_key("CreationClassName", text("CreationClassName"))
                .with_key("Name", text("Name"));
            (reference, text("Name"))
        });
        let replica = ReplicationService::connect(&client).await;
        let replica = replica.expect("the service is there");
        let web01 = replica.vm("web01").await.expect("web01 is there");
        Self {
            machines: machines.collect(),
            service: Reference::new(hyperv::NAMESPACE, "Msvm_ReplicationService")
                .with_key("CreationClassName", "Msvm_ReplicationService"),
            ready: web01.reference().clone(),
        }
    }
}

/// What became of an exchange.
enum Outcome {
    Read,
    /// The start time that only this call had, and the job that its answer names.
    Called(String, String),
    Failed(Delivery),
    /// The call with that start time failed, or was given up.
    CallFailed(String, Delivery),
    GivenUp,
}

/// Asks for something, and now and then does not wait for the answer.
async fn ask(client: &Client, known: &Known, number: usize) -> Outcome {
    let is_call = number.is_multiple_of(METHODS);
    let asked = async {
        if is_call {
            call(client, known, number).await
        } else {
            read(client, known, number).await
        }
    };
    if !number.is_multiple_of(GIVEN_UP) {
        return asked.await;
    }
    // Long enough to get a turn, and for some to be half-way then.
    let patience = Duration::from_millis(u64::try_from(number % 40).unwrap_or_default());
    match tokio::time::timeout(patience, asked).await {
        Ok(outcome) => outcome,
        Err(_) if is_call => Outcome::CallFailed(start_of(number).to_string(), Delivery::Unknown),
        Err(_) => Outcome::GivenUp,
    }
}

/// Reads an instance, and checks that it is the one that was asked for.
async fn read(client: &Client, known: &Known, number: usize) -> Outcome {
    let (reference, id) = &known.machines[number % known.machines.len()];
    match client.get(reference).await {
        Ok(machine) => {
            assert_eq!(machine.get::<String>("Name").expect("a name"), *id);
            Outcome::Read
        }
        Err(error) => Outcome::Failed(error.delivery()),
    }
}

async fn call(client: &Client, known: &Known, number: usize) -> Outcome {
    let start = start_of(number);
    let input = cimwire::cim::Properties::new()
        .with("ComputerSystem", known.ready.clone())
        .with("InitialReplicationType", 1u16)
        .with("StartTime", start);
    let called = client
        .invoke(&known.service, "StartReplication", input)
        .await;
    match called {
        Ok(output) => {
            assert_eq!(output.return_value().expect("a return value"), 4096);
            let job = output.get::<Reference>("Job").expect("a job");
            let id = job.key("InstanceID").and_then(|key| key.as_text());
            Outcome::Called(start.to_string(), id.expect("an id").into_owned())
        }
        Err(error) => Outcome::CallFailed(start.to_string(), error.delivery()),
    }
}

/// A time that only this call has: 2100-01-01, and so many seconds.
fn start_of(number: usize) -> DateTime {
    let seconds = 4_102_444_800 + i64::try_from(number).expect("a small number");
    DateTime::from_unix_micros(seconds * 1_000_000).expect("a time")
}

/// What the errors say of delivery is what the host has seen; and each answer is that to its request.
fn expect_truth(exchanges: &[Exchange], seen: &[SeenRequest]) {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for request in seen {
        *times.entry(&request.message_id).or_default() += 1;
    }
    for exchange in exchanges {
        let Exchange { id, end } = exchange;
        let times = times.get(id.as_str()).copied().unwrap_or_default();
        match end {
            End::Answered { relates_to } => {
                assert_eq!(relates_to, id, "the answer to another request");
                assert!(times > 0, "{id} was answered and never seen");
            }
            End::Failed(Delivery::NotSent) => assert_eq!(times, 0, "{id} was sent all the same"),
            End::Failed(Delivery::Answered) => assert!(times > 0, "{id} was never seen"),
            End::Failed(_) => {}
        }
    }
}

fn expect_single_calls(outcomes: &[Outcome], seen: &[SeenRequest]) {
    let mut carried_out: HashMap<String, usize> = HashMap::new();
    for request in seen {
        if let Some(Value::DateTime(start)) = request.parameters.value("StartTime") {
            *carried_out.entry(start.to_string()).or_default() += 1;
        }
    }
    let mut jobs = HashMap::new();
    for outcome in outcomes {
        let (start, least, most) = match outcome {
            Outcome::Called(start, job) => {
                let other = jobs.insert(job, start);
                assert_eq!(other, None, "two calls were told of one job, {job}");
                (start, 1, 1)
            }
            Outcome::CallFailed(start, Delivery::NotSent) => (start, 0, 0),
            Outcome::CallFailed(start, Delivery::Answered) => (start, 1, 1),
            Outcome::CallFailed(start, _) => (start, 0, 1),
            Outcome::Read | Outcome::Failed(_) | Outcome::GivenUp => continue,
        };
        let times = carried_out.remove(start).unwrap_or_default();
        assert!(
            (least..=most).contains(&times),
            "the call with {start} was carried out {times} times"
        );
    }
    assert!(carried_out.is_empty(), "nobody made these: {carried_out:?}");
}

/// It has to have been a bad day, and most has to have worked all the same.
fn expect_chaos(outcomes: &[Outcome], exchanges: &[Exchange]) {
    let count = |is: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| is(outcome)).count();
    let reads = count(|outcome| matches!(outcome, Outcome::Read));
    let calls = count(|outcome| matches!(outcome, Outcome::Called(..)));
    // The client tries these again, so few of them show in an outcome.
    let not_sent = exchanges
        .iter()
        .filter(|exchange| matches!(exchange.end, End::Failed(Delivery::NotSent)))
        .count();
    let unknown = count(|outcome| {
        matches!(
            outcome,
            Outcome::Failed(Delivery::Unknown) | Outcome::CallFailed(_, Delivery::Unknown)
        )
    });
    let given_up = count(|outcome| matches!(outcome, Outcome::GivenUp));
    println!(
        "{reads} reads, {calls} calls, {not_sent} not sent, {unknown} unknown, {given_up} given up"
    );
    assert!(reads + calls > EXCHANGES / 2, "{reads} + {calls}");
    assert!(calls > 0 && not_sent > 0 && unknown > 0 && given_up > 0);
}

/// All that the host has seen, once nothing more comes.
async fn settled(host: &Simulator) -> Vec<SeenRequest> {
    let mut seen = host.requests();
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let again = host.requests();
        if again.len() == seen.len() {
            return again;
        }
        seen = again;
    }
}

/// The transport, and what went over it.
struct Witness {
    inner: HttpTransport,
    exchanges: Mutex<Vec<Exchange>>,
}

struct Exchange {
    /// The message id.
    id: String,
    end: End,
}

enum End {
    Answered { relates_to: String },
    Failed(Delivery),
}

impl Witness {
    fn new(url: &str, host: &Simulator) -> Self {
        let credentials = Credentials::password(host.user(), host.password());
        let config = HttpConfig::new(url).credentials(credentials);
        let inner = HttpTransport::new(config.max_connections(CONNECTIONS));
        Self {
            inner: inner.expect("the settings can work"),
            exchanges: Mutex::default(),
        }
    }

    fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.exchanges.lock().expect("no panic"))
    }
}

impl Transport for Witness {
    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let id = between(&request.envelope, "MessageID>");
            let answer = self.inner.exchange(request).await;
            let end = match &answer {
                Ok(response) => End::Answered {
                    relates_to: between(&response.body, "RelatesTo>"),
                },
                Err(error) => End::Failed(error.delivery()),
            };
            let mut exchanges = self.exchanges.lock().expect("no panic");
            exchanges.push(Exchange { id, end });
            answer
        })
    }
}

/// The text of an element whose start tag ends so.
fn between(envelope: &[u8], tag: &str) -> String {
    let text = std::str::from_utf8(envelope).expect("UTF-8");
    let (_, rest) = text.split_once(tag).expect(tag);
    rest.split_once('<').expect("an end").0.to_owned()
}

/// Stands between client and host, and cuts each connection after a random number of bytes in either direction.
struct Relay {
    url: String,
    task: JoinHandle<()>,
}

impl Relay {
    async fn start(host: &Simulator, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address");
        let host: SocketAddr = host
            .url()
            .trim_start_matches("http://")
            .trim_end_matches("/wsman")
            .parse()
            .expect("an address");
        let mut chance = StdRng::seed_from_u64(seed);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (up, down) = (chance.gen_range(0..40_000), chance.gen_range(0..80_000));
                connections.spawn(relay(client, host, up, down));
                while connections.try_join_next().is_some() {}
            }
        });
        Self {
            url: format!("http://{own}/wsman"),
            task,
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes on what comes, until either direction has had its bytes.
async fn relay(client: TcpStream, host: SocketAddr, up: usize, down: usize) {
    let Ok(host) = TcpStream::connect(host).await else {
        return;
    };
    let _ = (client.set_nodelay(true), host.set_nodelay(true));
    let ((client_reads, client_writes), (host_reads, host_writes)) =
        (client.into_split(), host.into_split());
    tokio::select! {
        () = pass(client_reads, host_writes, up) => {}
        () = pass(host_reads, client_writes, down) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut left: usize) {
    let mut buffer = [0; 4096];
    while left > 0 {
        let most = left.min(buffer.len());
        let Ok(read @ 1..) = from.read(&mut buffer[..most]).await else {
            return;
        };
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        left -= read;
    }
}
