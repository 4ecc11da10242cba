//! What is learnt about the fields of a type.
//!
//! Null arrays are left out of most answers, and a `Vec` should be empty then. But whether a field that is absent has
//! a default, only serde knows, and says so by failing. So the failure is remembered, and the next time the field is
//! shown to be absent beforehand.

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Field {
    /// The struct.
    pub(super) of: StructId,
    /// The name of the field.
    pub(super) name: &'static str,
}

/// A struct: the name of its visitor, and where it stands in an enum, its variant.
pub(super) type StructId = (&'static str, &'static str);

/// What was learnt.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Fields without a default, which are shown to be absent where they are.
    wanted: Vec<Field>,
    /// Sets of fields that were absent and did no harm.
    harmless: Vec<(StructId, u128)>,
}

impl Fields {
    /// Notes that a field has no default. `false` where that was known.
    pub(super) fn want(&mut self, field: Field) -> bool {
        let new = !self.wanted.contains(&field);
        if new {
            self.wanted.push(field);
        }
        new
    }

    /// Notes that a value could be read without these fields.
    pub(super) fn did_no_harm(&mut self, plan: &Plan) {
        if let Some(absent) = plan.absent
            && absent != 0
            && self.harmless.len() < MOST_SETS
            && !self.are_harmless(plan)
        {
            self.harmless.push((plan.of, absent));
        }
    }

    /// Whether a value can be read without these fields.
    pub(super) fn are_harmless(&self, plan: &Plan) -> bool {
        plan.absent.is_some_and(|absent| {
            let covered = |(of, set): &(StructId, u128)| *of == plan.of && absent & !set == 0;
            absent == 0 || self.harmless.iter().any(covered)
        })
    }

    /// Which values fill which fields.
    pub(super) fn plan<'n>(
        &self,
        of: StructId,
        fields: &'static [&'static str],
        names: impl ExactSizeIterator<Item = &'n str>,
    ) -> Plan {
        let mut seen = vec![false; fields.len()];
        let mut filled = Vec::with_capacity(names.len());
        for name in names {
            let index = fields
                .iter()
                .position(|field| field.eq_ignore_ascii_case(name));
            if let Some(seen) = index.and_then(|index| seen.get_mut(index)) {
                *seen = true;
            }
            filled.push(index.and_then(|index| fields.get(index)).copied());
        }
        let mut plan = Plan {
            of,
            filled,
            shown: Vec::new(),
            absent: Some(0),
        };
        for (index, (name, _)) in fields
            .iter()
            .zip(seen)
            .enumerate()
            .filter(|(_, (_, seen))| !seen)
        {
            if self.wanted.contains(&Field { of, name }) {
                plan.shown.push(name);
            } else {
                let bit = u32::try_from(index)
                    .ok()
                    .and_then(|index| 1u128.checked_shl(index));
                plan.absent = plan.absent.zip(bit).map(|(absent, bit)| absent | bit);
            }
        }
        plan
    }
}

/// How the fields of a struct are filled from named values.
pub(super) struct Plan {
    of: StructId,
    /// For each value, the field that it fills.
    pub(super) filled: Vec<Option<&'static str>>,
    /// The fields that are shown to be absent.
    pub(super) shown: Vec<&'static str>,
    /// A bit for each other field that is absent; `None` where there are more fields than bits.
    absent: Option<u128>,
}

/// How many sets are remembered: of a class, mostly the same few properties are left out.
const MOST_SETS: usize = 16;
