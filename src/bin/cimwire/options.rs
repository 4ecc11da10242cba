//! The options that all commands share.

use std::error::Error;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use cimwire::transport::Auth;
use cimwire::{
    DatetimeForm, Dialect, EmbeddedForm, PartHeaders, PutUpdates, QueryTarget, ServerProfile,
};
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use crate::time;

/// The options of the connection. [`crate::arguments::command`] accepts them after the command too.
#[derive(Debug, Args)]
#[command(next_help_heading = CONNECTION)]
pub(crate) struct Connection {
    /// Configuration file [default: cimwire/config.toml in the configuration folder of the platform]
    #[arg(
        long,
        value_name = "FILE",
        env = "CIMWIRE_CONFIG",
        hide_short_help = true
    )]
    pub(crate) config: Option<PathBuf>,

    /// Profile of the configuration file, before the settings of the host [default: that of the host]
    #[arg(long, value_name = "NAME", env = "CIMWIRE_PROFILE")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) profile: Option<String>,

    /// Host: hv01, hv01:5985, https://hv01.example:5986/wsman, or a name of the configuration file
    #[arg(long, value_name = "NAME|URL", env = "CIMWIRE_HOST")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) host: Option<String>,

    /// User who logs in: DOMAIN\user, user@domain, or .\user for an account of the host
    #[arg(long, value_name = "USER", env = "CIMWIRE_USER")]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) user: Option<String>,

    /// File with the password in its first line, - for standard input; else CIMWIRE_PASSWORD, else the password_command of
    /// the configuration file, else a prompt
    #[arg(long, value_name = "FILE", env = "CIMWIRE_PASSWORD_FILE")]
    pub(crate) password_file: Option<PathBuf>,

    /// Authentication scheme; basic and certificate need https [default: negotiate; certificate with --client-cert]
    #[arg(
        long,
        value_enum,
        value_name = "SCHEME",
        env = "CIMWIRE_AUTH",
        hide_short_help = true
    )]
    pub(crate) auth: Option<AuthScheme>,

    /// PEM file with the client certificate to log in with; the host maps it to an account
    #[arg(
        long,
        value_name = "FILE",
        env = "CIMWIRE_CLIENT_CERT",
        hide_short_help = true
    )]
    pub(crate) client_cert: Option<PathBuf>,

    /// PEM file with the private key of the client certificate, not encrypted [default: the file of --client-cert]
    #[arg(
        long,
        value_name = "FILE",
        requires = "client_cert",
        env = "CIMWIRE_CLIENT_KEY",
        hide_short_help = true
    )]
    pub(crate) client_key: Option<PathBuf>,

    /// PEM file with the only certificate authorities to trust [default: those of the system]
    #[arg(long, value_name = "FILE", env = "CIMWIRE_CA_FILE")]
    #[arg(hide_short_help = true)]
    pub(crate) ca_file: Option<PathBuf>,

    /// SHA-256 fingerprint of the only certificate to trust; no authority is trusted
    #[arg(
        long,
        value_name = "FINGERPRINT",
        conflicts_with = "ca_file",
        env = "CIMWIRE_PIN_CERTIFICATE",
        hide_short_help = true
    )]
    pub(crate) pin_certificate: Option<String>,

    /// HTTP proxy: proxy:3128, http://user:password@proxy:3128 (put it into CIMWIRE_PROXY, as other users can see command
    /// lines), or `environment` for that of HTTPS_PROXY or HTTP_PROXY [default: none]
    #[arg(
        long,
        value_name = "URL",
        env = "CIMWIRE_PROXY",
        hide_short_help = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) proxy: Option<String>,

    /// Hosts to reach without the proxy: names, addresses, 10.0.0.0/8, separated by commas [default: NO_PROXY with --proxy
    /// environment, else none]
    #[arg(
        long,
        value_name = "HOSTS",
        env = "CIMWIRE_NO_PROXY",
        hide_short_help = true
    )]
    pub(crate) no_proxy: Option<String>,

    /// Time limit for connecting [default: 10s]
    #[arg(long, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_CONNECT_TIMEOUT")]
    pub(crate) connect_timeout: Option<Duration>,

    /// Time limit for one operation of the host [default: 60s]
    #[arg(long, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_OPERATION_TIMEOUT")]
    pub(crate) operation_timeout: Option<Duration>,

    /// Time limit for waiting for a job, which continues after it [default: none]
    #[arg(long, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_WAIT_TIMEOUT")]
    pub(crate) wait_timeout: Option<Duration>,

    /// Addressing of classes: wmi (Windows) or dmtf (OMI) [default: wmi]
    #[arg(long, value_name = "DIALECT", env = "CIMWIRE_DIALECT")]
    #[arg(value_parser = one_of::<Dialect, 2>(["wmi", "dmtf"]), default_value_t, hide_default_value = true, hide_short_help = true)]
    pub(crate) dialect: Dialect,

    /// Form of datetime parameters; `doctor --datetime-forms` finds out which a host accepts [default: typed]
    #[arg(long, value_name = "FORM", env = "CIMWIRE_DATETIME_FORM")]
    #[arg(value_parser = one_of::<DatetimeForm, 4>(["typed", "cim-datetime", "xml-schema", "text"]), hide_short_help = true)]
    pub(crate) datetime_form: Option<DatetimeForm>,

    /// Form of instances in parameters: cim-xml (Hyper-V) or elements [default: cim-xml; elements with dmtf]
    #[arg(long, value_name = "FORM", env = "CIMWIRE_EMBEDDED_FORM")]
    #[arg(value_parser = one_of::<EmbeddedForm, 2>(["cim-xml", "elements"]), hide_short_help = true)]
    pub(crate) embedded_form: Option<EmbeddedForm>,

    /// Resource that queries are sent to: namespace (Windows, OMI) or all-classes (openwsman) [default: namespace]
    #[arg(long, value_name = "TARGET", env = "CIMWIRE_QUERY_TARGET")]
    #[arg(value_parser = one_of::<QueryTarget, 2>(["namespace", "all-classes"]), hide_short_help = true)]
    pub(crate) query_target: Option<QueryTarget>,

    /// Form of the part headers of sealed messages [default: tabs; no-tabs with dmtf]
    #[arg(long, value_name = "FORM", env = "CIMWIRE_PART_HEADERS")]
    #[arg(value_parser = one_of::<PartHeaders, 2>(["tabs", "no-tabs"]), hide_short_help = true)]
    pub(crate) part_headers: Option<PartHeaders>,

    /// Properties that put sends: partial for those given, whole for all of the instance, ask for what suits the host
    /// [default: ask; whole with dmtf]
    #[arg(long, value_name = "UPDATES", env = "CIMWIRE_PUT_UPDATES")]
    #[arg(value_parser = one_of::<PutUpdates, 3>(["ask", "partial", "whole"]), hide_short_help = true)]
    pub(crate) put_updates: Option<PutUpdates>,

    /// Namespace [default: root/virtualization/v2 for Msvm_ classes and jobs, else root/cimv2]
    #[arg(long, value_name = "NAMESPACE", env = "CIMWIRE_NAMESPACE")]
    #[arg(value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) namespace: Option<String>,

    /// Language of the host's texts, such as en-US [default: that of the host]
    #[arg(long, value_name = "TAG", env = "CIMWIRE_LOCALE")]
    #[arg(value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) locale: Option<String>,

    /// The name of the host, if its address is from the configuration file.
    #[arg(skip)]
    pub(crate) host_name: Option<String>,

    /// The command that prints the password; the configuration file alone can name one.
    #[arg(skip)]
    pub(crate) password_command: Option<Vec<OsString>>,

    #[command(flatten)]
    pub(crate) danger: Danger,
}

