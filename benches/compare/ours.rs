//! The tasks, done with this crate.

use cimwire::cim::{DateTime, Properties, Reference};
use cimwire::transport::{Auth, HttpConfig};
use cimwire::{Client, Credentials};
use serde::Deserialize;

use crate::contender::{CALLS, PAGE, ROWS, Task};
use crate::host::{PASSWORD, USER, VM};

pub(crate) fn run(task: Task, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let client = client(url);
        match task {
            Task::Invoke => invoke(&client).await,
            Task::Enumerate => enumerate(&client).await,
        }
    });
}

fn client(url: &str) -> Client {
    let http = HttpConfig::new(url).auth(Auth::Basic);
    Client::builder(http.dangerous().allow_basic_without_tls())
        .credentials(Credentials::password(USER, PASSWORD))
        .page_size(PAGE)
        .build()
        .expect("the settings are right")
}

async fn invoke(client: &Client) {
    let v2 = "root/virtualization/v2";
    let service = Reference::new(v2, "Msvm_ReplicationService")
        .with_key("CreationClassName", "Msvm_ReplicationService");
    let vm = Reference::new(v2, "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", VM);
    let start: DateTime = "2100-01-01T00:00:00Z".parse().expect("a time");
    for _ in 0..CALLS {
        let input = Properties::new()
            .with("ComputerSystem", &vm)
            .with("InitialReplicationType", 1u16)
            .with("StartTime", start);
        let output = client.invoke(&service, "StartReplication", input).await;
        let job = output.and_then(|output| output.get::<Reference>("Job"));
        job.expect("a job");
    }
}

async fn enumerate(client: &Client) {
    let mut rows = client.enumerate::<Row>();
    let (mut count, mut bytes) = (0, 0);
    while let Some(row) = rows.next().await {
        let row = row.expect("a row");
        assert_eq!((row.index, row.is_even), (count, count % 2 == 0));
        bytes += row.size + u64::from(row.created.is_never()) + u64::from(row.text.is_empty());
        bytes += u64::from(row.name.is_empty());
        count += 1;
    }
    assert_eq!(usize::try_from(count), Ok(ROWS));
    assert!(bytes > 0);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    created: DateTime,
    index: u32,
    is_even: bool,
    name: String,
    size: u64,
    text: String,
}

cimwire::cim_class! { Row: "root/cimv2", "Simulated_Row" }
