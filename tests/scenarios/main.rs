//! Stories of people and phones, one a file. The rules they prove are in `docs/SYNC.md`.

mod bad_input;
mod bad_line;
mod cooperative_moved;
mod disk_full;
mod evidence;
mod evidence_backed_up;
mod evidence_cut_off;
mod evidence_refused;
mod evidence_served;
mod overload;
mod refused_in_the_middle;
mod released_from_quarantine;
mod restore_drill;
mod restored_server;
mod review;
mod two_phones_one_record;
