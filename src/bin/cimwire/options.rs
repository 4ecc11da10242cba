//! The options that all commands share.

use std::path::PathBuf;
use std::time::Duration;

use cimwire::transport::Auth;
use cimwire::{
    DatetimeForm, Dialect, EmbeddedForm, PartHeaders, PutUpdates, QueryTarget, ServerProfile,
};
use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::time;

/// The options of the connection. Each is read from the environment too.
#[derive(Debug, Args)]
#[command(next_help_heading = CONNECTION)]
pub(crate) struct Connection {
    /// The host: hv01, hv01:5985 or https://hv01.example:5986/wsman
    #[arg(
        long,
        global = true,
        value_name = "NAME|URL",
        env = "CIMWIRE_HOST",
        hide_env = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) host: Option<String>,

    /// The user who logs in: DOMAIN\user, user@domain, or .\user for an account of the host
    #[arg(
        long,
        global = true,
        value_name = "USER",
        env = "CIMWIRE_USER",
        hide_env = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) user: Option<String>,

    /// A file with the password in its first line; else CIMWIRE_PASSWORD, else a prompt
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CIMWIRE_PASSWORD_FILE",
        hide_env = true
    )]
    pub(crate) password_file: Option<PathBuf>,

    /// The way to log in: negotiate takes what suits, sealed over http; basic and certificate want https
    /// [default: negotiate, or certificate with --client-cert]
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "SCHEME",
        env = "CIMWIRE_AUTH",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) auth: Option<AuthScheme>,

    /// Log in with the client certificate in this PEM file, which the host maps to an account
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CIMWIRE_CLIENT_CERT",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) client_cert: Option<PathBuf>,

    /// Its private key in PEM, not encrypted [default: in the file of --client-cert]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        requires = "client_cert",
        env = "CIMWIRE_CLIENT_KEY",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) client_key: Option<PathBuf>,

    /// Trust the authorities in this PEM file, and no others, instead of the system's
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "CIMWIRE_CA_FILE",
        hide_env = true
    )]
    #[arg(hide_short_help = true)]
    pub(crate) ca_file: Option<PathBuf>,

    /// Trust the one certificate with this SHA-256 fingerprint, and no authority
    #[arg(
        long,
        global = true,
        value_name = "FINGERPRINT",
        conflicts_with = "ca_file",
        env = "CIMWIRE_PIN_CERTIFICATE",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) pin_certificate: Option<String>,

    /// Go through this HTTP proxy: proxy:3128, http://user:password@proxy:3128 (better in CIMWIRE_PROXY, since others see
    /// command lines), or `environment` for the one that HTTPS_PROXY or HTTP_PROXY names [default: none]
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "CIMWIRE_PROXY",
        hide_env = true,
        hide_short_help = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) proxy: Option<String>,

    /// The hosts to reach without the proxy: names, addresses, 10.0.0.0/8, parted by commas [default: those of NO_PROXY
    /// with --proxy environment, else none]
    #[arg(
        long,
        global = true,
        value_name = "HOSTS",
        env = "CIMWIRE_NO_PROXY",
        hide_env = true,
        hide_short_help = true
    )]
    pub(crate) no_proxy: Option<String>,

    /// The longest time that connecting may take [default: 10s]
    #[arg(long, global = true, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_CONNECT_TIMEOUT", hide_env = true)]
    pub(crate) connect_timeout: Option<Duration>,

    /// The longest time that the host may work on one operation [default: 60s]
    #[arg(long, global = true, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_OPERATION_TIMEOUT", hide_env = true)]
    pub(crate) operation_timeout: Option<Duration>,

    /// The longest time to wait for a job; it goes on after that [default: no end]
    #[arg(long, global = true, value_name = "TIME", value_parser = time::duration, hide_short_help = true)]
    #[arg(env = "CIMWIRE_WAIT_TIMEOUT", hide_env = true)]
    pub(crate) wait_timeout: Option<Duration>,

    /// Addressing of classes: wmi (Windows) or dmtf (OMI) [default: wmi]
    #[arg(
        long,
        global = true,
        value_name = "DIALECT",
        env = "CIMWIRE_DIALECT",
        hide_env = true
    )]
    #[arg(value_parser = dialects(), default_value_t, hide_default_value = true, hide_short_help = true)]
    pub(crate) dialect: Dialect,

    /// Form of datetime parameters; `doctor` can ask a host which it takes [default: typed]
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        env = "CIMWIRE_DATETIME_FORM",
        hide_env = true
    )]
    #[arg(value_parser = datetime_forms(), hide_short_help = true)]
    pub(crate) datetime_form: Option<DatetimeForm>,

    /// Form of instances in parameters: cim-xml (Hyper-V) or elements [default: cim-xml; elements with dmtf]
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        env = "CIMWIRE_EMBEDDED_FORM",
        hide_env = true
    )]
    #[arg(value_parser = embedded_forms(), hide_short_help = true)]
    pub(crate) embedded_form: Option<EmbeddedForm>,

    /// Resource that queries are sent to: namespace (Windows, OMI) or all-classes (openwsman) [default: namespace]
    #[arg(
        long,
        global = true,
        value_name = "TARGET",
        env = "CIMWIRE_QUERY_TARGET",
        hide_env = true
    )]
    #[arg(value_parser = query_targets(), hide_short_help = true)]
    pub(crate) query_target: Option<QueryTarget>,

    /// Form of the part headers of sealed messages [default: tabs; no-tabs with dmtf]
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        env = "CIMWIRE_PART_HEADERS",
        hide_env = true
    )]
    #[arg(value_parser = part_headers(), hide_short_help = true)]
    pub(crate) part_headers: Option<PartHeaders>,

    /// Properties that put sends: partial for those given, where the host keeps the others; whole for all of them, read
    /// before; ask for what suits the host [default: ask; whole with dmtf]
    #[arg(
        long,
        global = true,
        value_name = "UPDATES",
        env = "CIMWIRE_PUT_UPDATES",
        hide_env = true
    )]
    #[arg(value_parser = put_updates(), hide_short_help = true)]
    pub(crate) put_updates: Option<PutUpdates>,

    /// The namespace [default: root/virtualization/v2 for Msvm_ classes and jobs, else root/cimv2]
    #[arg(
        long,
        global = true,
        value_name = "NAMESPACE",
        env = "CIMWIRE_NAMESPACE",
        hide_env = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) namespace: Option<String>,

    /// The language of the host's texts, as in en-US [default: the host's own]
    #[arg(
        long,
        global = true,
        value_name = "TAG",
        env = "CIMWIRE_LOCALE",
        hide_env = true
    )]
    #[arg(value_parser = NonEmptyStringValueParser::new(), hide_short_help = true)]
    pub(crate) locale: Option<String>,

    #[command(flatten)]
    pub(crate) danger: Danger,
}

