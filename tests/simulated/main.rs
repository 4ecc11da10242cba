//! Every operation of the client against the simulated host: over a real socket, logged in by NTLM and sealed, and in
//! both dialects where there are two.
//!
//! The host is ours as well, so that this shows that the two agree; that others agree too is shown by `tests/interop` and
//! by the captures.

mod associations;
mod changes;
mod clients;
mod enumerations;
mod errors;
mod events;
mod methods;
mod reading;
mod replication;
mod site;
mod traces;

use std::time::Duration;

use cimwire::cim::Reference;
use cimwire::simulator::{Builder, Simulator};
use cimwire::{Client, ClientBuilder, Credentials, Dialect, Error, ServerProfile};

/// A simulated host, and a client of it.
struct Scene {
    host: Simulator,
    client: Client,
}

impl Scene {
    async fn new(dialect: Dialect) -> Self {
        Self::with(
            |host| host,
            |client| client.profile(ServerProfile::of(dialect)),
        )
        .await
    }

    /// A host and a client that are not as they begin. The time of the host stands still.
    async fn with(
        host: impl FnOnce(Builder) -> Builder,
        client: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let host = host(Simulator::builder().clock_speed(0.0));
        let host = host.start().await.expect("a loopback port is free");
        let builder = Client::builder(host.url())
            .credentials(Credentials::password(host.user(), host.password()));
        let client = client(builder).build().expect("the settings are right");
        Self { host, client }
    }

    /// Waits until the host holds no enumeration open, which a release in the background brings about.
    async fn expect_released(&self) {
        for _ in 0..1_000 {
            if self.host.open_enumerations() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} enumerations are open", self.host.open_enumerations());
    }
}

const DIALECTS: [Dialect; 2] = [Dialect::Wmi, Dialect::Dmtf];
const CIMV2: &str = "root/cimv2";
const V2: &str = "root/virtualization/v2";

fn machine(id: &str) -> Reference {
    Reference::new(V2, "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", id)
}

fn service(name: &str) -> Reference {
    Reference::new(CIMV2, "Win32_Service").with_key("Name", name)
}

/// Subcode and code of the fault that an error holds.
#[track_caller]
fn fault_of(error: &Error) -> (String, u32) {
    let fault = error
        .fault()
        .unwrap_or_else(|| panic!("no fault: {error:?}"));
    let subcode = fault.subcode().unwrap_or_default().to_owned();
    (subcode, fault.wsman_code().unwrap_or_default())
}

/// The virtual machine `web01`.
const WEB01: &str = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000001";
/// The virtual machine `fail01`, whose jobs fail.
const FAIL01: &str = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000003";
