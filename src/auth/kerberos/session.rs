//! Sealing with Wrap tokens (RFC 4121 section 4.2), which WinRM splits into two pieces.
//!
//! ```text
//! header                                                          data
//! 05 04 | flags | ff | EC | RRC | sequence | rotated | confounder   cipher text, as long as the message
//!       16 bytes in all                      28 bytes  16 bytes
//! ```
//!
//! The token is rotated by 28 bytes (RFC 4121 section 4.2.5), so that everything the cipher adds is at the front. A
//! peer that does not rotate, such as OMI, still splits its token after 60 bytes. In both cases the concatenated pieces
//! are the token, and the token contains its rotation.

use libgssapi::context::{ClientCtx, SecurityContext};
use libgssapi::error::{Error as GssError, MajorFlags};
use libgssapi::util::{GssIov, GssIovType};

use super::error::{Failure, Operation, is_routine_error};
use crate::auth::{Error, Sealed, Session};

/// The client's end of a sealed connection.
pub(super) struct KerberosSession {
    /// The context; `None` after a message has failed.
    context: Option<ClientCtx>,
}

impl KerberosSession {
    pub(super) fn new(context: ClientCtx) -> Self {
        Self {
            context: Some(context),
        }
    }

    /// Lends the context, and keeps it only if there is no error: the first error ends the session.
    fn with<T>(
        &mut self,
        work: impl FnOnce(&mut ClientCtx) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut context = self.context.take().ok_or(Error::SessionOver)?;
        let result = work(&mut context)?;
        self.context = Some(context);
        Ok(result)
    }
}

impl Session for KerberosSession {
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, Error> {
        self.with(|context| {
            let mut data = plain.to_vec();
            let mut pieces = [
                GssIov::new_alloc(GssIovType::Header),
                GssIov::new(GssIovType::Data, &mut data),
                GssIov::new_alloc(GssIovType::Padding),
            ];
            context
                .wrap_iov(true, &mut pieces)
                .map_err(|error| Failure::new(Operation::Seal, error))?;
            let [header, _, padding] = &pieces;
            let (header, padded) = (header.to_vec(), !padding.is_empty());
            drop(pieces);
            check(&header)?;
            if padded {
                return Err(Error::Lacking(AES));
            }
            Ok(Sealed { header, data })
        })
    }

    fn unseal(&mut self, header: &[u8], data: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.with(|context| {
            check(header)?;
            let token = [header, &data].concat();
            let plain = context.unwrap(&token).map_err(unsealing)?;
            Ok(plain.to_vec())
        })
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.with(|context| {
            let signature = context.get_mic(message);
            Ok(signature
                .map_err(|error| Failure::new(Operation::Seal, error))?
                .to_vec())
        })
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.with(|context| context.verify_mic(message, signature).map_err(unsealing))
    }
}

/// Accepts the header of an encrypted Wrap token only. The library also unwraps tokens that are merely signed, without
/// reporting it. Tokens of older ciphers (RFC 4757) have another form; Windows has supported AES since 2008.
fn check(header: &[u8]) -> Result<(), Error> {
    match header {
        [0x05, 0x04, flags, 0xff, ..] if flags & SEALED != 0 => Ok(()),
        [0x05, 0x04, ..] => Err(Error::Signature),
        _ => Err(Error::Lacking(AES)),
    }
}

fn unsealing(error: GssError) -> Error {
    if is_routine_error(error.major, MajorFlags::GSS_S_BAD_MIC) {
        Error::Tampered
    } else {
        Failure::new(Operation::Unseal, error).into()
    }
}

/// The flag Sealed of RFC 4121 section 4.2.2.
const SEALED: u8 = 0x02;

const AES: &str = "sealing with AES";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_sealed_messages_and_no_others() {
        // Headers of a client and of OMI: the first token is rotated, the second is not.
        let rotated = b"\x05\x04\x06\xff\x00\x00\x00\x1c\x00\x00\x00\x00\x34\x44\xce\x67";
        let plain = b"\x05\x04\x07\xff\x00\x00\x00\x00\x00\x00\x00\x00\x04\xfa\x75\xa9";
        assert_eq!(check(rotated), Ok(()));
        assert_eq!(check(plain), Ok(()));
        // A token that is signed only, a separate signature, a token of RFC 4757, and no token.
        for (header, error) in [
            (&b"\x05\x04\x05\xff\x00\x0c\x00\x00"[..], Error::Signature),
            (b"\x05\x04\x06\xfe", Error::Signature),
            (b"\x05\x04\x06", Error::Signature),
            (b"\x04\x04\x05\xff\xff\xff\xff\xff", Error::Lacking(AES)),
            (b"\x60\x3f\x06\x09\x2a\x86\x48\x86", Error::Lacking(AES)),
            (b"\x01\x00\x00\x00", Error::Lacking(AES)),
            (b"", Error::Lacking(AES)),
        ] {
            assert_eq!(check(header), Err(error), "{header:x?}");
        }
    }
}
