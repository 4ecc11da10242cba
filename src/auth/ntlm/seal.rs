//! Signing and sealing with extended session security (\[MS-NLMP\] 3.4.3, 3.4.4.2).

use hmac::{Hmac, Mac};
use md5::Md5;
use rc4::{Rc4, StreamCipher};

use super::keys::{self, Key};
use crate::auth::{Error, Sealed, Session};

/// One end of a sealed connection.
pub(super) struct SealingSession {
    sending: Direction,
    receiving: Direction,
}

impl SealingSession {
    /// Creates the client's end.
    pub(super) fn client(exported_session_key: &Key) -> Self {
        Self {
            sending: Direction::new(exported_session_key, keys::FROM_CLIENT),
            receiving: Direction::new(exported_session_key, keys::FROM_SERVER),
        }
    }

    /// Creates the server's end.
    #[cfg(any(test, feature = "simulator"))]
    pub(super) fn server(exported_session_key: &Key) -> Self {
        Self {
            sending: Direction::new(exported_session_key, keys::FROM_SERVER),
            receiving: Direction::new(exported_session_key, keys::FROM_CLIENT),
        }
    }
}

impl Session for SealingSession {
    fn seal(&mut self, plain: &[u8]) -> Result<Sealed, Error> {
        let mut data = plain.to_vec();
        let header = self.sending.seal(&mut data)?;
        Ok(Sealed { header, data })
    }

    fn unseal(&mut self, header: &[u8], mut data: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.receiving.unseal(header, &mut data)?;
        Ok(data)
    }

    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.sending.sign(message)
    }

    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.receiving.verify(message, signature)
    }
}

/// The state of one direction at one end.
struct Direction {
    signing: Key,
    sealing: Key,
    cipher: Rc4,
    /// The number of the next message; `None` after a message has failed, and after the last number.
    sequence: Option<u32>,
}

impl Direction {
    fn new(exported_session_key: &Key, purposes: [&[u8]; 2]) -> Self {
        let [signing, sealing] =
            purposes.map(|purpose| keys::derive(exported_session_key, purpose));
        Self {
            signing,
            cipher: keys::cipher(&sealing),
            sealing,
            sequence: Some(0),
        }
    }

    /// Encrypts the message in place. Returns its signature.
    fn seal(&mut self, message: &mut [u8]) -> Result<Vec<u8>, Error> {
        let sequence = self.sequence.take().ok_or(Error::SessionOver)?;
        let mut checksum = first_half(self.digest(sequence, message));
        self.cipher.apply_keystream(message);
        self.cipher.apply_keystream(&mut checksum);
        self.sequence = sequence.checked_add(1);
        Ok(signature(checksum, sequence))
    }

    /// Signs a text for SPNEGO, before any message is sealed.
    ///
    /// Afterwards the cipher is in its previous state, as \[MS-SPNG\] 3.3.5.1 requires. The counter is not, so the
    /// first message has number 1.
    fn sign(&mut self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let sequence = self.first()?;
        let mut checksum = first_half(self.digest(sequence, message));
        keys::cipher(&self.sealing).apply_keystream(&mut checksum);
        self.sequence = sequence.checked_add(1);
        Ok(signature(checksum, sequence))
    }

    /// Checks a signature of SPNEGO.
    fn verify(&mut self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let due = self.first()?;
        let mut checksum = read_signature(signature, due)?;
        keys::cipher(&self.sealing).apply_keystream(&mut checksum);
        self.check(due, message, &checksum)
    }

    /// Takes number 0, the only one that a signature of SPNEGO may have.
    fn first(&mut self) -> Result<u32, Error> {
        self.sequence
            .take_if(|sequence| *sequence == 0)
            .ok_or(Error::SessionOver)
    }

    /// Decrypts the message in place and checks its signature.
    fn unseal(&mut self, header: &[u8], message: &mut [u8]) -> Result<(), Error> {
        // Taken first, and restored only without an error: the first error ends the session.
        let due = self.sequence.take().ok_or(Error::SessionOver)?;
        let mut checksum = read_signature(header, due)?;
        self.cipher.apply_keystream(message);
        self.cipher.apply_keystream(&mut checksum);
        self.check(due, message, &checksum)
    }

    /// Checks the checksum of a message, and expects the next one.
    fn check(&mut self, due: u32, message: &[u8], checksum: &[u8]) -> Result<(), Error> {
        // The comparison takes constant time.
        self.digest(due, message)
            .verify_truncated_left(checksum)
            .map_err(|_| Error::Tampered)?;
        self.sequence = due.checked_add(1);
        Ok(())
    }

