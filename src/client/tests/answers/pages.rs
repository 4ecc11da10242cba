//! Responses of enumerations.

use super::*;

#[tokio::test]
async fn an_enumeration_without_a_context_and_without_an_end_is_unfinished() {
    let item = x("<Name>web01</Name>");
    for rest in [
        String::new(),
        "<n:EnumerationContext/>".to_owned(),
        "<n:EnumerationContext> </n:EnumerationContext>".to_owned(),
        "<w:Items/>".to_owned(),
        format!("<w:Items>{item}</w:Items>"),
        format!("<n:EnumerationContext/><w:Items>{item}</w:Items>"),
    ] {
        let first = envelope(&format!(
            "<n:EnumerateResponse>{rest}</n:EnumerateResponse>"
        ));
        let error = enumerate([first]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{rest}");
        let reason = reason(&error);
        assert!(
            reason.contains("neither EnumerationContext nor EndOfSequence"),
            "{reason}"
        );
        let more = "<n:EnumerateResponse><n:EnumerationContext>c</n:EnumerationContext></n:EnumerateResponse>";
        let second = envelope(&format!("<n:PullResponse>{rest}</n:PullResponse>"));
        let error = enumerate([envelope(more), second]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{rest}");
    }
    // Items before the error are kept.
    let page = format!("<n:EnumerateResponse><w:Items>{item}</w:Items></n:EnumerateResponse>");
    let client = super::super::client([envelope(&page)]);
    let mut items = client.namespace("root/x").enumerate("X");
    items.next().await.unwrap().unwrap();
    items.next().await.unwrap().unwrap_err();
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn what_is_unknown_in_a_page_is_an_error() {
    let item = x("<Name>web01</Name>");
    for unknown in [
        format!("<f:Items xmlns:f=\"urn:foreign\">{item}</f:Items>"),
        // openwsman puts events here; nothing else belongs here.
        item.clone(),
        "<w:Unknown/>".to_owned(),
        "<n:Unknown/>".to_owned(),
        "<f:EndOfSequence xmlns:f=\"urn:foreign\"/>".to_owned(),
    ] {
        let body =
            format!("<n:EnumerateResponse>{unknown}<w:EndOfSequence/></n:EnumerateResponse>");
        let error = enumerate([envelope(&body)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{unknown}");
        let reason = reason(&error);
        assert!(reason.contains(" in a page"), "{reason}");
    }
    // Elements that the specifications allow there are skipped.
    let known = "<n:Expires>PT60S</n:Expires><w:TotalItemsCountEstimate>1</w:TotalItemsCountEstimate>\
        <w:Bookmark><B xmlns=\"urn:b\"/></w:Bookmark>";
    let body = format!(
        "<n:EnumerateResponse>{known}<w:Items>{item}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    assert_eq!(enumerate([envelope(&body)]).await.unwrap().len(), 1);
}
