//! Kerberos against a KDC of MIT's, in a realm made for the purpose, and hosts that MIT's library logs clients in to.
//!
//! `cargo test --features kerberos --test interop -- --ignored` runs these too, once `setup.sh` has installed what is
//! needed.

mod client;
mod realm;

use client::Login;
use realm::{Realm, clock, scratch};
use tokio::net::TcpListener;

use crate::peers::Acceptor;
use crate::program::Program;
use crate::version_one::{fingerprint, version_one};

const KERBEROS: &str = "1.2.840.113554.1.2.2";

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn kerberos_seals_both_ways() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    for scheme in ["Kerberos", "Negotiate"] {
        for layout in ["winrm", "plain"] {
            let host = realm.host(&["--scheme", scheme, "--layout", layout]).await;
            let login = Login::new(&realm, &host.url).cache(&cache);
            let login = login.set("in_spnego", scheme == "Negotiate");
            login.set("times", 50).run().await.expect_success();

            let events = host.finish().await;
            let login = events.only("login");
            assert_eq!(login["peer"], "operator@EXAMPLE.TEST");
            assert_eq!(login["mechanism"], KERBEROS, "{scheme}");
            assert_eq!(login["can_seal"], true);
            assert_eq!(login["delegated"], false);
            assert_eq!(events.count("message"), 50, "{scheme} {layout}");
            assert_eq!(events.count("refused"), 0, "{scheme} {layout}");
        }
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn a_host_with_the_manners_of_omi_is_understood() {
    // It hangs up on a tab, is silent without Authorization, and fills plain texts up with zero bytes.
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    for scheme in ["Kerberos", "Negotiate"] {
        for layout in ["winrm", "plain"] {
            let options = ["--scheme", scheme, "--layout", layout, "--like-omi"];
            let host = realm.host(&options).await;
            let login = Login::new(&realm, &host.url).cache(&cache);
            let login = login.set("in_spnego", scheme == "Negotiate");
            login.set("times", 10).run().await.expect_success();

            let events = host.finish().await;
            assert_eq!(events.count("tabs"), 1, "{scheme} {layout}");
            assert_eq!(events.count("login"), 2, "{scheme} {layout}");
            assert_eq!(events.count("message"), 10, "{scheme} {layout}");
            assert_eq!(events.count("silence"), 0, "{scheme} {layout}");
        }
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn the_list_of_mechanisms_is_signed_when_the_host_asks_for_it() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    for layout in ["winrm", "plain"] {
        let host = realm.host(&["--sign-list", "--layout", layout]).await;
        let login = Login::new(&realm, &host.url)
            .cache(&cache)
            .set("in_spnego", true);
        login.set("times", 50).run().await.expect_success();
        let events = host.finish().await;
        assert_eq!((events.count("login"), events.count("message")), (1, 50));
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn tickets_come_from_a_cache_a_keytab_or_a_password() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let keytab = realm.file("user.keytab");
    let robot = "robot@EXAMPLE.TEST";
    let operator = "operator@EXAMPLE.TEST";
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let login = || Login::new(&realm, &host.url);
    let mut expected = Vec::new();
    for (login, peer) in [
        (login().cache(&cache), operator),
        (login().cache(&cache).set("ticket_of", operator), operator),
        (login().env("KRB5_CLIENT_KTNAME", &keytab), robot),
        (
            login()
                .env("KRB5_CLIENT_KTNAME", &keytab)
                .set("ticket_of", robot),
            robot,
        ),
        (login().set("user", "operator@EXAMPLE.TEST"), operator),
        (login().set("user", "operator@example.test"), operator),
        (login().set("user", r"EXAMPLE\operator"), operator),
        (login().set("user", r"example.test\operator"), operator),
        (login().set("user", "operator"), operator),
        // A user with a password logs in as that user, whatever tickets are in the cache.
        (
            login()
                .cache(&cache)
                .set("user", "someone")
                .set("password", "5omeone"),
            "someone@EXAMPLE.TEST",
        ),
    ] {
        login.run().await.expect_success();
        expected.push(peer);
    }
    assert_eq!(host.finish().await.texts("login", "peer"), expected);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn doctor_tells_of_tickets() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let config = realm.file("krb5.conf");
    let program = |cache: &str| {
        let program = Program::against(&host.url).by_ticket();
        let config = config.to_str().expect("a path in UTF-8");
        program.env("KRB5_CONFIG", config).env("KRB5CCNAME", cache)
    };
    let outcome = program(&cache).run(&["doctor"]).await;
    assert_eq!(
        outcome.of_step("schemes"),
        ["pass", "the host offers Kerberos"]
    );
    assert_eq!(outcome.of_step("login")[0], "pass");
    let ticket = "there is a ticket for HTTP/localhost";
    assert_eq!(outcome.of_step("spn"), ["pass", ticket]);
    assert_eq!(outcome.of_step("sealing")[0], "pass");

    let outcome = program("FILE:/nowhere").run(&["doctor"]).await;
    outcome.expect_code(3);
    let [result, seen] = outcome.of_step("login");
    assert_eq!(result, "fail");
    assert!(
        seen.contains("Kerberos has no ticket for the user"),
        "{seen}"
    );
    assert_eq!(outcome.of_step("spn")[0], "skipped");
    host.finish().await;
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn the_program_logs_in_with_a_ticket_or_a_password() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let config = realm.file("krb5.conf");
    let program = || {
        let program = Program::against(&host.url);
        program.env("KRB5_CONFIG", config.to_str().expect("a path in UTF-8"))
    };
    let ticket = || program().by_ticket().env("KRB5CCNAME", &cache);
    ticket().run(&["identify"]).await.expect_code(0);
    let named = ["--user", "operator@EXAMPLE.TEST", "identify"];
    ticket().run(&named).await.expect_code(0);
    let password = program().user("operator@EXAMPLE.TEST");
    let password = password.env("CIMWIRE_AUTH", "kerberos");
    password.run(&["identify"]).await.expect_code(0);
    let nobody = program().by_ticket().env("KRB5CCNAME", "FILE:/nowhere");
    let outcome = nobody.run(&["identify"]).await;
    outcome.expect_code(3);
    outcome.expect_said("Kerberos has no ticket for the user");

    let events = host.finish().await;
    assert_eq!(events.texts("login", "peer"), ["operator@EXAMPLE.TEST"; 3]);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn what_the_kdc_refuses_is_said() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let unreachable = realm.moved_to(1);
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let login = || Login::new(&realm, &host.url);
    for (login, said, hint) in [
        (login(), "Kerberos has no ticket for the user", "kinit"),
        (
            login().set("ticket_of", "other@EXAMPLE.TEST").cache(&cache),
            "Kerberos has no ticket for the user",
            "kinit",
        ),
        (
            login()
                .set("user", "operator@EXAMPLE.TEST")
                .set("password", "wr0ng-h0rse"),
            "Kerberos got no ticket with the password",
            "check the password",
        ),
        (
            login().set("user", "expired@EXAMPLE.TEST"),
            "Kerberos got no ticket with the password",
            "kpasswd",
        ),
        (
            login().set("user", "nobody@EXAMPLE.TEST"),
            "not found in Kerberos database",
            "check the user's name",
        ),
        (
            login().set("user", r"OTHER\operator"),
            "the domain of the user is not the default realm",
            "user@REALM",
        ),
        (
            login().set("user", "operator@OTHER.TEST"),
            "Cannot find KDC for realm \"OTHER.TEST\"",
            "krb5.conf",
        ),
        (
            login().set("service", "WSMAN").cache(&cache),
            "Server WSMAN/localhost@EXAMPLE.TEST not found in Kerberos database",
            "service principal name",
        ),
        (
            login()
                .set("user", "operator@EXAMPLE.TEST")
                .env("KRB5_CONFIG", &unreachable),
            "Cannot contact any KDC for realm 'EXAMPLE.TEST'",
            "port 88",
        ),
        (
            login().cache(&cache).env("KRB5_CONFIG", &unreachable),
            "Cannot contact any KDC for realm 'EXAMPLE.TEST'",
            "port 88",
        ),
    ] {
        login.run().await.expect_error(said, hint);
    }
    let events = host.finish().await;
    assert_eq!(
        events.count("login") + events.count("refused"),
        0,
        "nothing was shown to the host"
    );
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn what_the_host_refuses_is_said() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let stranger = realm.file("stranger.keytab");
    let stranger = [("KRB5_KTNAME", stranger.to_str().expect("a path in UTF-8"))];
    for scheme in ["Kerberos", "Negotiate"] {
        let login = |url: &str| {
            let login = Login::new(&realm, url).cache(&cache);
            login.set("in_spnego", scheme == "Negotiate")
        };
        // The ticket is for another service, or for the same one under other keys.
        let host = realm.host(&["--scheme", scheme]).await;
        let elsewhere = login(&host.url).set("principal", "HTTP/elsewhere");
        let tried = elsewhere.run().await;
        tried.expect_error("The ticket isn't for us", "setspn");
        host.stop().await;
        let host = realm.host_with(&["--scheme", scheme], &stranger).await;
        let tried = login(&host.url).run().await;
        tried.expect_error("Key version is not available", "setspn");
        host.stop().await;
        // The same, and it does not say why.
        let arguments = ["--scheme", scheme, "--no-reason"];
        let host = realm.host_with(&arguments, &stranger).await;
        let tried = login(&host.url).run().await;
        tried.expect_error("the host rejected the Kerberos ticket", "setspn");
        host.stop().await;
        // Its clock is off.
        let clock = clock("+10m");
        let clock: Vec<_> = clock
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let host = realm.host_with(&["--scheme", scheme], &clock).await;
        let skewed = login(&host.url).run().await;
        skewed.expect_error("Clock skew too great", "clocks");
        host.stop().await;
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn an_expired_ticket_is_no_ticket() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&["-l", "1h"]).await;
    let late = |mut login: Login| {
        for (name, value) in clock("+2h") {
            login = login.env(name, value);
        }
        login.cache(&cache)
    };
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let login = late(Login::new(&realm, &host.url));
    login.run().await.expect_error("expired", "kinit");
    host.finish().await;

    let host = Acceptor::start(&[]).await;
    let login = late(Login::new(&realm, &host.named()));
    let tried = login
        .set("auth", "negotiate")
        .set("user", r"EXAMPLE\operator")
        .run()
        .await;
    tried.expect_success();
    assert!(
        tried.log.contains("the ticket of the user has expired"),
        "{}",
        tried.log
    );
    assert_eq!(host.finish().await.count("login"), 1);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn negotiate_prefers_kerberos_where_there_is_a_ticket() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = realm.host(&["--scheme", "Negotiate"]).await;
    for (user, reason) in [
        (Some(r"EXAMPLE\operator"), "the user has a ticket"),
        (Some("operator@example.test"), "the user has a ticket"),
        (None, "there is no password for NTLM"),
    ] {
        let mut login = Login::new(&realm, &host.url)
            .cache(&cache)
            .set("auth", "negotiate");
        if let Some(user) = user {
            login = login.set("user", user).set("password", "irrelevant");
        }
        let tried = login.run().await;
        tried.expect_success();
        assert!(
            tried.log.contains(&format!("chose Kerberos: {reason}")),
            "{}",
            tried.log
        );
    }
    let events = host.finish().await;
    assert_eq!(events.texts("login", "peer"), ["operator@EXAMPLE.TEST"; 3]);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn negotiate_takes_ntlm_where_there_is_none() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = Acceptor::start(&[]).await;
    let none = format!("FILE:{}", realm.file("none").display());
    for (url, user, cache, reason) in [
        (
            &host.named(),
            r"EXAMPLE\operator",
            &none,
            "the user has no ticket",
        ),
        (
            &host.url,
            r"EXAMPLE\operator",
            &cache,
            "the host is named by its address",
        ),
    ] {
        let login = Login::new(&realm, url)
            .cache(cache)
            .set("auth", "negotiate");
        let tried = login.set("user", user).run().await;
        tried.expect_success();
        assert!(tried.log.contains("chose NTLM"), "{}", tried.log);
        assert!(tried.log.contains(reason), "{}", tried.log);
    }
    // Tickets of another user, and local users of the host, whom the acceptor does not know.
    for (user, reason) in [
        (r"EXAMPLE\someone", "the user has no ticket"),
        ("operator", "the user is named without a domain"),
        (r".\operator", "the user is named without a domain"),
    ] {
        let login = Login::new(&realm, &host.named())
            .cache(&cache)
            .set("auth", "negotiate");
        let tried = login.set("user", user).run().await;
        tried.expect_error("the host rejected the user name or the password", "");
        assert!(tried.log.contains("chose NTLM"), "{}", tried.log);
        assert!(tried.log.contains(reason), "{}", tried.log);
    }
    assert_eq!(host.finish().await.count("login"), 2);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn ntlm_takes_the_place_of_kerberos_only_when_asked_to() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = Acceptor::start(&[]).await;
    let login = || {
        let login = Login::new(&realm, &host.named())
            .cache(&cache)
            .set("auth", "negotiate");
        login
            .set("user", r"EXAMPLE\operator")
            .set("service", "WSMAN")
    };
    let unknown = "Server WSMAN/localhost@EXAMPLE.TEST not found in Kerberos database";
    login()
        .run()
        .await
        .expect_error(unknown, "service principal name");
    let tried = login().set("ntlm_after_kerberos", true).run().await;
    tried.expect_success();
    assert!(
        tried.log.contains("Kerberos has failed; trying NTLM"),
        "{}",
        tried.log
    );
    let events = host.finish().await;
    assert_eq!((events.count("login"), events.count("refused")), (1, 0));

    // What the host refuses stays refused.
    let stranger = realm.file("stranger.keytab");
    let stranger = [("KRB5_KTNAME", stranger.to_str().expect("a path in UTF-8"))];
    let host = realm.host_with(&["--scheme", "Negotiate"], &stranger).await;
    let login = Login::new(&realm, &host.url)
        .cache(&cache)
        .set("auth", "negotiate");
    let login = login
        .set("user", r"EXAMPLE\operator")
        .set("ntlm_after_kerberos", true);
    let tried = login.run().await;
    tried.expect_error("Key version is not available", "setspn");
    assert!(!tried.log.contains("trying NTLM"), "{}", tried.log);
    assert_eq!(host.stop().await.count("refused"), 1);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn tickets_are_delegated_when_asked_for() {
    let realm = Realm::start().await;
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let login = |cache: &str| {
        Login::new(&realm, &host.url)
            .cache(cache)
            .set("delegate", true)
    };
    login(&realm.ticket(&["-f"]).await)
        .run()
        .await
        .expect_success();
    let fixed = login(&realm.ticket(&["-F"]).await).run().await;
    fixed.expect_error("the ticket cannot be delegated", "kinit -f");
    let events = host.finish().await;
    assert_eq!(
        events
            .of("login")
            .map(|login| login["delegated"].clone())
            .collect::<Vec<_>>(),
        [true, false]
    );
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn logins_are_bound_to_the_tls_channel() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let (ours, authority) = certificate();
    let (other, _) = certificate();
    for scheme in ["Kerberos", "Negotiate"] {
        for (bound_to, accepted) in [(&ours, true), (&other, false)] {
            let host = realm
                .host(&[
                    "--scheme",
                    scheme,
                    "--certificate",
                    &ours,
                    "--bind-to",
                    bound_to,
                ])
                .await;
            let login = Login::new(&realm, &host.url)
                .cache(&cache)
                .set("authority", &*authority);
            let tried = login
                .set("in_spnego", scheme == "Negotiate")
                .set("times", 5)
                .run()
                .await;
            let events = host.stop().await;
            if accepted {
                tried.expect_success();
                assert_eq!(events.only("login")["bound"], true, "{scheme}");
                assert_eq!(events.count("message"), 5);
            } else {
                tried.expect_error("Kerberos does not take the host's answer", "");
                assert_eq!(events.count("login"), 0, "{scheme}");
            }
        }
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn a_login_over_tls_needs_no_answer_to_a_request_without_a_token() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let (v3, _) = certificate();
    // OMI makes a certificate of version 1 for itself.
    let v1 = version_one("rsa:2048");
    for scheme in ["Kerberos", "Negotiate"] {
        for pem in [&v3, &v1] {
            let tls = ["--certificate", pem, "--bind-to", pem];
            let arguments = [&["--scheme", scheme, "--silent"], &tls[..]].concat();
            let host = realm.host(&arguments).await;
            let login = Login::new(&realm, &host.url)
                .cache(&cache)
                .set("pinned", fingerprint(pem))
                .set("patience", 5000)
                .set("in_spnego", scheme == "Negotiate");
            login.set("times", 3).run().await.expect_success();
            let events = host.finish().await;
            assert_eq!(events.only("login")["bound"], true, "{scheme}");
            assert_eq!(events.count("message"), 3, "{scheme}");
            assert_eq!(events.count("silence"), 0, "{scheme}");
        }
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn a_host_that_is_unknown_as_http_is_tried_as_host() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    for scheme in ["Kerberos", "Negotiate"] {
        let host = realm.host(&["--scheme", scheme]).await;
        // The name has no address here, and need not: the host stands in for a proxy that passes messages on.
        let login = |name: &str| {
            Login::new(&realm, &format!("http://{name}"))
                .cache(&cache)
                .set("proxy", host.url.trim_start_matches("http://"))
                .set("in_spnego", scheme == "Negotiate")
        };
        let tried = login("hv02.example").run().await;
        tried.expect_success();
        assert!(
            tried.log.contains("host/hv02.example") && tried.log.contains("HTTP/hv02.example"),
            "the choice is logged: {}",
            tried.log
        );
        let named = login("hv02.example").set("service", "HTTP").run().await;
        named.expect_error("not found in Kerberos database", "service principal name");
        assert!(!named.log.contains("host/hv02.example"), "{}", named.log);
        let named = login("hv02.example").set("service", "host").run().await;
        named.expect_success();
        let neither = login("hv03.example").run().await;
        neither.expect_error(
            "not found in Kerberos database (asked for HTTP/hv03.example and host/hv03.example)",
            "service principal name",
        );
        assert_eq!(host.finish().await.count("login"), 2, "{scheme}");
    }
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn the_program_asks_for_no_user_and_no_password_where_there_is_a_ticket() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = realm.host(&["--scheme", "Negotiate"]).await;
    let config = realm.file("krb5.conf");
    let program = |scheme: &str, cache: &str| {
        let config = config.to_str().expect("a path in UTF-8");
        Program::against(&host.url)
            .by_ticket()
            .env("CIMWIRE_AUTH", scheme)
            .env("KRB5_CONFIG", config)
            .env("KRB5_CLIENT_KTNAME", "FILE:/nowhere")
            .env("KRB5CCNAME", cache)
    };
    for scheme in ["", "negotiate", "spnego"] {
        program(scheme, &cache)
            .run(&["identify"])
            .await
            .expect_code(0);
        for user in ["operator@EXAMPLE.TEST", r"EXAMPLE\operator"] {
            let options = ["--user", user, "identify"];
            program(scheme, &cache).run(&options).await.expect_code(0);
        }
        let outcome = program(scheme, "FILE:/nowhere").run(&["identify"]).await;
        outcome.expect_code(2);
        outcome.expect_said("no user is named");
        // A ticket of another user, and a user who may be the host's own.
        for user in ["someone@EXAMPLE.TEST", "operator"] {
            let options = ["--user", user, "identify"];
            let outcome = program(scheme, &cache).run(&options).await;
            outcome.expect_code(2);
            outcome.expect_said("no password is given");
        }
    }
    let outcome = program("negotiate", &cache).run(&["doctor"]).await;
    assert_eq!(outcome.of_step("login")[0], "pass");
    let logins = host.finish().await;
    let expected = ["operator@EXAMPLE.TEST"; 10];
    assert_eq!(logins.texts("login", "peer"), expected);
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn answers_that_are_not_sealed_well_are_refused() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    for layout in ["winrm", "plain"] {
        let host = realm
            .host(&["--scheme", "Kerberos", "--break-seal", "--layout", layout])
            .await;
        let tried = Login::new(&realm, &host.url).cache(&cache).run().await;
        tried.expect_error("the seal of the answer is broken", "");
        assert_eq!(host.finish().await.count("message"), 1);
    }
    let host = realm.host(&["--scheme", "Kerberos", "--only-sign"]).await;
    let tried = Login::new(&realm, &host.url).cache(&cache).run().await;
    tried.expect_error("the seal of the answer is broken", "");
    host.finish().await;
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn a_sealed_answer_that_comes_twice_is_told_so() {
    let realm = Realm::start().await;
    let cache = realm.ticket(&[]).await;
    let host = realm.host(&["--scheme", "Kerberos", "--repeat"]).await;
    let login = Login::new(&realm, &host.url).cache(&cache).set("times", 2);
    let tried = login.run().await;
    tried.expect_error("Kerberos cannot unseal a message: it came twice", "");
    host.finish().await;
}

#[tokio::test]
#[ignore = "needs a KDC: tests/interop/setup.sh"]
async fn a_kdc_that_does_not_answer_delays_no_other_login() {
    let realm = Realm::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("it is bound").port();
    let config = realm.moved_to(port);
    let host = realm.host(&["--scheme", "Kerberos"]).await;
    let login = Login::new(&realm, &host.url).env("KRB5_CONFIG", config);
    let login = login
        .set("user", "operator@EXAMPLE.TEST")
        .set("patience", 500);
    // The one thread of the client's runtime is not the one that waits, else the time would not run out.
    let tried = tokio::spawn(login.run());
    let (asked, _) = silent.accept().await.expect("the KDC is asked");
    let tried = tried.await.expect("it does not panic");
    drop((asked, silent));
    tried.expect_error("was not over after 500ms", "");
    host.finish().await;
}

/// A self-signed certificate for localhost: a file with it and its key, and its text.
fn certificate() -> (String, String) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let path = scratch("certificate");
    let pem = cert.pem();
    std::fs::write(&path, signing_key.serialize_pem() + &pem).expect("it can be written");
    (path.to_str().expect("a path in UTF-8").to_owned(), pem)
}
