//! `replica network`: the network settings of replica virtual machines after a failover.

use cimwire::hyperv::{Action, FailoverAdapter, FailoverNetworkSettings, Outcome, VirtualMachine};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::change;
use super::host::Host;
use super::selection::{self, Selection};
use super::vm_verb::{VmOptions, VmVerb};
use crate::connect;
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::list::{List, columns};
use crate::output::replica::AdapterOfVm;
use crate::output::report::{Failure, Problem};
use crate::output::short;
use crate::session::Session;

/// Show and set the network settings that virtual machines get after a failover
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkCommand {
    Show(ShowNetwork),
    Set(SetNetwork),
}

/// Show the network settings that virtual machines get after a failover
#[derive(Debug, Args)]
pub(crate) struct ShowNetwork {
    #[command(flatten)]
    selection: Selection,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<AdapterOfVm>())]
    columns: Vec<String>,
}

/// Set the network settings that a virtual machine gets after a failover, on the replica host
///
/// The guest has to run the key-value pair integration service.
#[derive(Debug, Args)]
pub(crate) struct SetNetwork {
    #[command(flatten)]
    options: VmOptions,

    /// Name of the network adapter [default: the only one]
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    adapter: Option<String>,

    /// Take the addresses from DHCP
    #[arg(long, conflicts_with_all = ["addresses", "subnets", "gateways", "dns"])]
    dhcp: bool,

    /// Address; IPv4 and IPv6, once for each
    #[arg(long = "address", value_name = "IP", required_unless_present = "dhcp")]
    addresses: Vec<std::net::IpAddr>,

    /// Subnet mask, or prefix length for IPv6; once for each address
    #[arg(long = "subnet", value_name = "MASK", value_parser = NonEmptyStringValueParser::new())]
    subnets: Vec<String>,

    /// Default gateway, at most five
    #[arg(long = "gateway", value_name = "IP")]
    gateways: Vec<std::net::IpAddr>,

    /// DNS server
    #[arg(long = "dns", value_name = "IP")]
    dns: Vec<std::net::IpAddr>,
}

impl NetworkCommand {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::Show(show) => show.run(session).await,
            Self::Set(set) => {
                set.check_options()?;
                change::run(session, &set).await
            }
        }
    }
}

impl ShowNetwork {
    async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let mut rows = Vec::new();
        for vm in selection::resolve(&host, &self.selection.vms).await? {
            let adapters = host.read(host.service.failover_network(&vm)).await?;
            rows.extend(adapters.into_iter().map(|adapter| AdapterOfVm {
                vm: vm.clone(),
                adapter,
            }));
        }
        let columns = self.columns;
        session.output.show(&List { rows, columns })
    }
}

impl SetNetwork {
    fn check_options(&self) -> Result<(), Problem> {
        if self.gateways.len() > MOST_GATEWAYS {
            return Err(Problem::usage(
                "a network adapter has at most five default gateways",
            ));
        }
        if self.subnets.len() != self.addresses.len() {
            let what = "each --address needs its --subnet";
            return Err(Problem::usage(what).hint("give them in the same order"));
        }
        Ok(())
    }

    async fn settings(
        &self,
        host: &Host<'_>,
        vm: &VirtualMachine,
    ) -> Result<FailoverNetworkSettings, Failure> {
        let adapters = host.read(host.service.failover_network(vm)).await?;
        let named = |adapter: &&FailoverAdapter| match &self.adapter {
            Some(name) => adapter.name.eq_ignore_ascii_case(name),
            None => true,
        };
        let mut found = adapters.iter().filter(named);
        match (found.next(), found.next()) {
            (Some(adapter), None) => Ok(self.applied(&adapter.settings)),
            (None, _) => {
                let what = format!("{:?} has no such network adapter", short(&vm.name));
                let hint = "list them with `cimwire replica network show`";
                Err(Problem::new(Exit::Failure, what).hint(hint).into())
            }
            _ => {
                let what = format!("{:?} has several network adapters", short(&vm.name));
                let hint = "name one of them with --adapter";
                Err(Problem::usage(what).hint(hint).into())
            }
        }
    }

    fn applied(&self, before: &FailoverNetworkSettings) -> FailoverNetworkSettings {
        let texts = |ips: &[std::net::IpAddr]| ips.iter().map(ToString::to_string).collect();
        let mut settings = before.clone();
        settings.dhcp = self.dhcp;
        settings.protocol = self.protocol();
        settings.addresses = texts(&self.addresses);
        settings.subnets.clone_from(&self.subnets);
        settings.default_gateways = texts(&self.gateways);
        settings.dns_servers = texts(&self.dns);
        settings
    }

    /// Returns `ProtocolIFType` of the addresses.
    fn protocol(&self) -> u16 {
        let has = |is: fn(&std::net::IpAddr) -> bool| self.addresses.iter().any(is);
        match (
            has(std::net::IpAddr::is_ipv4),
            has(std::net::IpAddr::is_ipv6),
        ) {
            (true, true) => 4_098,
            (false, true) => 4_097,
            _ => 4_096,
        }
    }
}

impl VmVerb for SetNetwork {
    fn words(&self) -> Words {
        Words {
            doing: "Setting the failover network of",
            event: "network_changed",
            done: "failover network settings changed",
            ..Words::CHANGE
        }
    }

    fn options(&self) -> &VmOptions {
        &self.options
    }

    fn action(&self, _: &VirtualMachine) -> Option<Action> {
        None
    }

    async fn is_done(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<bool, Failure> {
        let after = self.settings(host, vm).await?;
        let adapters = host.read(host.service.failover_network(vm)).await?;
        Ok(adapters.iter().any(|adapter| adapter.settings == after))
    }

    async fn call(&self, host: &Host<'_>, vm: &VirtualMachine) -> Result<Outcome, Failure> {
        let settings = self.settings(host, vm).await?;
        host.change(host.service.set_failover_network(vm, &[settings]))
            .await
    }
}

/// The most default gateways (`Msvm_FailoverNetworkAdapterSettingData`).
const MOST_GATEWAYS: usize = 5;
