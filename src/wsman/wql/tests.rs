use super::*;
use crate::cim::{DateTime, Reference};

fn condition(add: impl FnOnce(Wql) -> Wql) -> String {
    let query = add(Wql::select("C")).into_text().unwrap();
    query
        .strip_prefix("SELECT * FROM C WHERE ")
        .unwrap()
        .to_owned()
}

#[test]
fn values_are_quoted() {
    let query = Wql::select("C").equals("A", "' OR ''='").equals("B", "x");
    assert_eq!(
        query.to_string(),
        r"SELECT * FROM C WHERE A = '\' OR \'\'=\'' AND B = 'x'"
    );
    let query = Wql::select_properties("C", ["A", "B"])
        .any_of("K", ["1", "2"])
        .equals("L", "3");
    assert_eq!(
        query.to_string(),
        "SELECT A, B FROM C WHERE (K = '1' OR K = '2') AND L = '3'"
    );
}

#[test]
fn values_have_types() {
    assert_eq!(
        condition(|c| c.equals("A", u64::MAX)),
        "A = 18446744073709551615"
    );
    assert_eq!(condition(|c| c.equals("A", -5)), "A = -5");
    assert_eq!(condition(|c| c.equals("A", true)), "A = TRUE");
    assert_eq!(condition(|c| c.not_equals("A", false)), "A <> FALSE");
    let time: DateTime = "20260302091407.482913+000".parse().unwrap();
    assert_eq!(
        condition(|c| c.at_least("A", time)),
        "A >= '20260302091407.482913+000'"
    );
    // The object path contains its own escapes, which are escaped again.
    let disk = Reference::new("", "D").with_key("Id", r"a\b");
    assert_eq!(condition(|c| c.equals("A", disk)), r#"A = 'D.Id="a\\\\b"'"#);
    assert_eq!(condition(|c| c.any_of("A", [1, 2])), "(A = 1 OR A = 2)");
}

#[test]
fn comparisons() {
    assert_eq!(condition(|c| c.less_than("A", 1)), "A < 1");
    assert_eq!(condition(|c| c.at_most("A", 1)), "A <= 1");
    assert_eq!(condition(|c| c.greater_than("A", 1)), "A > 1");
    assert_eq!(condition(|c| c.at_least("A", 1)), "A >= 1");
    assert_eq!(condition(|c| c.is_null("A")), "A IS NULL");
    assert_eq!(condition(|c| c.is_not_null("A")), "A IS NOT NULL");
    assert_eq!(condition(|c| c.isa("T", "Win32_X")), "T ISA 'Win32_X'");
}

#[test]
fn patterns_are_escaped_where_text_is_meant() {
    assert_eq!(
        condition(|c| c.like("A", "a%[b-c]_'")),
        r"A LIKE 'a%[b-c]_\''"
    );
    assert_eq!(
        condition(|c| c.starts_with("A", "50%_")),
        "A LIKE '50[%][_]%'"
    );
    assert_eq!(condition(|c| c.ends_with("A", "[x]^")), "A LIKE '%[[]x]^'");
    assert_eq!(
        condition(|c| c.contains("A", r"C:\'")),
        r"A LIKE '%C:\\\'%'"
    );
}

#[test]
fn names_are_checked() {
    for query in [
        Wql::select("C WHERE 1=1"),
        Wql::select_properties("C", ["A, B"]),
        Wql::select("C").equals("A = 1 OR B", "x"),
        Wql::select("C").any_of("A", [""; 0]),
        Wql::select("C").is_null("A..B"),
        Wql::select("C").like("A B", "x"),
        Wql::select("C").isa("T", "X' OR 'a'='a"),
    ] {
        assert!(query.into_text().is_err());
    }
    assert!(Wql::raw("anything at all").into_text().is_ok());
    assert!(Wql::select("__Event").equals("A.B", 1).into_text().is_ok());
}

#[test]
fn parts_of_seconds() {
    let query = Wql::select("E").within(Duration::from_millis(500));
    assert_eq!(query.to_string(), "SELECT * FROM E WITHIN 0.5");
}
