//! The only place that draws random bytes, from the operating system. Everything else gets them as
//! arguments.

/// Draws `N` random bytes fit for keys.
pub fn draw<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives no random bytes");
    bytes
}
