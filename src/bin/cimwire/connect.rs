//! From the options of a connection to a client.

#[cfg(any(test, feature = "kerberos"))]
use std::net::IpAddr;

use cimwire::transport::{HttpConfig, Proxy};
use cimwire::{Client, ClientBuilder, Credentials, Error};

use crate::dry_run::DryRun;
use crate::files;
use crate::options::{AuthScheme, Connection};
use crate::output::origin;
use crate::output::report::{self, Failure, Problem};
use crate::password;
use crate::session::Session;

/// Returns the client of the host that the options name. Sends nothing; may ask for the password.
pub(crate) async fn client(session: &Session) -> Result<Client, Failure> {
    let host = host(&session.connection)?;
    let credentials = credentials(session).await?;
    build(&session.connection, host, credentials)
}

/// Returns the client of the host that the options name, which keeps changes back.
pub(crate) async fn dry_client(session: &Session, dry_run: DryRun) -> Result<Client, Failure> {
    let options = &session.connection;
    let host = host(options)?;
    let http = http(options, host)?.credentials(credentials(session).await?);
    let client = builder(options, http).build_with(|transport| dry_run.over(transport))?;
    set_origin(options, &client);
    Ok(client)
}

/// Returns the settings of the connections, and true if they have credentials: the options need not name a user.
pub(crate) async fn settings(session: &Session) -> Result<(HttpConfig, bool), Failure> {
    let options = &session.connection;
    let host = host(options)?;
    let names_no_user = options.user.is_none()
        && options.client_cert.is_none()
        && matches!(options.auth, None | Some(AuthScheme::Negotiate));
    let http = http(options, host)?;
    if names_no_user {
        return Ok(match cached_ticket(options).await {
            Some(ticket) => (http.credentials(ticket), true),
            None => (http, false),
        });
    }
    Ok((http.credentials(credentials(session).await?), true))
}

fn host(options: &Connection) -> Result<&str, Problem> {
    options.host.as_deref().ok_or_else(|| {
        Problem::usage("no host is named")
            .hint("name it with --host or CIMWIRE_HOST; `cimwire demo` brings a simulated one")
    })
}

/// Returns the client of a host, with the options other than its name.
pub(crate) fn build(
    options: &Connection,
    host: &str,
    credentials: Credentials,
) -> Result<Client, Failure> {
    let http = http(options, host)?.credentials(credentials);
    Ok(build_with(options, http)?)
}

/// Returns the client of these connections, whose host all events and errors name from now on.
pub(crate) fn build_with(options: &Connection, http: HttpConfig) -> Result<Client, Error> {
    let client = builder(options, http).build()?;
    set_origin(options, &client);
    Ok(client)
}

fn set_origin(options: &Connection, client: &Client) {
    if let Some(address) = client.host() {
        origin::connected_to(address, options);
    }
}

fn http(options: &Connection, host: &str) -> Result<HttpConfig, Failure> {
    let mut http = HttpConfig::new(host);
    if let Some(scheme) = options.auth {
        http = http.auth(scheme.known().ok_or_else(without_kerberos)?);
    }
    if let Some(proxy) = proxy(options)? {
        http = http.proxy(proxy);
    }
    if let Some(fingerprint) = &options.pin_certificate {
        http = http.pin_certificate(fingerprint);
    }
    if let Some(path) = &options.ca_file {
        http = http.ca_bundle(files::read(path, CA_BOUND, "--ca-file")?);
    }
    if let Some(timeout) = options.connect_timeout {
        http = http.connect_timeout(timeout);
    }
    if options.danger.dangerously_accept_any_certificate {
        report::warning(
            "any certificate is accepted: an attacker on the way can read and change everything",
        );
        http = http.dangerous().accept_any_certificate();
    }
    if options.danger.dangerously_send_password_in_the_clear {
        report::warning(
            "basic over http is allowed: it sends the password and all messages in the clear",
        );
        http = http.dangerous().allow_basic_without_tls();
    }
    Ok(http)
}

/// Returns a builder with the options that do not concern connections.
pub(crate) fn builder(options: &Connection, http: HttpConfig) -> ClientBuilder {
    let mut builder = Client::builder(http).profile(options.server_profile());
    if let Some(timeout) = options.operation_timeout {
        builder = builder.operation_timeout(timeout);
    }
    if let Some(locale) = &options.locale {
        builder = builder.locale(locale);
    }
    builder
}

