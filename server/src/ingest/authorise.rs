//! Third step: whether this caller may write this. Rights are those in force at receipt: a grant that
//! has ended sends work to quarantine, never to nothing.

use sync_core::gate::Gated;
use sync_core::wire::RefusalCode;

use super::fates::Fates;
use super::place::Placed;
use super::standing::Standing;

/// A change that its sender may make.
pub(super) struct Authorised(Placed);

impl AsRef<Gated> for Authorised {
    fn as_ref(&self) -> &Gated {
        self.0.as_ref()
    }
}

impl AsRef<[u8]> for Authorised {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().bytes()
    }
}

/// Lets through what the caller has a grant for, under an actor that is the caller's or nobody's yet.
pub(super) fn authorise(placed: Vec<Placed>, standing: &Standing<'_>, fates: &mut Fates) -> Vec<Authorised> {
    fates.sift(placed, |change| {
        if !standing.basis.is_granted {
            Err(RefusalCode::NotGranted)
        } else if standing.basis.foreign.contains(&change.as_ref().actor()) {
            Err(RefusalCode::ForeignActor)
        } else {
            Ok(Authorised(change))
        }
    })
}
