// The phone's clock. Everything else is told the time.

/** Milliseconds since 1970 by the phone, which may be wrong. */
export const now = (): number => Date.now();
