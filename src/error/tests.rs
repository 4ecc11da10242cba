use super::*;
use crate::cim::InvalidInput;
use crate::wsman::ReplyError;

#[test]
fn one_word_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn what_is_not_declared_is_not_sent() {
    let class = crate::cim::ClassSchema::default();
    let error = Error::from(class.method("Stop").unwrap_err());
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Usage, Delivery::NotSent)
    );
    assert!(error.cause::<InvalidInput>().is_some());
}

#[test]
fn causes_are_found() {
    let cause = transport::Error::new(
        transport::ErrorKind::Lost,
        Delivery::Unknown,
        "the connection broke",
    )
    .with_hint("try again");
    let error = Error::from_transport("could not invoke X".to_owned(), cause, true);
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::OutcomeUnknown, Delivery::Unknown)
    );
    // The hint for a read would make the caller run the method twice.
    let hint = error.hint().unwrap();
    assert!(hint.starts_with("look at the object itself"), "{hint}");
    let error = Error::from_reply(
        "could not get X".to_owned(),
        ReplyError::Fault(Box::default()),
    );
    assert!(error.fault().is_some());
    assert_eq!(error.delivery(), Delivery::Answered);
}
