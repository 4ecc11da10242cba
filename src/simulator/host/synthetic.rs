//! A class of any size, which does not exist on Windows, for what takes long or much.

use crate::cim::Instance;

use super::names::CIMV2;
use super::provider::Provider;
use super::rows::Rows;

pub(crate) static SYNTHETIC: Provider = Provider {
    namespace: CIMV2,
    name: "Simulated_Row",
    // Some 300 bytes of values and names each, made when their turn comes.
    instances: |host, _| {
        let created = host.booted.to_datetime();
        Rows::lazily((0..host.synthetic).map(move |index| -> Instance {
            SYNTHETIC.instance([
                ("Created", created.into()),
                ("Index", index.into()),
                ("IsEven", (index % 2 == 0).into()),
                ("Name", format!("row {index:06}").into()),
                ("Size", (u64::from(index) * 4_096).into()),
                ("Text", TEXT.into()),
            ])
        }))
    },
    ..Provider::PLAIN
};

const TEXT: &str = "what stands here is the same in every row and serves to make it long enough";
