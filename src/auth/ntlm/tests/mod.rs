//! Whole logins: the client against the example of the specification, and against the acceptor.

mod refusals;

use zeroize::Zeroizing;

use super::acceptor::{Accepted, BindingPolicy, Challenged, ServerNonces};
use super::*;
use crate::auth::{Secret, Session};

/// The challenge of \[MS-NLMP\] 4.2.4.3.
const SPECIFIED_CHALLENGE: &str = "\
    4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef\
    00000000000000002400240044000000060070170000000f5300650072007600\
    6500720002000c0044006f006d00610069006e0001000c005300650072007600\
    6500720000000000";

/// The response to it. Proof, session key and integrity code were computed with Python's `hmac` and `hashlib`; the rest
/// was composed by hand after \[MS-NLMP\] 2.2.1.3. The LMv2 response is that of 4.2.4.2.1.
const EXPECTED_ANSWER: &str = "\
    4e544c4d53535000030000001800180058000000a400a400700000000c000c00\
    14010000080008002001000000000000280100001000100028010000318288e2\
    0a0000000000000f64e8984957d425153be3c8bd8dbd5af286c35097ac9cec10\
    2554764a57cccc19aaaaaaaaaaaaaaaa37533ac967d1fa350c4cf3a5da8b7cb0\
    01010000000000000000000000000000aaaaaaaaaaaaaaaa0000000002000c00\
    44006f006d00610069006e0001000c005300650072007600650072000a001000\
    000000000000000000000000000000000900300048005400540050002f007300\
    650072007600650072002e006500780061006d0070006c0065002e0074006500\
    730074000600040002000000000000000000000044006f006d00610069006e00\
    5500730065007200f514f24de798ab3419136f983b0a0748";

const SPECIFIED_NEGOTIATE: &str = "\
    4e544c4d5353500001000000358288e200000000280000000000000028000000\
    0a0000000000000f";

/// 2025-01-01 as a FILETIME.
const NOW: u64 = 133_801_632_000_000_000;

#[test]
fn the_example_challenge_gets_the_answer_computed_elsewhere() {
    let nonces = Nonces {
        client_challenge: [0xaa; 8],
        exported_session_key: Zeroizing::new([0x55; 16]),
        time: 0,
    };
    let credentials = Credentials::password(r"Domain\User", "Password");
    let mut client = NtlmClient::new(credentials, "server.example.test", nonces);
    assert_eq!(hex(&first_token(&mut client)), SPECIFIED_NEGOTIATE);
    let (answer, _) = finish(&mut client, &unhex(SPECIFIED_CHALLENGE), None).unwrap();
    assert_eq!(hex(&answer), EXPECTED_ANSWER);
}

#[test]
fn a_hundred_sealed_messages_each_way_after_a_login() {
    for (user, domain, name) in [
        (r"EXAMPLE\operator", "EXAMPLE", "operator"),
        ("operator@example.test", "", "operator@example.test"),
        (
            "f\u{fc}nf stra\u{df}e \u{1f600}",
            "",
            "f\u{fc}nf stra\u{df}e \u{1f600}",
        ),
    ] {
        let login = Login {
            user,
            ..Login::default()
        };
        let (mut client, mut server) = login.run().unwrap();
        assert_eq!((&*server.domain, &*server.user), (domain, name));
        for number in 1..=100 {
            let message = format!("<Envelope number=\"{number}\"/>").repeat(number);
            let sealed = client.seal(message.as_bytes()).unwrap();
            assert_ne!(sealed.data, message.as_bytes().to_vec(), "{number}");
            let opened = server.session.unseal(&sealed.header, sealed.data).unwrap();
            assert_eq!(opened, message.as_bytes());
            let sealed = server.session.seal(message.as_bytes()).unwrap();
            assert_eq!(
                client.unseal(&sealed.header, sealed.data).unwrap(),
                message.as_bytes()
            );
        }
    }
}

#[test]
fn two_logins_share_no_key() {
    let (mut first, _) = Login::default().run().unwrap();
    let (mut second, _) = Login::default().run().unwrap();
    assert_ne!(
        first.seal(b"same").unwrap().data,
        second.seal(b"same").unwrap().data
    );
}

#[test]
fn the_time_of_the_server_counts_and_stands_in_for_the_lm_response() {
    let answer = Exchange::new().answer(None);
    let message = messages::read_authenticate(&answer).unwrap();
    assert_eq!(message.lm_response, [0; 24]);
    // After the proof and eight bytes of versions.
    assert_eq!(message.ntlm_response[24..32], NOW.to_le_bytes());
}

