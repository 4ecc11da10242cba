//! Requests in a dialect, and the dialect that a response suggests.

use super::*;
use crate::remedy::Remedy;
use crate::wsman::QueryTarget;

/// Returns the recorded fault of Microsoft OMI for an unknown class.
fn unknown_class() -> String {
    envelope(
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
         <s:Value xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">a:DestinationUnreachable</s:Value>\
         </s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">CIM ERROR:INVALID_CLASS: The specified class does not \
         exist.</s:Text></s:Reason><s:Detail>\
         <p:OMI_Error xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error\">\
         <p:OwningEntity>OMI:CIMOM</p:OwningEntity><p:MessageID>OMI:MI_Result:5</p:MessageID>\
         <p:CIMStatusCode>5</p:CIMStatusCode><p:OMI_Code>5</p:OMI_Code></p:OMI_Error></s:Detail></s:Fault>",
    )
}

fn of(dialect: Dialect, answer: String) -> Client {
    Client::builder("omi01")
        .profile(ServerProfile::of(dialect))
        .build_over(Host::answering([answer]))
}

#[tokio::test]
async fn a_fault_of_omi_suggests_the_dmtf_dialect() {
    let target = Reference::new("root/x", "X").with_key("Name", "a");
    let client = of(Dialect::Wmi, unknown_class());
    let error = client.get(&target).await.unwrap_err();
    assert_eq!(error.remedy(), Some(Remedy::DmtfDialect));
    let hint = error.hint().unwrap();
    assert!(
        hint.contains("DMTF dialect") && !hint.contains("--"),
        "{hint}"
    );
    let found = client.namespace("root/x").enumerate("X").collect().await;
    assert_eq!(found.unwrap_err().remedy(), Some(Remedy::DmtfDialect));

    // In the DMTF dialect the fault has its own meaning.
    let error = of(Dialect::Dmtf, unknown_class())
        .get(&target)
        .await
        .unwrap_err();
    assert_eq!(error.remedy(), None);
    let hint = error.hint().unwrap();
    assert!(hint.contains("check the name of the class"), "{hint}");
    // Windows sends no such detail.
    let windows = of(Dialect::Wmi, fault("DestinationUnreachable", 2_150_858_752));
    assert_eq!(windows.get(&target).await.unwrap_err().remedy(), None);
}

#[tokio::test]
async fn a_method_that_omi_refuses_in_silence_suggests_the_dmtf_dialect() {
    // As recorded: InternalError, an empty reason and no detail.
    let silent = || {
        envelope(
            "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value></s:Subcode>\
             </s:Code><s:Reason><s:Text xml:lang=\"en-US\"></s:Text></s:Reason></s:Fault>",
        )
    };
    let target = Reference::new("root/x", "X");
    for (dialect, suggested) in [
        (Dialect::Wmi, Some(Remedy::DmtfDialect)),
        (Dialect::Dmtf, None),
    ] {
        let client = of(dialect, silent());
        let error = client
            .invoke(&target, "Do", Properties::new())
            .await
            .unwrap_err();
        assert_eq!(error.remedy(), suggested);
        assert!(error.hint().is_none_or(|hint| !hint.contains("--")));
    }
}

#[tokio::test]
async fn associations_of_all_classes_are_asked_for_by_all_criteria() {
    let object = Reference::new("root/x", "X").with_key("Name", "a");
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        let last = "<n:EnumerateResponse><w:Items/><w:EndOfSequence/></n:EnumerateResponse>";
        let host = Host::answering([envelope(last)]);
        let mut profile = ServerProfile::of(dialect);
        profile.query_target = QueryTarget::AllClasses;
        let client = Client::builder("hv01")
            .profile(profile)
            .build_over(host.clone());
        let three = || {
            let question = client.associators(&object);
            question.association_class("A").result_class("B").role("C")
        };
        let error = three().instances().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        let causes = format!("{error:?}");
        assert!(causes.contains("all four criteria"), "{causes}");
        assert!(host.envelopes().is_empty());

        three()
            .result_role("D")
            .instances()
            .unwrap()
            .collect()
            .await
            .unwrap();
        let envelope = host.envelopes().remove(0);
        for part in [
            "<w:ResourceURI s:mustUnderstand=\"true\">http://schemas.dmtf.org/wbem/wscim/1/*</w:ResourceURI>",
            "<w:Selector Name=\"__cimnamespace\">root/x</w:Selector>",
            "Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter\"",
            "<b:ResultRole>D</b:ResultRole>",
        ] {
            assert!(envelope.contains(part), "{part}: {envelope}");
        }
    }
}