/// The options that weaken security.
#[derive(Debug, Args)]
#[command(next_help_heading = DANGEROUS)]
pub(crate) struct Danger {
    /// DANGEROUS: accept any TLS certificate; an attacker in between can read and change everything
    #[arg(long, conflicts_with_all = ["ca_file", "pin_certificate"], hide_short_help = true)]
    #[arg(env = "CIMWIRE_DANGEROUSLY_ACCEPT_ANY_CERTIFICATE")]
    pub(crate) dangerously_accept_any_certificate: bool,

    /// DANGEROUS: allow basic over http; the password and all messages are sent in the clear
    #[arg(long, hide_short_help = true)]
    #[arg(env = "CIMWIRE_DANGEROUSLY_SEND_PASSWORD_IN_THE_CLEAR")]
    pub(crate) dangerously_send_password_in_the_clear: bool,
}

/// The options of the output.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Display")]
pub(crate) struct Display {
    /// The format of stdout
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value_t)]
    #[arg(env = "CIMWIRE_OUTPUT")]
    pub(crate) output: Format,

    /// No notes and no progress; results, warnings and errors stay
    #[arg(long, short, env = "CIMWIRE_QUIET")]
    pub(crate) quiet: bool,

    /// Trace on stderr: -v operations, -vv exchanges over HTTP too, -vvv envelopes too, without passwords and keys
    #[arg(long, short, action = ArgAction::Count, env = "CIMWIRE_VERBOSE")]
    pub(crate) verbose: u8,

    /// Leave values as the text that the host sends, instead of the types that their class declares
    #[arg(long, env = "CIMWIRE_UNTYPED", hide_short_help = true)]
    pub(crate) untyped: bool,

    /// Progress on stderr; auto is a bar, on a terminal only
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value_t,
        hide_short_help = true
    )]
    #[arg(env = "CIMWIRE_PROGRESS")]
    pub(crate) progress: ProgressMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthScheme {
    /// Kerberos if it is built in and there is a ticket, else NTLM; sealed over http
    Negotiate,
    /// NTLM only
    Ntlm,
    /// Like negotiate, with NTLM in SPNEGO from the first token on
    Spnego,
    /// Kerberos only, with the ticket in the cache or one obtained with the password
    Kerberos,
    /// The password in each request
    Basic,
    /// The client certificate of --client-cert
    Certificate,
}

