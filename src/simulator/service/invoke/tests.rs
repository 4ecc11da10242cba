//! Methods of classes and of instances.

use super::super::testing::*;

#[test]
fn a_method_of_a_class() {
    let service = service();
    let process = format!("{CIMV2}/Win32_Process");
    let call = |method: &str, keys: &[(&str, &str)], parameters: &str| {
        let body =
            format!("<r:{method}_INPUT xmlns:r=\"{process}\">{parameters}</r:{method}_INPUT>");
        message(&format!("{process}/{method}"), &process, keys, &body)
    };
    let command = r#"<r:CommandLine>"C:\Program Files\a.exe" -x</r:CommandLine>"#;
    let output = service.answered(&call("Create", &[], command));
    // MS-WSMV 4.1.4: ProcessId, then ReturnValue.
    let id = output
        .split_once("<p:ProcessId>")
        .unwrap()
        .1
        .split_once('<')
        .unwrap()
        .0;
    assert!(
        output.contains(&format!(
            "<p:ProcessId>{id}</p:ProcessId><p:ReturnValue>0</p:ReturnValue>"
        )),
        "{output}"
    );
    let found = service.answered(&get(&process, &[("Handle", id)]));
    for part in [
        format!("<p:ProcessId>{id}</p:ProcessId>"),
        "<p:Name>a.exe</p:Name>".to_owned(),
        r"<p:ExecutablePath>C:\Program Files\a.exe</p:ExecutablePath>".to_owned(),
        "<p:Priority>8</p:Priority>".to_owned(),
    ] {
        assert!(found.contains(&part), "{part}: {found}");
    }
    // Of Win32_ProcessStartup: idle is 64, of which the base priority is 4.
    let startup = format!(
        "{command}<r:ProcessStartupInformation xmlns:q=\"{CIMV2}/Win32_ProcessStartup\" \
         xsi:type=\"q:Win32_ProcessStartup_Type\"><q:PriorityClass>64</q:PriorityClass></r:ProcessStartupInformation>"
    );
    let output = service.answered(&call("Create", &[], &startup));
    let idle = output
        .split_once("<p:ProcessId>")
        .unwrap()
        .1
        .split_once('<')
        .unwrap()
        .0;
    let found = service.answered(&get(&process, &[("Handle", idle)]));
    assert!(found.contains("<p:Priority>4</p:Priority>"), "{found}");
    let text = format!(
        "{command}<r:ProcessStartupInformation>&lt;INSTANCE/&gt;</r:ProcessStartupInformation>"
    );
    assert_eq!(
        service.refused(&call("Create", &[], &text)),
        ("SchemaValidationError".to_owned(), 0x8033_8041)
    );
    // Of Win32_Process.Create: 21 is an invalid parameter, 9 a path that is not found.
    let none = service.answered(&call("Create", &[], ""));
    assert!(
        none.contains("<p:ProcessId xsi:nil=\"true\"/><p:ReturnValue>21</p:ReturnValue>"),
        "{none}"
    );
    let lost = format!("{command}<r:CurrentDirectory>nowhere</r:CurrentDirectory>");
    assert!(
        service
            .answered(&call("Create", &[], &lost))
            .contains("<p:ReturnValue>9<")
    );
    let ended = service.answered(&call("Terminate", &[("Handle", id)], ""));
    assert!(ended.contains("<p:ReturnValue>0<"), "{ended}");
    assert_eq!(
        service.refused(&get(&process, &[("Handle", id)])).1,
        0x8033_8000
    );
    let delete = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
    service.answered(&message(delete, &process, &[("Handle", idle)], ""));
    assert_eq!(
        service.refused(&get(&process, &[("Handle", idle)])).1,
        0x8033_8000
    );
    let alone = service.ask(&call("Terminate", &[], "")).fault();
    assert_eq!(alone.provider_fault().unwrap().code(), Some(0x8004_102F));
}
