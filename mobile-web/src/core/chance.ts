// The phone's chance. Everything else is handed its random bytes.

/** Sixteen random bytes. */
export const entropy = (): Uint8Array => crypto.getRandomValues(new Uint8Array(16));

/** A random name under which this phone writes. */
export const randomActor = (): string =>
  Array.from(entropy(), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A random version 4 UUID. */
export const randomId = (): string => crypto.randomUUID();

/** A random share of `span`, to spread retries of many phones. */
export const jitter = (span: number): number => Math.random() * span;