    fn digest(&self, sequence: u32, message: &[u8]) -> Hmac<Md5> {
        let mut mac = keys::mac(&self.signing);
        mac.update(&sequence.to_le_bytes());
        mac.update(message);
        mac
    }
}

fn first_half(digest: Hmac<Md5>) -> [u8; 8] {
    let digest: [u8; 16] = digest.finalize().into_bytes().into();
    let [half @ .., _, _, _, _, _, _, _, _] = digest;
    half
}

/// Returns NTLMSSP_MESSAGE_SIGNATURE for extended session security (\[MS-NLMP\] 2.2.2.9.2).
fn signature(checksum: [u8; 8], sequence: u32) -> Vec<u8> {
    [&SIGNATURE_VERSION[..], &checksum, &sequence.to_le_bytes()].concat()
}

/// Returns the encrypted checksum of a signature, whose sequence number has to be `due`.
fn read_signature(header: &[u8], due: u32) -> Result<[u8; 8], Error> {
    let (version, rest) = header.split_first_chunk().ok_or(Error::Signature)?;
    let (checksum, rest) = rest.split_first_chunk().ok_or(Error::Signature)?;
    let got = u32::from_le_bytes(rest.try_into().map_err(|_| Error::Signature)?);
    if *version != SIGNATURE_VERSION {
        return Err(Error::Signature);
    }
    if got != due {
        return Err(Error::Sequence { due, got });
    }
    Ok(*checksum)
}

