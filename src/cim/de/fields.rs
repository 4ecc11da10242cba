//! Knowledge about the fields of a type.
//!
//! Most responses omit null arrays, and a `Vec` must then be empty. Only serde knows whether an absent field has a
//! default, and reports a missing one by an error. The error is remembered, and the next attempt presents the field as
//! absent. If the field was present under an alias, it is then a duplicate, which serde reports in the same way.

/// The name of a struct's visitor and, inside an enum, of the variant.
pub(super) type StructId = (&'static str, &'static str);

/// The fields known so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Fields without a default. They are presented as absent if no value fills them.
    wanted: Vec<(StructId, &'static str)>,
    lessons: Vec<Lesson>,
}

/// The knowledge about a struct while certain fields are absent.
#[derive(Debug)]
struct Lesson {
    of: StructId,
    unseen: u128,
    /// Wanted fields that must not be presented, since an alias fills them.
    hidden: Vec<&'static str>,
    /// The fields presented when a value was read successfully.
    proven: Option<Vec<&'static str>>,
}

/// A plan that maps named values to the fields of a struct.
pub(super) struct Plan {
    of: StructId,
    /// The field that each value fills.
    pub(super) filled: Vec<Option<&'static str>>,
    /// The fields to present as absent.
    pub(super) shown: Vec<&'static str>,
    /// True if neither too few nor too many fields are presented.
    pub(super) certain: bool,
    /// A bit for each absent field; `None` if there are more fields than bits.
    unseen: Option<u128>,
}

impl Fields {
    /// Returns the plan for values of these names.
    pub(super) fn plan<'n>(
        &self,
        of: StructId,
        fields: &'static [&'static str],
        names: impl ExactSizeIterator<Item = &'n str>,
    ) -> Plan {
        let mut seen = vec![false; fields.len()];
        let mut filled = Vec::with_capacity(names.len());
        for name in names {
            let mut candidates = fields.iter().zip(&mut seen);
            let found = candidates.find(|(field, _)| field.eq_ignore_ascii_case(name));
            filled.push(found.map(|(field, seen)| {
                *seen = true;
                *field
            }));
        }
        let mut unseen = Some(0);
        let mut shown = Vec::new();
        for (index, (name, _)) in (0..)
            .zip(fields.iter().zip(seen))
            .filter(|(_, (_, seen))| !seen)
        {
            let bit = 1u128.checked_shl(index);
            unseen = unseen.zip(bit).map(|(unseen, bit)| unseen | bit);
            if self.wanted.contains(&(of, name)) {
                shown.push(*name);
            }
        }
        let lesson = unseen.and_then(|unseen| self.lesson(of, unseen));
        let proven = lesson.and_then(|lesson| lesson.proven.as_ref());
        match (lesson, proven) {
            (_, Some(proven)) => shown.clone_from(proven),
            (Some(lesson), None) => shown.retain(|name| !lesson.hidden.contains(name)),
            (None, None) => {}
        }
        Plan {
            of,
            filled,
            shown,
            certain: unseen == Some(0) || proven.is_some(),
            unseen,
        }
    }

    /// Records that a value was read according to the plan.
    pub(super) fn prove(&mut self, plan: &Plan) {
        if !plan.certain
            && let Some(lesson) = self.lesson_mut(plan)
        {
            lesson.proven = Some(plan.shown.clone());
        }
    }

    /// Records a missing field. Returns false if it was known.
    pub(super) fn want(&mut self, plan: &Plan, name: &'static str) -> bool {
        let wanted = (plan.of, name);
        let new = !plan.certain && !self.wanted.contains(&wanted);
        if new {
            self.wanted.push(wanted);
        }
        new
    }

    /// Records a duplicate field. Returns false if it was known.
    pub(super) fn hide(&mut self, plan: &Plan, name: &'static str) -> bool {
        let new = !plan.certain && plan.shown.contains(&name);
        match self.lesson_mut(plan) {
            Some(lesson) if new => {
                lesson.hidden.push(name);
                true
            }
            _ => false,
        }
    }

    fn lesson(&self, of: StructId, unseen: u128) -> Option<&Lesson> {
        let mut lessons = self.lessons.iter();
        lessons.find(|lesson| lesson.unseen == unseen && lesson.of == of)
    }

    fn lesson_mut(&mut self, plan: &Plan) -> Option<&mut Lesson> {
        let (of, unseen) = (plan.of, plan.unseen?);
        if self.lesson(of, unseen).is_none() && self.lessons.len() < MOST_LESSONS {
            self.lessons.push(Lesson {
                of,
                unseen,
                hidden: Vec::new(),
                proven: None,
            });
        }
        let mut lessons = self.lessons.iter_mut();
        lessons.find(|lesson| lesson.unseen == unseen && lesson.of == of)
    }
}

/// The number of lessons kept. Instances of a class mostly omit the same few properties.
const MOST_LESSONS: usize = 64;