/// The options that give safety away.
#[derive(Debug, Args)]
#[command(next_help_heading = DANGEROUS)]
pub(crate) struct Danger {
    /// DANGEROUS: take any TLS certificate; an attacker in between can read and change everything
    #[arg(
        long,
        global = true,
        conflicts_with_all = ["ca_file", "pin_certificate"],
        hide_short_help = true
    )]
    #[arg(env = "CIMWIRE_DANGEROUSLY_ACCEPT_ANY_CERTIFICATE", hide_env = true)]
    pub(crate) dangerously_accept_any_certificate: bool,

    /// DANGEROUS: allow basic over http; the password and all messages go in the clear
    #[arg(long, global = true, hide_short_help = true)]
    #[arg(
        env = "CIMWIRE_DANGEROUSLY_SEND_PASSWORD_IN_THE_CLEAR",
        hide_env = true
    )]
    pub(crate) dangerously_send_password_in_the_clear: bool,
}

/// The options of the output.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Display")]
pub(crate) struct Display {
    /// The format of stdout; json is one object a line
    #[arg(
        long,
        short,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    #[arg(env = "CIMWIRE_OUTPUT", hide_env = true)]
    pub(crate) output: Format,

    /// Progress on stderr; auto is a bar, on a terminal only
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "HOW",
        default_value_t,
        hide_short_help = true
    )]
    #[arg(env = "CIMWIRE_PROGRESS", hide_env = true)]
    pub(crate) progress: ProgressMode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuthScheme {
    /// Kerberos where it is built in and there is a ticket, else NTLM
    Negotiate,
    /// NTLM alone
    Ntlm,
    /// As negotiate, but NTLM in SPNEGO from its first token on
    Spnego,
    /// Kerberos alone, with the ticket in the cache, or one got with the password
    Kerberos,
    /// The password itself in each request
    Basic,
    /// The client certificate of --client-cert
    Certificate,
}

impl AuthScheme {
    /// As the library has it; none where it was built without.
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
    #[default]
    Table,
    Json,
}

impl Connection {
    /// Returns the server's profile: that of the dialect, with the forms that were asked for.
    pub(crate) fn profile(&self) -> ServerProfile {
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

fn dialects() -> impl TypedValueParser<Value = Dialect> {
    PossibleValuesParser::new(["wmi", "dmtf"]).try_map(|name| name.parse::<Dialect>())
}

fn datetime_forms() -> impl TypedValueParser<Value = DatetimeForm> {
    PossibleValuesParser::new(["typed", "cim-datetime", "xml-schema", "text"])
        .try_map(|name| name.parse::<DatetimeForm>())
}

fn embedded_forms() -> impl TypedValueParser<Value = EmbeddedForm> {
    PossibleValuesParser::new(["cim-xml", "elements"]).try_map(|name| name.parse::<EmbeddedForm>())
}

fn query_targets() -> impl TypedValueParser<Value = QueryTarget> {
    PossibleValuesParser::new(["namespace", "all-classes"])
        .try_map(|name| name.parse::<QueryTarget>())
}

fn part_headers() -> impl TypedValueParser<Value = PartHeaders> {
    PossibleValuesParser::new(["tabs", "no-tabs"]).try_map(|name| name.parse::<PartHeaders>())
}

fn put_updates() -> impl TypedValueParser<Value = PutUpdates> {
    PossibleValuesParser::new(["ask", "partial", "whole"])
        .try_map(|name| name.parse::<PutUpdates>())
}

pub(crate) const CONNECTION: &str = "Connection (or CIMWIRE_HOST, CIMWIRE_USER, …)";
pub(crate) const DANGEROUS: &str = "Dangerous";
