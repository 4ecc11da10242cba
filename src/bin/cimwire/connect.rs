//! From the options of a connection to a client.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
#[cfg(any(test, feature = "kerberos"))]
use std::net::IpAddr;
use std::path::Path;

use cimwire::transport::{HttpConfig, Proxy};
use cimwire::{Client, ClientBuilder, Credentials, Secret, printable};
use zeroize::Zeroizing;

use crate::exit::Exit;
use crate::options::{AuthScheme, Connection};
use crate::output::origin;
use crate::output::report::{self, Failure, Problem};
use crate::session::Session;

/// The client of the host that the options name. Nothing is sent yet; the password may be asked for.
pub(crate) async fn client(session: &Session) -> Result<Client, Failure> {
    let host = host(&session.connection)?;
    let credentials = credentials(session).await?;
    build(&session.connection, host, credentials)
}

/// Returns the settings of the connections, and whether they have credentials: the options need not name a user.
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

/// The client of a host, with the options that do not say which host it is.
pub(crate) fn build(
    options: &Connection,
    host: &str,
    credentials: Credentials,
) -> Result<Client, Failure> {
    let http = http(options, host)?.credentials(credentials);
    let client = builder(options, http).build()?;
    origin::connected_to(client.host().unwrap_or(host), options.user.as_deref());
    Ok(client)
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
        http = http.ca_bundle(read(path, CA_BOUND, "--ca-file")?);
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
    let mut builder = Client::builder(http).profile(options.profile());
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

/// Returns who logs in, and by what.
async fn credentials(session: &Session) -> Result<Credentials, Failure> {
    let options = &session.connection;
    if let Some(certificate) = &options.client_cert {
        let key = options.client_key.as_ref().unwrap_or(certificate);
        let chain = read(certificate, CERTIFICATE_BOUND, "--client-cert")?;
        let private = read(key, CERTIFICATE_BOUND, "--client-key")?;
        warn_if_shared(key, "private key");
        return Ok(Credentials::certificate(chain, private));
    }
    if options.auth == Some(AuthScheme::Certificate) {
        return Err(Problem::usage("no client certificate is named")
            .hint("name its file with --client-cert or CIMWIRE_CLIENT_CERT, and that of its key with --client-key")
            .into());
    }
    let given = given_password(options)?;
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
        None => asked_password(user).await?,
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

/// Returns the ticket in the cache where negotiate and spnego would take Kerberos by it.
#[cfg(feature = "kerberos")]
async fn cached_ticket(options: &Connection) -> Option<Credentials> {
    let takes_kerberos = matches!(
        options.auth,
        None | Some(AuthScheme::Negotiate | AuthScheme::Spnego)
    );
    // Kerberos knows hosts by their names.
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

/// Reports whether a host, or the one of a URL, is named by its address.
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

/// The password, from the file, else the environment.
fn given_password(options: &Connection) -> Result<Option<Secret>, Failure> {
    if let Some(path) = &options.password_file {
        return from_file(path).map(Some);
    }
    match std::env::var(PASSWORD) {
        Ok(password) if !password.is_empty() => Ok(Some(password.into())),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Problem::usage(format!("{PASSWORD} is not UTF-8")).into())
        }
        _ => Ok(None),
    }
}

/// The password, from the user at the terminal.
async fn asked_password(user: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Problem::usage("no password is given").hint(WAYS).into());
    }
    from_terminal(user).await
}

fn from_file(path: &Path) -> Result<Secret, Failure> {
    let bytes = Zeroizing::new(read(path, PASSWORD_BOUND, "--password-file")?);
    let line = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    // Windows likes to begin a text with a byte order mark.
    let line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok("") => Err(
            Problem::usage(format!("the first line of {} is empty", path.display()))
                .hint("it has to be the password")
                .into(),
        ),
        Ok(password) => {
            warn_if_shared(path, "password");
            Ok(password.into())
        }
        Err(_) => Err(Problem::usage(format!("{} is not UTF-8", path.display()))
            .hint("save it as UTF-8; the > of Windows PowerShell writes UTF-16")
            .into()),
    }
}

/// Asks without echo, on a thread of its own, so that Ctrl-C is heard and the echo comes back.
async fn from_terminal(user: &str) -> Result<Secret, Failure> {
    let prompt = format!("Password of {}: ", printable(user));
    let asked = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt)).await;
    match asked {
        Ok(Ok(password)) => Ok(password.into()),
        Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {
            Err(Problem::new(Exit::Interrupted, "interrupted").into())
        }
        Ok(Err(error)) => {
            let what = format!("the password could not be asked for: {error}");
            Err(Problem::usage(what).hint(WAYS).into())
        }
        Err(_) => Err(Problem::new(Exit::Failure, "the password could not be asked for").into()),
    }
}

/// Warns of a file with a secret that others than its owner may read. What is not a file in a folder, such as a pipe, has
/// no rights that would tell.
#[cfg(unix)]
fn warn_if_shared(path: &Path, secret: &str) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(metadata) = path.metadata() else {
        return;
    };
    let mode = metadata.permissions().mode();
    if metadata.is_file() && mode & READ_BY_OTHERS != 0 {
        let path = path.display().to_string();
        report::warning(&format!(
            "other users can read the {secret} in {} (mode {:03o}): make the file yours alone (chmod 600)",
            printable(&path),
            mode & 0o777
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_shared(_: &Path, _: &str) {}

/// A file that an option names, within bounds: it may be a device that never ends.
fn read(path: &Path, bound: u64, option: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(INITIAL_SIZE);
    let read = File::open(path).and_then(|file| file.take(bound + 1).read_to_end(&mut bytes));
    let problem = |what: String| Failure::from(Problem::usage(format!("{option}: {what}")));
    match read {
        Err(error) => Err(problem(format!(
            "could not read {}: {error}",
            path.display()
        ))),
        Ok(_) if u64::try_from(bytes.len()).is_ok_and(|size| size > bound) => Err(problem(
            format!("{} is larger than {bound} bytes", path.display()),
        )),
        Ok(_) => Ok(bytes),
    }
}

const PASSWORD: &str = "CIMWIRE_PASSWORD";
/// The group's right to read, and that of all others.
#[cfg(unix)]
const READ_BY_OTHERS: u32 = 0o044;
const WAYS: &str = "put it into a file for --password-file, set CIMWIRE_PASSWORD, or run cimwire on a terminal to be asked";
/// Windows takes no password longer than 256 characters in its dialogues, and none longer than 32,767 at all.
const PASSWORD_BOUND: u64 = 128 * 1024;
/// The system's own bundle has about 200 KB.
const CA_BOUND: u64 = 4 << 20;
/// A chain of certificates, and a key.
const CERTIFICATE_BOUND: u64 = 1 << 20;
/// A password or a key fits in, so that reading it leaves no copies behind.
const INITIAL_SIZE: usize = 16 * 1024;

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
