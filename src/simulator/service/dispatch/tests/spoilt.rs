//! Messages that are cut or spoilt are answered too.

use super::*;

#[test]
fn any_prefix_of_any_message_is_answered() {
    let service = service();
    let messages = [
        get_web01(),
        start(&start_web01()),
        query(
            "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'x'",
            "<w:OptimizeEnumeration/>",
        ),
        query(
            "ASSOCIATORS OF {Msvm_ComputerSystem.Name='x'} WHERE Role=y",
            "",
        ),
        create_variable(),
        create_variable().replace("transfer/Create", "transfer/Put"),
    ];
    for message in messages {
        for length in (0..message.len()).step_by(11) {
            // Cut in the middle, and with the middle left out.
            service.ask(&message[..length]).fault();
            service.ask(&format!("{}{}", &message[..length / 2], &message[length..]));
        }
    }
}

#[test]
fn spoilt_messages_are_answered() {
    let service = service();
    for good in [start(&start_web01()), create_variable()] {
        spoil(&service, &good);
    }
}

fn spoil(service: &super::super::Service, good: &str) {
    let odd = [b"<", b">", b"\"", b"&", b"\0", b"/", b":", b"9"];
    // A linear congruential generator, so that each run tries the same.
    let mut random = 1_usize;
    for _ in 0..3_000 {
        let mut message = good.to_owned().into_bytes();
        for _ in 0..3 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (random >> 33) % message.len();
            message[at] = odd[(random >> 20) % odd.len()][0];
        }
        let answer = service.tell(&message, None, &operator());
        assert!(
            answer.envelope.ends_with("</s:Envelope>"),
            "{}",
            answer.envelope
        );
    }
}

/// A Create of an environment variable.
fn create_variable() -> String {
    let resource = format!("{CIMV2}/Win32_Environment");
    let body = format!(
        "<r:Win32_Environment xmlns:r=\"{resource}\"><r:Name>SHADE</r:Name><r:UserName>x</r:UserName>\
         <r:VariableValue>y</r:VariableValue></r:Win32_Environment>"
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
    message(action, &resource, &[], &body)
}
