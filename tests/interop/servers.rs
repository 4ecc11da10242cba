//! squid, tinyproxy and nginx of Debian, each with a configuration of its own, on a loopback port, until dropped.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::program::DEADLINE;

/// A running server, which ends when this is dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) port: u16,
    directory: PathBuf,
    _child: Child,
}

/// Who may use a proxy.
#[derive(Clone, Copy)]
pub(crate) enum Users {
    /// Any client.
    All,
    /// [`PROXY_USER`] with [`PROXY_PASSWORD`].
    One,
}

/// Whether squid keeps a client's connection and its own to the host together.
#[derive(Clone, Copy)]
pub(crate) enum Pinning {
    /// As it does by itself.
    On,
    /// It takes the offers of such logins out.
    Off,
}

/// squid knows users in small letters only.
pub(crate) const PROXY_USER: &str = "aladdin";
pub(crate) const PROXY_PASSWORD: &str = "0pen-sesame";

impl Server {
    pub(crate) async fn squid(users: Users, pinning: Pinning) -> Self {
        Self::start("/usr/sbin/squid", |directory, port| {
            // `openssl passwd -1 -salt cimwire 0pen-sesame`
            let file = directory.join("users");
            write(&file, &format!("{PROXY_USER}:{PROXY_HASH}\n"));
            let off = match pinning {
                Pinning::On => "",
                Pinning::Off => " connection-auth=off",
            };
            let access = match users {
                Users::All => "http_access allow all".to_owned(),
                Users::One => format!(
                    "auth_param basic program /usr/lib/squid/basic_ncsa_auth {}\n\
                     acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all",
                    file.display()
                ),
            };
            let config = directory.join("squid.conf");
            write(
                &config,
                &format!(
                    "http_port 127.0.0.1:{port}{off}\n{access}\ncache deny all\naccess_log none\n\
                     cache_log /dev/null\npid_filename none\ncoredump_dir none\npinger_enable off\n\
                     shutdown_lifetime 0 seconds\nvisible_hostname proxy.example\n"
                ),
            );
            ["-N".into(), "-f".into(), config.into_os_string()]
        })
        .await
    }

    pub(crate) async fn tinyproxy(users: Users) -> Self {
        Self::start("/usr/bin/tinyproxy", |directory, port| {
            let mut text = format!("Port {port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\n");
            if matches!(users, Users::One) {
                let _ = writeln!(text, "BasicAuth {PROXY_USER} {PROXY_PASSWORD}");
            }
            let config = directory.join("tinyproxy.conf");
            write(&config, &text);
            ["-d".into(), "-c".into(), config.into_os_string()]
        })
        .await
    }

    /// TLS in front of a host, for clients with a certificate of an authority. The files are in PEM.
    pub(crate) async fn nginx(backend: &str, certificate: &str, authority: &str) -> Self {
        Self::nginx_with(backend, certificate, authority, "TLSv1.2 TLSv1.3").await
    }

    /// The same with these versions of TLS alone.
    pub(crate) async fn nginx_with(
        backend: &str,
        certificate: &str,
        authority: &str,
        versions: &str,
    ) -> Self {
        Self::start("/usr/sbin/nginx", |directory, port| {
            let file = |name: &str, text: &str| {
                let path = directory.join(name);
                write(&path, text);
                path.display().to_string()
            };
            let certificate = file("host.pem", certificate);
            let authority = file("authority.pem", authority);
            let folder = directory.display();
            let config = file(
                "nginx.conf",
                &format!(
                    "daemon off; master_process off; pid {folder}/pid; error_log stderr;\nevents {{ }}\nhttp {{\n\
                     access_log off;\n\
                     client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;\n\
                     uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n\
                     server {{\nlisten 127.0.0.1:{port} ssl;\n\
                     ssl_certificate {certificate};\nssl_certificate_key {certificate};\n\
                     ssl_protocols {versions};\nssl_client_certificate {authority};\nssl_verify_client on;\n\
                     location / {{\nproxy_pass {backend};\nproxy_set_header X-Client-Verify $ssl_client_verify;\n\
                     proxy_set_header X-Client-Subject $ssl_client_s_dn;\n}}\n}}\n}}\n"
                ),
            );
            ["-e".into(), "stderr".into(), "-c".into()]
                .into_iter()
                .chain([config.into()])
                .collect::<Vec<_>>()
        })
        .await
    }

    /// The address of a proxy.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The address of a proxy, with the user and the password that it knows.
    pub(crate) fn address_with_login(&self) -> String {
        format!("http://{PROXY_USER}:{PROXY_PASSWORD}@{}", self.address())
    }

    async fn start<A>(program: &str, arguments: impl FnOnce(&Path, u16) -> A) -> Self
    where
        A: IntoIterator<Item = std::ffi::OsString>,
    {
        let directory = directory();
        let port = free_port();
        let log = std::fs::File::create(directory.join("log")).expect("a log");
        let mut child = Command::new(program)
            .args(arguments(&directory, port))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("run tests/interop/setup.sh first");
        let listens = async {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .is_err()
            {
                let ended = child.try_wait().expect("it can be asked");
                let said = || std::fs::read_to_string(directory.join("log")).unwrap_or_default();
                assert!(ended.is_none(), "{program} ended:\n{}", said());
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(DEADLINE, listens).await.expect("ready in time");
        Self {
            port,
            directory,
            _child: child,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// A directory that the user of a server that gives up being root can read, too.
fn directory() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("cimwire-interop-{}-{number}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    std::fs::create_dir(&directory).expect("it can be made");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&directory, open).expect("it can be opened");
    directory
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("it can be written");
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(path, readable).expect("it can be opened");
}

/// A port that was free a moment ago: none of these servers can say which one it was given.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

const PROXY_HASH: &str = "$1$cimwire$7YuDqixJXlpSkvVVfvUtP1";
