//! Governance of groups: who comes and goes, who may do what, how a group works. None of these is
//! posted; each has a route of its own.

pub mod ban;
pub mod card;
pub mod create;
pub mod dissolve;
pub mod hook;
pub mod invite;
pub mod join;
pub mod leave;
pub mod link;
pub mod mute;
pub mod remove;
pub mod request;
pub mod role;
pub mod settings;

use super::registry::Registry;

/// Adds these kinds.
pub(super) fn add(registry: &mut Registry) {
    registry.add::<ban::Unban>();
    registry.add::<card::SetCard>();
    registry.add::<create::Create>();
    registry.add::<dissolve::Dissolve>();
    registry.add::<hook::MakeHook>();
    registry.add::<hook::EndHook>();
    registry.add::<invite::Invite>();
    registry.add::<join::Join>();
    registry.add::<leave::Leave>();
    registry.add::<link::MakeLink>();
    registry.add::<link::EndLink>();
    registry.add::<mute::Mute>();
    registry.add::<remove::Remove>();
    registry.add::<request::Request>();
    registry.add::<request::Decline>();
    registry.add::<role::SetRole>();
    registry.add::<settings::ChangeSettings>();
}