const SIGNATURE_VERSION: [u8; 4] = [1, 0, 0, 0];

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    /// "Plaintext" in UTF-16, from \[MS-NLMP\] 4.2.4.4.
    const PLAIN: &[u8; 18] = b"P\0l\0a\0i\0n\0t\0e\0x\0t\0";

    fn ends() -> (SealingSession, SealingSession) {
        let exported_session_key = Zeroizing::new([0x55; 16]);
        (
            SealingSession::client(&exported_session_key),
            SealingSession::server(&exported_session_key),
        )
    }

    #[test]
    fn ms_nlmp_4_2_4_4_sealed_message() {
        let sealed = ends().0.seal(PLAIN).unwrap();
        assert_eq!(
            sealed.data,
            [
                0x54, 0xe5, 0x01, 0x65, 0xbf, 0x19, 0x36, 0xdc, 0x99, 0x60, 0x20, 0xc1, 0x81, 0x1b,
                0x0f, 0x06, //
                0xfb, 0x5f
            ]
        );
        assert_eq!(
            sealed.header,
            [
                0x01, 0, 0, 0, 0x7f, 0xb3, 0x8e, 0xc5, 0xc5, 0x5d, 0x49, 0x76, 0, 0, 0, 0
            ]
        );
    }

    /// The list of mechanisms with NTLM only, as both sides sign it in SPNEGO.
    const LIST: &[u8] = b"\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

    // Signatures and message were computed with Python's `hmac` and `hashlib`, and an independent RC4.
    #[test]
    fn a_signature_leaves_the_cipher_where_it_was_and_counts() {
        let (mut client, mut server) = ends();
        let signature = client.sign(LIST).unwrap();
        assert_eq!(
            signature,
            [
                1, 0, 0, 0, 0x22, 0xa3, 0x98, 0x4f, 0xef, 0xbb, 0x9c, 0x32, 0, 0, 0, 0
            ]
        );
        server.verify(LIST, &signature).unwrap();
        let signature = server.sign(LIST).unwrap();
        assert_eq!(
            signature,
            [
                1, 0, 0, 0, 0x7d, 0xd6, 0xda, 0x05, 0x64, 0x8a, 0x73, 0xae, 0, 0, 0, 0
            ]
        );
        client.verify(LIST, &signature).unwrap();

        let sealed = client.seal(PLAIN).unwrap();
        assert_eq!(
            sealed.data,
            ends().0.seal(PLAIN).unwrap().data,
            "the same keystream as without a signature"
        );
        assert_eq!(
            sealed.header,
            [
                1, 0, 0, 0, 0x1d, 0xea, 0xfb, 0xcc, 0xed, 0x2a, 0x4e, 0xa9, 1, 0, 0, 0
            ]
        );
        assert_eq!(server.unseal(&sealed.header, sealed.data).unwrap(), PLAIN);
        let sealed = server.seal(PLAIN).unwrap();
        assert_eq!(client.unseal(&sealed.header, sealed.data).unwrap(), PLAIN);
    }

    #[test]
    fn a_changed_signature_is_refused_and_ends_the_session() {
        for bit in 0..16 * 8 {
            let (mut client, mut server) = ends();
            let mut signature = client.sign(LIST).unwrap();
            signature[bit / 8] ^= 1 << (bit % 8);
            assert!(server.verify(LIST, &signature).is_err(), "{bit}");
            assert_eq!(server.verify(LIST, &signature), Err(Error::SessionOver));
        }
        let (mut client, mut server) = ends();
        let signature = client.sign(LIST).unwrap();
        assert_eq!(server.verify(b"other", &signature), Err(Error::Tampered));
        assert_eq!(
            client.verify(LIST, &signature),
            Err(Error::Tampered),
            "its own"
        );
    }

    #[test]
    fn nothing_is_signed_once_messages_are_sealed() {
        let (mut client, mut server) = ends();
        let sealed = client.seal(PLAIN).unwrap();
        server.unseal(&sealed.header, sealed.data).unwrap();
        assert_eq!(client.sign(LIST), Err(Error::SessionOver));
        assert_eq!(server.verify(LIST, &[0; 16]), Err(Error::SessionOver));
        client.seal(PLAIN).unwrap();
    }

    #[test]
    fn a_hundred_messages_each_way() {
        let (mut client, mut server) = ends();
        for length in 0..100 {
            let message = vec![b'x'; length * 37];
            let sealed = client.seal(&message).unwrap();
            assert_eq!(server.unseal(&sealed.header, sealed.data).unwrap(), message);
            let sealed = server.seal(&message).unwrap();
            assert_eq!(client.unseal(&sealed.header, sealed.data).unwrap(), message);
        }
    }

    #[test]
    fn unsealing_keeps_the_buffer() {
        let (mut client, mut server) = ends();
        let sealed = client.seal(PLAIN).unwrap();
        let buffer = sealed.data.as_ptr();
        let opened = server.unseal(&sealed.header, sealed.data).unwrap();
        assert_eq!(opened.as_ptr(), buffer);
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed_and_ends_the_session() {
        let whole = |sealed: Sealed| [sealed.header, sealed.data].concat();
        let genuine = whole(ends().0.seal(PLAIN).unwrap());
        for bit in 0..genuine.len() * 8 {
            let (mut client, mut server) = ends();
            let mut bytes = whole(client.seal(PLAIN).unwrap());
            bytes[bit / 8] ^= 1 << (bit % 8);
            let data = bytes.split_off(16);
            let error = server.unseal(&bytes, data).unwrap_err();
            match bit / 8 {
                0..4 => assert_eq!(error, Error::Signature),
                12..16 => assert!(matches!(error, Error::Sequence { due: 0, .. })),
                _ => assert_eq!(error, Error::Tampered),
            }
            let next = client.seal(PLAIN).unwrap();
            assert_eq!(
                server.unseal(&next.header, next.data),
                Err(Error::SessionOver)
            );
        }
    }

    #[test]
    fn a_repeated_message_is_refused() {
        let (mut client, mut server) = ends();
        let sealed = client.seal(PLAIN).unwrap();
        assert!(server.unseal(&sealed.header, sealed.data.clone()).is_ok());
        let error = server.unseal(&sealed.header, sealed.data).unwrap_err();
        assert_eq!(error, Error::Sequence { due: 1, got: 0 });
    }

    #[test]
    fn a_message_out_of_order_is_refused() {
        let (mut client, mut server) = ends();
        let _lost = client.seal(PLAIN).unwrap();
        let sealed = client.seal(PLAIN).unwrap();
        let error = server.unseal(&sealed.header, sealed.data).unwrap_err();
        assert_eq!(error, Error::Sequence { due: 0, got: 1 });
    }

    #[test]
    fn a_message_of_ones_own_is_refused() {
        let mut client = ends().0;
        let sealed = client.seal(PLAIN).unwrap();
        assert_eq!(
            client.unseal(&sealed.header, sealed.data),
            Err(Error::Tampered)
        );
    }

    #[test]
    fn a_header_of_any_other_length_is_refused() {
        for length in (0..16).chain(17..40) {
            let (mut client, mut server) = ends();
            let sealed = client.seal(PLAIN).unwrap();
            let mut header = sealed.header;
            header.resize(length, 0);
            assert_eq!(
                server.unseal(&header, sealed.data),
                Err(Error::Signature),
                "{length}"
            );
        }
    }

    #[test]
    fn numbers_are_never_used_twice() {
        let (mut client, mut server) = ends();
        client.sending.sequence = Some(u32::MAX);
        server.receiving.sequence = Some(u32::MAX);
        let sealed = client.seal(PLAIN).unwrap();
        assert_eq!(server.unseal(&sealed.header, sealed.data).unwrap(), PLAIN);
        assert_eq!(client.seal(PLAIN).unwrap_err(), Error::SessionOver);
        assert_eq!(
            server.unseal(&sealed.header, PLAIN.to_vec()),
            Err(Error::SessionOver)
        );
    }
}
