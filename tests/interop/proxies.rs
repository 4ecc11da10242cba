//! Through squid and tinyproxy, in the ways that each can serve, to `acceptor.py`.

use crate::bindings::certificate;
use crate::peers::{Acceptor, Events};
use crate::program::{Outcome, Program};
use crate::servers::{PROXY_PASSWORD, Pinning, Server, Users};

const QUERY: [&str; 2] = ["query", "SELECT * FROM Msvm_ComputerSystem"];

/// Runs a command through a proxy, and looks for the proxy's password in all that it prints.
async fn run(host: &str, proxy: &str, arguments: &[&str]) -> Outcome {
    let program = Program::against(host).env("CIMWIRE_PROXY", proxy);
    let outcome = program.run(arguments).await;
    outcome.expect_hidden(PROXY_PASSWORD);
    outcome
}

/// The address of a proxy, as one of its users has it.
fn address(proxy: &Server, users: Users) -> String {
    match users {
        Users::All => proxy.address(),
        Users::One => proxy.address_with_login(),
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn sealed_messages_go_through_squid() {
    for users in [Users::All, Users::One] {
        let squid = Server::squid(users, Pinning::On).await;
        let acceptor = Acceptor::start(&[]).await;
        let replica = ["replica", "start", "web01"];
        let outcome = run(&acceptor.url, &address(&squid, users), &replica).await;
        outcome.expect_code(0);
        let events = acceptor.finish().await;
        assert_eq!(events.count("login"), 1, "{events:?}");
        assert_eq!(events.only("invoke")["return_value"], 4096);
        assert_eq!(events.connections_with_messages(), 1, "{events:?}");
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_squid_that_does_not_keep_connections_is_said_so() {
    let squid = Server::squid(Users::All, Pinning::Off).await;
    let acceptor = Acceptor::start(&[]).await;
    let outcome = run(&acceptor.url, &squid.address(), &["identify"]).await;
    outcome.expect_code(3);
    outcome.expect_said("took the host's offer to log in out of its answer (HTTP 401)");
    outcome.expect_said("https://");
    assert_eq!(acceptor.finish().await.count("login"), 0);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_proxy_that_closes_connections_is_said_so() {
    for users in [Users::All, Users::One] {
        let tinyproxy = Server::tinyproxy(users).await;
        let acceptor = Acceptor::start(&[]).await;
        let outcome = run(&acceptor.url, &address(&tinyproxy, users), &["identify"]).await;
        outcome.expect_code(4);
        outcome.expect_said("does not keep the connection that the login at");
        outcome.expect_said("https://");
        let events = acceptor.finish().await;
        assert_eq!(
            events.count("login") + events.count("message"),
            0,
            "{events:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_proxy_that_wants_a_login_is_not_taken_for_the_host() {
    for (proxy, is_tinyproxy) in [
        (Server::squid(Users::One, Pinning::On).await, false),
        (Server::tinyproxy(Users::One).await, true),
    ] {
        let secure = SecureHost::start().await;
        let acceptor = Acceptor::start(&[]).await;
        let wrong = format!("http://aladdin:wr0ng@{}", proxy.address());
        for host in [&acceptor.url, &secure.acceptor.url] {
            let outcome = run(host, &proxy.address(), &["identify"]).await;
            outcome.expect_code(4);
            outcome.expect_said("asks for a login (HTTP 407)");
            let outcome = run(host, &wrong, &["identify"]).await;
            outcome.expect_code(4);
            outcome.expect_said(if is_tinyproxy && host.starts_with("https") {
                // It answers 401 to a wrong login, as a host would, and what came in place of a tunnel is not looked at.
                "opened no tunnel to"
            } else {
                "rejected its user name or password (HTTP 40"
            });
            outcome.expect_said("in the proxy's address");
        }
        assert_eq!(acceptor.finish().await.count("login"), 0);
        assert_eq!(secure.finish().await.count("login"), 0);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_host_that_a_proxy_cannot_reach_is_said_so() {
    for proxy in [
        Server::squid(Users::All, Pinning::On).await,
        Server::tinyproxy(Users::All).await,
    ] {
        let outcome = run("http://127.0.0.1:1", &proxy.address(), &["identify"]).await;
        outcome.expect_code(4);
        outcome.expect_said("could not reach 127.0.0.1:1 (HTTP 5");
        let outcome = run("https://127.0.0.1:1", &proxy.address(), &["identify"]).await;
        outcome.expect_code(4);
        outcome.expect_said("opened no tunnel to 127.0.0.1:1");
    }
}

/// A host with TLS that takes no login but one that is bound to its certificate.
struct SecureHost {
    acceptor: Acceptor,
    /// The certificate and its key, and the certificate alone.
    files: [String; 2],
}

impl SecureHost {
    async fn start() -> Self {
        let files = certificate();
        Self::bound_to(files.clone(), &files[0]).await
    }

    async fn bound_to(files: [String; 2], bound: &str) -> Self {
        let options = ["--certificate", &files[0], "--bind-to", bound];
        Self {
            acceptor: Acceptor::start(&options).await,
            files,
        }
    }

    async fn run(&self, proxy: &str, arguments: &[&str]) -> Outcome {
        let options = [&["--ca-file", &self.files[1]], arguments].concat();
        run(&self.acceptor.url, proxy, &options).await
    }

    async fn finish(self) -> Events {
        self.acceptor.finish().await
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_tunnel_carries_a_login_that_is_bound_to_the_channel() {
    for users in [Users::All, Users::One] {
        for proxy in [
            Server::squid(users, Pinning::On).await,
            Server::tinyproxy(users).await,
        ] {
            let host = SecureHost::start().await;
            host.run(&address(&proxy, users), &QUERY)
                .await
                .expect_code(0);
            let events = host.finish().await;
            assert_eq!(events.count("login"), 1, "{events:?}");
            assert!(events.count("message") >= 1, "{events:?}");
        }
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_login_that_is_bound_to_another_channel_is_refused() {
    // As when an attacker in between, whose certificate the client trusts, relays the login to the host.
    let squid = Server::squid(Users::All, Pinning::On).await;
    let (between, behind) = (certificate(), certificate());
    let host = SecureHost::bound_to(between, &behind[0]).await;
    let outcome = host.run(&squid.address(), &["identify"]).await;
    outcome.expect_code(3);
    outcome.expect_said("rejected the user name or the password");
    assert_eq!(host.finish().await.count("login"), 0);
}
