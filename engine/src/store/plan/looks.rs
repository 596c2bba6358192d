//! The looks of names: who has which, and who may take one. See [`crate::looks`].

use uuid::Uuid;

use super::{Needs, Planner};
use crate::looks::looks;
use crate::store::administration::{Look, Space};

/// Which rows a group's new name touches.
pub(super) fn needs_of_group_name(name: &str, needs: &mut Needs) {
    let looks = looks_of(Space::Group, name);
    needs.administration.looks.extend(looks);
}

/// The looks of a name among names of this space.
pub(super) fn looks_of(space: Space, name: &str) -> impl Iterator<Item = Look> {
    looks(name).into_iter().map(move |look| (space, look))
}

impl Planner {
    /// Whether nobody else of this space has a name that looks like this one.
    pub(super) fn looks_like_nobody(&self, space: Space, name: &str, owner: Uuid) -> bool {
        let taken = &self.rows.administration.looks;
        looks_of(space, name).all(|look| taken.get(&look).is_none_or(|one| *one == owner))
    }

    /// Takes the looks of a name.
    pub(super) fn take_looks(&mut self, space: Space, name: &str, owner: Uuid) {
        for look in looks_of(space, name) {
            self.changes.administration.freed_looks.remove(&look);
            let changed = &mut self.changes.administration.looks;
            changed.insert(look.clone(), owner);
            self.rows.administration.looks.insert(look, owner);
        }
    }

    /// Gives the looks of a name up. They stay taken until the next batch, as the name does.
    pub(super) fn free_looks(&mut self, space: Space, name: &str, owner: Uuid) {
        if name.is_empty() {
            return;
        }
        for look in looks_of(space, name) {
            self.changes.administration.looks.remove(&look);
            self.changes.administration.freed_looks.insert(look.clone());
            self.rows.administration.looks.insert(look, owner);
        }
    }
}
