// What the core takes: the limits of `commands/decide.rs` and `domain/checklist.rs`, so that nobody types
// what would be refused.

export const NOTE_CHARS_MAX = 2_000;
export const TEXT_CHARS_MAX = 2_000;
export const SUMMARY_CHARS_MAX = 8_000;
export const FINDING_CHARS_MAX = 1_000;
/** Names and short reasons. */
export const SHORT_CHARS_MAX = 200;
/** The first and the last day that a date can be. */
export const DAY_MIN = "1949-10-01";
export const DAY_MAX = "2199-12-31";
/** A photo or file. */
export const EVIDENCE_BYTES_MAX = 20 * 1024 * 1024;
