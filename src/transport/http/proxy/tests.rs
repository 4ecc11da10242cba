use super::*;
use crate::transport::ErrorKind;

fn endpoint(text: &str) -> Endpoint {
    Endpoint::parse(text).unwrap()
}

/// Returns the name of the proxy, and the login that is sent to it.
fn route(proxy: &Proxy, host: &str, environment: &[(&str, &str)]) -> Option<(String, String)> {
    let find = |name: &str| {
        let found = environment.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let route = proxy.route_in(&endpoint(host), find).unwrap()?;
    let login = route.login.map(|login| {
        assert!(login.is_sensitive());
        login.to_str().unwrap().to_owned()
    });
    Some((route.name, login.unwrap_or_default()))
}

fn some(name: &str, login: &str) -> Option<(String, String)> {
    Some((name.to_owned(), login.to_owned()))
}

#[test]
fn addresses_and_logins() {
    // RFC 7617's own example: Aladdin, open sesame.
    let aladdin = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    for (address, name, login) in [
        ("proxy.example:3128", "proxy.example:3128", ""),
        (" http://proxy.example/ ", "proxy.example:80", ""),
        ("HTTP://[::1]:8080", "[::1]:8080", ""),
        (
            "Aladdin:open%20sesame@proxy.example:1",
            "proxy.example:1",
            aladdin,
        ),
    ] {
        let proxy = Proxy::new(address).unwrap();
        assert_eq!(route(&proxy, "hv01", &[]), some(name, login), "{address}");
        assert_eq!(route(&proxy, "https://hv01", &[]), some(name, login));
    }
    let proxy = Proxy::new("proxy.example:1")
        .unwrap()
        .login("Aladdin", "open sesame");
    assert_eq!(route(&proxy, "hv01", &[]), some("proxy.example:1", aladdin));
    // `printf 'a:@:/%%' | base64`
    let proxy = Proxy::new("proxy.example:1").unwrap().login("a", "@:/%");
    assert_eq!(
        route(&proxy, "hv01", &[]),
        some("proxy.example:1", "Basic YTpAOi8l")
    );
}

#[test]
fn what_is_no_address_is_refused_without_repeating_it() {
    for address in [
        "",
        "https://u:hunter2@proxy.example",
        "socks5://u:hunter2@proxy.example",
        "http://u:hunter2@",
        "http://u:hunter2@proxy.example/path",
        "http://u:hunter2@proxy.example:99999",
        "http://u:hunter2@proxy\n.example",
    ] {
        let error = Proxy::new(address).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{address}");
        assert!(error.hint().is_some());
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert!(!format!("{error} {error:?} {cause:?}").contains("hunter2"));
    }
}

#[test]
fn hosts_of_the_list_are_reached_directly() {
    let proxy = Proxy::new("proxy.example:1").unwrap();
    let proxy = proxy.no_proxy("localhost, inside.example, 10.0.0.0/8, fe80::1");
    for direct in [
        "localhost",
        "https://hv01.inside.example",
        "HV01.Inside.Example",
        "10.1.2.3",
        "https://[fe80::1]",
    ] {
        assert_eq!(route(&proxy, direct, &[]), None, "{direct}");
    }
    for through in ["hv01.example", "hv01.notinside.example", "11.1.2.3"] {
        assert!(route(&proxy, through, &[]).is_some(), "{through}");
    }
    assert_eq!(route(&proxy.no_proxy("*"), "hv01", &[]), None);
}

#[test]
fn the_environment_names_proxies() {
    let proxy = Proxy::from_environment();
    let environment = [
        ("HTTPS_PROXY", "secure:1"),
        ("http_proxy", "http://plain:2"),
        ("HTTP_PROXY", "shadowed:3"),
        ("NO_PROXY", "inside.example"),
    ];
    assert_eq!(
        route(&proxy, "https://hv01", &environment),
        some("secure:1", "")
    );
    assert_eq!(route(&proxy, "hv01", &environment), some("plain:2", ""));
    assert_eq!(route(&proxy, "hv01.inside.example", &environment), None);
    let overruled = proxy.clone().no_proxy("elsewhere.example");
    assert!(route(&overruled, "hv01.inside.example", &environment).is_some());

    assert_eq!(route(&proxy, "hv01", &[]), None);
    assert_eq!(route(&proxy, "hv01", &[("HTTP_PROXY", " ")]), None);
    let all = [("ALL_PROXY", "both:4")];
    assert_eq!(route(&proxy, "hv01", &all), some("both:4", ""));
    assert_eq!(route(&proxy, "https://hv01", &all), some("both:4", ""));
    // CVE-2016-5385 and related ones: the header `Proxy` of a request becomes this variable.
    let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil:5")];
    assert_eq!(route(&proxy, "hv01", &cgi), None);
}

#[test]
fn an_environment_that_makes_no_sense_is_an_error() {
    let nonsense = |_: &str| Some("socks5://u:hunter2@proxy".to_owned());
    let error = Proxy::from_environment().route_in(&endpoint("https://hv01"), nonsense);
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the environment names a proxy that cannot be used"
    );
    assert!(!format!("{error:?}").contains("hunter2"));
}

#[test]
fn debug_shows_no_password() {
    let proxy = Proxy::new("http://u:hunter2@proxy.example:1").unwrap();
    let route = proxy.route(&endpoint("hv01")).unwrap();
    let shown = format!("{proxy:?} {route:?}");
    assert!(
        shown.contains("proxy.example:1") && !shown.contains("hunter2"),
        "{shown}"
    );
}
