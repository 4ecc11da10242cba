//! Facts learnt about the fields of a type.
//!
//! Null arrays are left out of most answers, and a `Vec` should be empty then. But whether a field that is absent has
//! a default, only serde knows, and says so by failing. So the failure is remembered, and the next time the field is
//! shown to be absent. With an alias beside it that may be one time too many, which serde says in the same way.

/// A struct: the name of its visitor, and where it stands in an enum, its variant.
pub(super) type StructId = (&'static str, &'static str);

/// The facts learnt so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// Fields without a default, which are shown to be absent where they are.
    wanted: Vec<(StructId, &'static str)>,
    lessons: Vec<Lesson>,
}

/// The facts learnt about a struct while certain fields were absent.
#[derive(Debug)]
struct Lesson {
    of: StructId,
    unseen: u128,
    /// Wanted fields that must not be shown, since an alias stood there.
    hidden: Vec<&'static str>,
    /// The fields that were shown when a value could be read.
    proven: Option<Vec<&'static str>>,
}

/// The plan by which the fields of a struct are filled from named values.
pub(super) struct Plan {
    of: StructId,
    /// For each value, the field that it fills.
    pub(super) filled: Vec<Option<&'static str>>,
    /// The fields that are shown to be absent.
    pub(super) shown: Vec<&'static str>,
    /// True if it is certain that neither too few nor too many fields are shown.
    pub(super) certain: bool,
    /// A bit for each field that is absent; `None` where there are more fields than bits.
    unseen: Option<u128>,
}

impl Fields {
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

    /// Notes that a value could be read as planned.
    pub(super) fn prove(&mut self, plan: &Plan) {
        if !plan.certain
            && let Some(lesson) = self.lesson_mut(plan)
        {
            lesson.proven = Some(plan.shown.clone());
        }
    }

    /// Notes that a field was missing. `false` where nothing new was learnt.
    pub(super) fn want(&mut self, plan: &Plan, name: &'static str) -> bool {
        let wanted = (plan.of, name);
        let new = !plan.certain && !self.wanted.contains(&wanted);
        if new {
            self.wanted.push(wanted);
        }
        new
    }

    /// Notes that a field stood there twice. `false` where nothing new was learnt.
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

/// The number of lessons remembered: of a class, mostly the same few properties are left out.
const MOST_LESSONS: usize = 64;
