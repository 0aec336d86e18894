//! Where Automerge is handed what a phone sent: on a stack of its own, and so that a panic ends the
//! trial and not the server.

use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(panic = "abort")]
compile_error!("the server catches panics of trial merges: build it with panic = \"unwind\"");

/// Deeply nested contents take that much of a stack.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs `f` on a thread with a large stack, and gives its panic on.
pub(super) fn on_a_large_stack<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("trial".into())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, f)
            .expect("the operating system starts no thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Runs `f`; none where it panics. Whatever it worked on must be dropped then.
pub(super) fn caught<T>(f: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(f)).ok()
}
