//! The instances that queries select, on an instance made for it.

use super::query::InvalidQuery;
use super::*;
use crate::cim::{ClassPath, Instance, Value};
use crate::simulator::providers::class;

fn machine() -> Instance {
    Instance::new(ClassPath::new(
        "root/virtualization/v2",
        "Msvm_ComputerSystem",
    ))
    .with("Caption", Value::Null)
    .with("ElementName", "Fünf & <db> 'a\\b' \"c\"")
    .with("EnabledState", 2u16)
    .with(
        "LastReplicationTime",
        "2030-01-15T21:00:00Z"
            .parse::<crate::cim::DateTime>()
            .unwrap(),
    )
    .with("OnTimeInMilliseconds", u64::MAX)
    .with("OperationalStatus", vec![2u16])
    .with("Roles", Vec::<String>::new())
}

fn selects(condition: &str) -> bool {
    let query = format!("SELECT * FROM Msvm_ComputerSystem WHERE {condition}");
    let query = Query::parse(&query, "SIM").unwrap_or_else(|_| panic!("{condition}"));
    let class = class("root/virtualization/v2", &query.class).unwrap();
    query.check(class).unwrap_or_else(|_| panic!("{condition}"));
    query.selects(&machine())
}

#[test]
fn conditions_that_hold() {
    for condition in [
        "EnabledState = 2",
        "enabledstate=2",
        "2 = EnabledState",
        "1 < EnabledState",
        "EnabledState = '2'",
        "EnabledState <> 3",
        "EnabledState != 3",
        "EnabledState >= 2 AND EnabledState <= 2 and EnabledState > 1 AND EnabledState < 3",
        "EnabledState = 9 OR EnabledState = 2",
        "NOT EnabledState = 9",
        "NOT (EnabledState = 9 OR EnabledState = 8)",
        "EnabledState = 9 AND EnabledState = 9 OR EnabledState = 2",
        "OnTimeInMilliseconds = 18446744073709551615",
        "EnabledState < 2.5",
        r#"ElementName = 'fünf & <db> \'a\\b\' "c"'"#,
        r#"ElementName = "FÜNF & <DB> 'a\\b' \"c\"""#,
        "ElementName LIKE 'F%<d_>%'",
        "ElementName LIKE '%'",
        "ElementName LIKE '[e-g]ünf%'",
        "ElementName LIKE '[^a-e]ünf%'",
        "NOT ElementName LIKE 'x%'",
        "ElementName NOT LIKE 'x%'",
        "Caption IS NULL",
        "Caption = NULL",
        "Roles IS NULL",
        "ElementName IS NOT NULL",
        "ElementName <> NULL",
        "LastReplicationTime = '20300115230000.000000+120'",
        "LastReplicationTime > '2029-01-01T00:00:00Z'",
    ] {
        assert!(selects(condition), "{condition}");
    }
}

#[test]
fn conditions_that_do_not() {
    for condition in [
        "EnabledState = 3",
        "NOT EnabledState = 2",
        "OnTimeInMilliseconds = 18446744073709551614",
        "ElementName = 'fünf'",
        "ElementName LIKE 'fünf'",
        "ElementName LIKE '_'",
        "ElementName LIKE ''",
        "EnabledState = 9 OR EnabledState = 2 AND EnabledState = 9",
        "(EnabledState = 2 OR EnabledState = 9) AND EnabledState = 9",
        "Roles IS NOT NULL",
        // What is compared with null is neither equal nor unequal.
        "Caption = 'x'",
        "Caption <> 'x'",
        "NOT Caption = 'x'",
    ] {
        assert!(!selects(condition), "{condition}");
    }
}

#[test]
fn what_is_no_query() {
    for text in [
        "",
        "SELECT",
        "SELECT *",
        "SELECT * FROM",
        "SELECT * FROM C WHERE",
        "SELECT FROM C",
        "SELECT a b FROM C",
        "SELECT a, FROM C",
        "SELECT * FROM C D",
        "SELECT * FROM C WHERE A",
        "SELECT * FROM C WHERE A =",
        "SELECT * FROM C WHERE A = B",
        "SELECT * FROM C WHERE A = 'x",
        "SELECT * FROM C WHERE A = 'x\\",
        "SELECT * FROM C WHERE (A = 1",
        "SELECT * FROM C WHERE A = 1)",
        "SELECT * FROM C WHERE A = 1 AND",
        "SELECT * FROM C WHERE A == 1",
        "SELECT * FROM C WHERE A ! 1",
        "SELECT * FROM C WHERE A < NULL",
        "SELECT * FROM C WHERE A LIKE B",
        "SELECT * FROM C WHERE A LIKE '[a'",
        "SELECT * FROM C WHERE A IS 5",
        "SELECT * FROM C WHERE A = 1.2.3",
        "SELECT * FROM 9C",
        "SELECT * FROM C; DROP",
        "ASSOCIATORS OF {C.A=1}",
    ] {
        assert_eq!(Query::parse(text, "SIM"), Err(InvalidQuery), "{text}");
    }
}

#[test]
fn what_does_not_fit_the_class() {
    let class = class("root/virtualization/v2", "Msvm_ComputerSystem").unwrap();
    for text in [
        "SELECT Nothing FROM Msvm_ComputerSystem",
        "SELECT * FROM Msvm_ComputerSystem WHERE Nothing = 1",
        "SELECT * FROM Msvm_ComputerSystem WHERE EnabledState = 'on'",
        "SELECT * FROM Msvm_ComputerSystem WHERE EnabledState LIKE '2'",
        "SELECT * FROM Msvm_ComputerSystem WHERE OperationalStatus = 2",
        "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 5",
        "SELECT * FROM Msvm_ComputerSystem WHERE LastReplicationTime > 'yesterday'",
    ] {
        let query = Query::parse(text, "SIM").unwrap();
        assert_eq!(query.check(class), Err(InvalidQuery), "{text}");
    }
}

#[test]
fn projections() {
    let query = Query::parse("select enabledstate , CAPTION from C", "SIM").unwrap();
    let projected = query.project(machine());
    assert_eq!(projected.class(), None);
    let names: Vec<_> = projected
        .properties()
        .iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["Caption", "EnabledState"]);
}

#[test]
fn queries_are_bounded() {
    let deep = format!(
        "SELECT * FROM C WHERE {}A = 1{}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    assert_eq!(Query::parse(&deep, "SIM"), Err(InvalidQuery));
    let negated = format!("SELECT * FROM C WHERE {}A = 1", "NOT ".repeat(100_000));
    assert_eq!(Query::parse(&negated, "SIM"), Err(InvalidQuery));
    let long = format!("SELECT * FROM C WHERE A = 1{}", " OR A = 1".repeat(1_000));
    assert_eq!(Query::parse(&long, "SIM"), Err(InvalidQuery));
    let wide = format!("SELECT A{} FROM C", ", A".repeat(1_000));
    assert_eq!(Query::parse(&wide, "SIM"), Err(InvalidQuery));
    let greedy = "%a".repeat(1_000);
    let query = format!("SELECT * FROM C WHERE ElementName LIKE '{greedy}b'");
    let many = machine().with("ElementName", "a".repeat(20_000));
    assert!(!Query::parse(&query, "SIM").unwrap().selects(&many));
}
