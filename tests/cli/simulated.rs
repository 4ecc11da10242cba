//! The ways into the host of `simulate`, and the files that it writes for them.

use std::path::Path;

use serde_json::Value;

use crate::program::Program;

#[cfg(unix)]
#[tokio::test]
async fn a_host_over_https_says_whom_to_trust() {
    let options = ["--https", "--basic", "--certificates", "--cbt", "strict"];
    let mut host = Program::new()
        .arguments(&["simulate", "--output", "json"])
        .spawn(&options);
    let ready = host.event().await;
    let url = at(&ready, "url");
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    for auth in ["negotiate", "basic"] {
        let client = || Program::at(&url, &at(&ready, "user"), &at(&ready, "password"));
        let trusting = client().arguments(&["--ca-file", &at(&ready, "ca_file")]);
        trusting.run(&["--auth", auth, "identify"]).await.expect(0);
        client().run(&["--auth", auth, "identify"]).await.expect(4);
    }
    let paths = ["ca_file", "client_cert", "client_key"].map(|name| at(&ready, name));
    let [authority, certificate, key] = paths.each_ref().map(String::as_str);
    let by_certificate = ["--host", &url, "--ca-file", authority];
    Program::new()
        .arguments(&by_certificate)
        .run(&[
            "--client-cert",
            certificate,
            "--client-key",
            key,
            "identify",
        ])
        .await
        .expect(0);
    for file in ["ca_file", "client_cert", "client_key"] {
        expect_private(Path::new(&at(&ready, file)));
    }
    host.signal("TERM").await;
    host.end().await.expect(0);
    let folder = at(&ready, "ca_file");
    assert!(!Path::new(&folder).parent().unwrap().exists(), "{folder}");
}

#[cfg(unix)]
fn expect_private(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let text = std::fs::read_to_string(file).expect("a file");
    assert!(text.starts_with("-----BEGIN "), "{text}");
    for (path, wanted) in [(file, 0o600), (file.parent().expect("a folder"), 0o700)] {
        let mode = path.metadata().expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode, wanted, "{}", path.display());
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_said() {
    Program::new()
        .run(&["simulate", "--cbt", "strict"])
        .await
        .expect_error(2, "--cbt is about logins over HTTPS", "--https");
    Program::new()
        .run(&["simulate", "--https", "--allow-unencrypted"])
        .await
        .expect(2);
}

fn at(ready: &Value, name: &str) -> String {
    ready[name].as_str().expect(name).to_owned()
}