impl AuthScheme {
    /// Returns the scheme of the library; `None` if it was built without.
    pub(crate) fn known(self) -> Option<Auth> {
        Some(match self {
            Self::Negotiate => Auth::Negotiate,
            Self::Ntlm => Auth::Ntlm,
            Self::Spnego => Auth::Spnego,
            #[cfg(feature = "kerberos")]
            Self::Kerberos => Auth::Kerberos,
            #[cfg(not(feature = "kerberos"))]
            Self::Kerberos => return None,
            Self::Basic => Auth::Basic,
            Self::Certificate => Auth::Certificate,
        })
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns, or lists on a narrow terminal; on a terminal, long values are cut
    #[default]
    Table,
    /// All columns, nothing cut
    Wide,
    /// One JSON object a line
    Json,
    /// Comma-separated values (RFC 4180), with a header; for lists
    Csv,
    /// One object path, or name, a line; for lists
    Name,
}

impl Format {
    /// Reports whether this is a format of lists alone.
    pub(crate) fn is_for_lists(self) -> bool {
        matches!(self, Self::Csv | Self::Name)
    }
}

impl Connection {
    /// Returns the server's profile: that of the dialect, with the forms that the options name.
    pub(crate) fn server_profile(&self) -> ServerProfile {
        let mut profile = ServerProfile::of(self.dialect);
        if let Some(form) = self.datetime_form {
            profile.datetime_form = form;
        }
        if let Some(form) = self.embedded_form {
            profile.embedded_form = form;
        }
        if let Some(target) = self.query_target {
            profile.query_target = target;
        }
        if let Some(form) = self.part_headers {
            profile.part_headers = form;
        }
        if let Some(updates) = self.put_updates {
            profile.put = updates;
        }
        profile
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressMode {
    #[default]
    Auto,
    Plain,
    None,
}

/// Returns a parser of one of these names.
fn one_of<T, const N: usize>(names: [&'static str; N]) -> impl TypedValueParser<Value = T>
where
    T: FromStr<Err: Error + Send + Sync> + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

/// Returns the address of a proxy without the user name and the password in it.
pub(crate) fn without_login(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

pub(crate) const CONNECTION: &str = "Connection (or CIMWIRE_HOST, CIMWIRE_USER, …)";
pub(crate) const DANGEROUS: &str = "Dangerous";
