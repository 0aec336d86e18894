// Township-level units: towns, townships and sub-district offices.

/** Their codes have this many digits (GB/T 10114). */
export const UNIT_DIGITS = 9;