#[test]
fn the_server_may_not_say_what_only_a_client_says() {
    let pairs = [
        av_pairs::pair(ntlmclient::TargetInfoType::ChannelBindings, [7; 16]),
        av_pairs::pair(ntlmclient::TargetInfoType::SingleHost, [7; 48]),
        av_pairs::pair(ntlmclient::TargetInfoType::Flags, [7, 0, 0, 0]),
        av_pairs::pair(ntlmclient::TargetInfoType::NtServer, *b"H\0"),
        av_pairs::pair(ntlmclient::TargetInfoType::Terminator, []),
        av_pairs::pair(ntlmclient::TargetInfoType::NtServer, *b"X\0"),
    ];
    let answered = av_pairs::for_response(&pairs, "S", None).unwrap();
    let expected = [
        &[1, 0, 2, 0, b'H', 0][..],
        &[10, 0, 16, 0],
        &[0; 16],
        &[9, 0, 2, 0, b'S', 0],
        // The client passes on the first of the server's flags; the second is its own.
        &[6, 0, 4, 0, 3, 0, 0, 0],
        &[0, 0, 0, 0],
    ]
    .concat();
    assert_eq!(answered, expected);
}

#[test]
fn steps_come_in_their_order() {
    let mut early = client("hv01");
    assert!(early.step(&unhex(SPECIFIED_CHALLENGE), None).is_err());

    let mut late = client("hv01");
    first_token(&mut late);
    finish(&mut late, &unhex(SPECIFIED_CHALLENGE), None).unwrap();
    assert_eq!(
        late.step(&unhex(SPECIFIED_CHALLENGE), None).unwrap_err(),
        Error::HandshakeOver
    );

    // The server rejects the login by sending no token.
    let mut refused = client("hv01");
    first_token(&mut refused);
    assert!(refused.step(&[], None).is_err());
    assert_eq!(refused.step(&[], None).unwrap_err(), Error::HandshakeOver);
}

#[test]
fn debug_shows_no_token() {
    let mut client = client("hv01");
    first_token(&mut client);
    let step = client.step(&unhex(SPECIFIED_CHALLENGE), None).unwrap();
    let shown = format!("{step:?}");
    assert!(
        shown.starts_with("Done(") && shown.ends_with(" bytes)") && shown.len() < 20,
        "{shown}"
    );
}

/// The parameters of a login in a test.
struct Login {
    user: &'static str,
    password: &'static str,
    known: bool,
}

impl Default for Login {
    fn default() -> Self {
        Self {
            user: r"EXAMPLE\operator",
            password: "hunter2",
            known: true,
        }
    }
}

impl Login {
    fn run(&self) -> Result<(Box<dyn Session>, Accepted), Error> {
        let mut client = super::client(Credentials::password(self.user, self.password), "hv01");
        let challenged =
            Challenged::new(&first_token(&mut *client), "HV01", ServerNonces::random())?;
        let (answer, session) = finish(&mut *client, challenged.token(), None)?;
        let accepted = challenged.authenticate(&answer, BindingPolicy::Ignore, |_, _| {
            self.known.then(|| Secret::from("hunter2"))
        })?;
        Ok((session, accepted))
    }
}

/// A login whose response can be checked repeatedly, since the server always creates the same challenge.
struct Exchange {
    client: NtlmClient,
    negotiate: Vec<u8>,
}

impl Exchange {
    fn new() -> Self {
        let mut client = client("hv01");
        let negotiate = first_token(&mut client);
        Self { client, negotiate }
    }

    fn challenged(&self) -> Challenged {
        Challenged::new(&self.negotiate, "HV01", server_nonces()).unwrap()
    }

    fn answer(&mut self, binding: Option<&ChannelBinding>) -> Vec<u8> {
        let challenge = self.challenged().token().to_vec();
        finish(&mut self.client, &challenge, binding).unwrap().0
    }

    fn judge(&self, answer: &[u8], policy: BindingPolicy<'_>) -> Result<Accepted, Error> {
        self.challenged().authenticate(answer, policy, operator)
    }
}

fn client(host: &str) -> NtlmClient {
    NtlmClient::new(
        Credentials::password(r"EXAMPLE\operator", "hunter2"),
        host,
        Nonces::random(),
    )
}

fn operator(_domain: &str, _user: &str) -> Option<Secret> {
    Some(Secret::from("hunter2"))
}

fn server_nonces() -> ServerNonces {
    ServerNonces {
        server_challenge: [1; 8],
        time: NOW,
    }
}

fn first_token(client: &mut dyn Handshake) -> Vec<u8> {
    match client.step(&[], None).unwrap() {
        Step::Continue(token) => token,
        other => panic!("{other:?}"),
    }
}

fn finish(
    client: &mut dyn Handshake,
    challenge: &[u8],
    binding: Option<&ChannelBinding>,
) -> Result<(Vec<u8>, Box<dyn Session>), Error> {
    match client.step(challenge, binding)? {
        Step::Done {
            token: Some(token),
            session,
        } => Ok((token, session)),
        other => panic!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else {
        panic!("odd number of digits")
    };
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.iter().map(|pair| byte(&pair[..])).collect()
}