fn proxy(options: &Connection) -> Result<Option<Proxy>, Failure> {
    let proxy = match options.proxy.as_deref() {
        None => return Ok(None),
        Some("environment") => Proxy::from_environment(),
        Some(address) => Proxy::new(address).map_err(|error| {
            let hint = error.hint().unwrap_or_default();
            let hint = report::with_options(hint, error.remedy()).into_owned();
            Problem::usage(format!("--proxy: {error}")).hint(hint)
        })?,
    };
    Ok(Some(match &options.no_proxy {
        Some(hosts) => proxy.no_proxy(hosts),
        None => proxy,
    }))
}

fn without_kerberos() -> Problem {
    Problem::usage("this cimwire was built without Kerberos")
        .hint("build it with --features cli,kerberos, or log in with --auth negotiate, which is then NTLM")
}

/// Returns the credentials that the options lead to.
async fn credentials(session: &Session) -> Result<Credentials, Failure> {
    let options = &session.connection;
    if let Some(certificate) = &options.client_cert {
        let key = options.client_key.as_ref().unwrap_or(certificate);
        let chain = files::read(certificate, CERTIFICATE_BOUND, "--client-cert")?;
        let private = files::read(key, CERTIFICATE_BOUND, "--client-key")?;
        files::warn_if_shared(key, "private key");
        return Ok(Credentials::certificate(chain, private));
    }
    if options.auth == Some(AuthScheme::Certificate) {
        return Err(Problem::usage("no client certificate is named")
            .hint("name its file with --client-cert or CIMWIRE_CLIENT_CERT, and that of its key with --client-key")
            .into());
    }
    let given = password::given(session).await?;
    if options.auth == Some(AuthScheme::Kerberos) && given.is_none() {
        return ticket(options);
    }
    if (options.user.is_none() || given.is_none())
        && let Some(ticket) = cached_ticket(options).await
    {
        return Ok(ticket);
    }
    let Some(user) = &options.user else {
        return Err(Problem::usage("no user is named")
            .hint(r"name who logs in with --user or CIMWIRE_USER, as DOMAIN\user or .\user")
            .into());
    };
    let password = match given {
        Some(password) => password,
        None => password::asked(user).await?,
    };
    Ok(Credentials::password(user, password))
}

/// Returns the credentials of a Kerberos ticket.
#[cfg(feature = "kerberos")]
fn ticket(options: &Connection) -> Result<Credentials, Failure> {
    Ok(match &options.user {
        Some(principal) => Credentials::ticket_of(principal),
        None => Credentials::ticket(),
    })
}

#[cfg(not(feature = "kerberos"))]
fn ticket(_: &Connection) -> Result<Credentials, Failure> {
    Err(without_kerberos().into())
}

/// Returns the ticket in the cache if negotiate or spnego would use it.
#[cfg(feature = "kerberos")]
async fn cached_ticket(options: &Connection) -> Option<Credentials> {
    let takes_kerberos = matches!(
        options.auth,
        None | Some(AuthScheme::Negotiate | AuthScheme::Spnego)
    );
    // A service principal needs the name of the host.
    if !takes_kerberos || options.host.as_deref().is_none_or(is_address) {
        return None;
    }
    let user = options.user.clone();
    let look = move || Credentials::cached_ticket(user.as_deref());
    tokio::task::spawn_blocking(look).await.ok().flatten()
}

#[cfg(not(feature = "kerberos"))]
async fn cached_ticket(_: &Connection) -> Option<Credentials> {
    None
}

/// Reports whether a host, or that of a URL, is an IP address.
#[cfg(any(test, feature = "kerberos"))]
fn is_address(host: &str) -> bool {
    let rest = host.split_once("://").map_or(host, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let name = match authority.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => authority.split(':').next(),
    };
    let is_address = |name: &str| name.parse::<IpAddr>().is_ok();
    is_address(authority) || name.is_some_and(is_address)
}

/// The largest bundle; that of the system has about 200 KB.
const CA_BOUND: u64 = 4 << 20;
/// The largest file with a chain of certificates or a key.
const CERTIFICATE_BOUND: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_named_by_an_address() {
        for host in [
            "192.0.2.7",
            "192.0.2.7:5985",
            "http://192.0.2.7/wsman",
            "2001:db8::7",
            "[2001:db8::7]:5985",
            "https://[2001:db8::7]:5986/wsman",
        ] {
            assert!(is_address(host), "{host}");
        }
        for host in [
            "hv01",
            "hv01:5985",
            "https://hv01.example:5986/wsman",
            "7.example",
            "",
        ] {
            assert!(!is_address(host), "{host}");
        }
    }
}
