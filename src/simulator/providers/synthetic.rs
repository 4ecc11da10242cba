//! A class of any size, for tests of long enumerations. It does not exist on Windows.

use crate::cim::Instance;

use super::{CIMV2, ClassName, Moment, Rows, Table, Tables, values};

/// The number of instances, and their date.
#[derive(Debug)]
pub(super) struct Synthetic {
    count: u32,
    created: Moment,
}

impl Synthetic {
    pub(super) fn new(count: u32, now: Moment) -> Self {
        Self {
            count,
            created: now,
        }
    }
}

impl Tables for Synthetic {
    const TABLES: &'static [&'static Table<Self>] = &[&TABLE];
}

static TABLE: Table<Synthetic> = Table {
    class: ROW,
    instances: |state, _| instances(state),
    ..Table::EMPTY
};

const ROW: ClassName = ClassName::new(CIMV2, "Simulated_Row");

/// Makes rows of some 300 bytes of names and values each, one by one.
fn instances(state: &Synthetic) -> Rows {
    let created = state.created.to_datetime();
    Rows::lazily((0..state.count).map(move |index| -> Instance {
        ROW.instance(values! {
            Created: created,
            Index: index,
            IsEven: index % 2 == 0,
            Name: format!("row {index:06}"),
            Size: u64::from(index) * 4_096,
            Text: TEXT,
        })
    }))
}

const TEXT: &str = "what stands here is the same in every row and serves to make it long enough";
