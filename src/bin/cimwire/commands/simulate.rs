//! `simulate`: a simulated host, until stopped.

mod files;

use std::time::Duration;

use cimwire::simulator::{Builder, CbtHardening, Simulator};
use clap::{Args, ValueEnum};

use self::files::Files;
use crate::exit::Exit;
use crate::output::report::{Failure, Problem};
use crate::output::results::Simulated;
use crate::session::Session;
use crate::time;

/// Run a simulated Hyper-V host on a loopback port, until Ctrl-C
///
/// Prints what a client needs: the address, a user and the password, and over HTTPS the file with the authority to trust.
/// The files are readable only by you and are deleted when the host stops.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, as it is in WinRM"
)]
pub(crate) struct Simulate {
    /// Speak HTTPS, with a certificate whose authority is made for this host
    #[arg(long)]
    https: bool,

    /// Let users log in with Basic: over HTTPS, or with --allow-unencrypted; over http without that it is refused, as
    /// WinRM does
    #[arg(long)]
    basic: bool,

    /// Take messages that are not sealed over http, as WinRM's AllowUnencrypted does
    #[arg(long, conflicts_with_all = ["https", "certificates"])]
    allow_unencrypted: bool,

    /// Speak HTTPS, and let the user log in with a certificate too
    #[arg(long)]
    certificates: bool,

    /// The treatment of the channel binding of a login over HTTPS [default: relaxed]
    #[arg(long, value_enum, value_name = "LEVEL", hide_possible_values = false)]
    cbt: Option<Cbt>,

    /// The number of instances of the class Simulated_Row of root/cimv2, to try what takes long or much
    #[arg(
        long,
        value_name = "COUNT",
        default_value_t = 0,
        hide_default_value = true
    )]
    synthetic_instances: u32,

    /// The longest time that an enumeration may rest between two pages, as WinRM's EnumerationTimeoutms says [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = time::duration)]
    enumeration_timeout: Option<Duration>,
}

/// WinRM's `CbtHardeningLevel`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Cbt {
    /// Not looked at
    None,
    /// One that is sent must be right
    Relaxed,
    /// There must be one
    Strict,
}

impl Simulate {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        if self.cbt.is_some() && !self.https && !self.certificates {
            return Err(Problem::usage("--cbt is about logins over HTTPS")
                .hint("add --https")
                .into());
        }
        let simulator = start(self.builder()).await?;
        let files = Files::write(&simulator)?;
        let exit = session.output.show(&Simulated {
            url: simulator.url(),
            settings: settings(&simulator, files.as_ref()),
        })?;
        session.interrupt.received().await;
        Ok(exit)
    }

    fn builder(&self) -> Builder {
        let mut builder = Simulator::builder()
            .basic(self.basic)
            .allow_unencrypted(self.allow_unencrypted)
            .client_certificates(self.certificates)
            .synthetic_instances(self.synthetic_instances);
        if self.https {
            builder = builder.https();
        }
        if let Some(timeout) = self.enumeration_timeout {
            builder = builder.enumeration_timeout(timeout);
        }
        match self.cbt {
            None => builder,
            Some(Cbt::None) => builder.channel_binding(CbtHardening::None),
            Some(Cbt::Relaxed) => builder.channel_binding(CbtHardening::Relaxed),
            Some(Cbt::Strict) => builder.channel_binding(CbtHardening::Strict),
        }
    }
}

/// Starts a host that is like this.
pub(super) async fn start(builder: Builder) -> Result<Simulator, Problem> {
    builder.start().await.map_err(|error| {
        Problem::new(
            Exit::Failure,
            format!("could not start the simulated host: {error}"),
        )
    })
}

/// Returns the settings of a client, by the names of its options.
fn settings(simulator: &Simulator, files: Option<&Files>) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("host", simulator.url().to_owned()),
        ("user", simulator.user().to_owned()),
        ("password", simulator.password().to_owned()),
    ];
    settings.extend(files.into_iter().flat_map(Files::settings));
    settings
}
