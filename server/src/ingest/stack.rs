//! A stack for what may nest deeply, on a thread of its own.

use std::thread::Builder;

/// Deeply nested contents take that much of a stack. Only what is touched takes memory.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// A thread with a large stack, yet to be started.
pub(super) fn large() -> Builder {
    Builder::new().name("trial".into()).stack_size(STACK_BYTES)
}

/// Runs `f` on a large stack, waits for it, and gives its panic on.
pub(super) fn on_a_large_stack<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = large().spawn_scoped(scope, f).expect("the operating system starts no thread");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
