//! How much one change may be, and why no honest one is more. Beyond them a change is `too_large`.

/// Bytes of one raw change. The longest summary written anew over the longest one takes about 26 KB.
pub const CHANGE_BYTES_MAX: usize = 64 * 1024;

/// Changes that one change depends on: the branches that its author had before them, one for every
/// phone that wrote at the same time.
pub const DEPS_MAX: u64 = 64;

/// Actors that a change refers to beside its own: whose values it replaces, whose characters it takes
/// out. An actor is new every time somebody signs in, so a long text may have many.
pub const ACTORS_MAX: u64 = 256;

/// Operations of one change, one for a field and one for a character: seven summaries of 8,000
/// characters, written apart and merged, can be taken out and one put in their place. Few bytes can
/// claim any number of them, and Automerge does each.
pub const OPERATIONS_MAX: u64 = 1 << 16;

/// Earlier operations that the operations of one change replace, over all of them.
pub const REPLACED_MAX: u64 = OPERATIONS_MAX;

/// Bytes of one text value: four for each of the 8,000 characters of the longest text.
pub const STRING_BYTES_MAX: u64 = 32 * 1024;

/// Bytes of one key: an item, a person's id and the number of a review.
pub const KEY_BYTES_MAX: usize = 256;

/// Bytes of all keys of one change, written out. A run of one key takes few bytes and claims many.
pub const KEYS_BYTES_MAX: u64 = 64 * 1024;

/// Operations and changes are numbered below this, far from where Automerge's counting breaks (2³²).
pub const NUMBER_MAX: u64 = 1 << 31;

/// Times, and whole numbers among the values, are below this: what a JavaScript number holds exactly.
/// An implausible time is flagged elsewhere, never refused.
pub const INTEGER_MAX: i64 = 1 << 53;

/// How often the gate reads a byte at most: for the checksum, for its structure, and to see that text
/// is UTF-8.
pub const READS_OF_A_BYTE_MAX: usize = 3;

/// What the gate allocates for one change at most: its dependencies, its actors, and a copy of it.
pub const ALLOCATED_BYTES_MAX: usize =
    (DEPS_MAX as usize + 1) * 32 + (ACTORS_MAX as usize + 1) * 16 + CHANGE_BYTES_MAX;
