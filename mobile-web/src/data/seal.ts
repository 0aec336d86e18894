// The one place through which everything this phone keeps passes before it is written and after it is
// read: where sealing at rest belongs. Asynchronous, because WebCrypto is; so callers seal first and
// open the transaction afterwards, which awaiting WebCrypto would close.

/** Bytes as they may lie on the phone's disk. */
export type Sealed = Uint8Array;

/** Makes bytes fit to lie on the phone's disk. */
export async function seal(bytes: Uint8Array): Promise<Sealed> {
  return bytes;
}

/** The bytes that were sealed. */
export async function unseal(sealed: Sealed): Promise<Uint8Array> {
  return sealed;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Seals a value that JSON can carry. */
export const sealJson = (value: unknown): Promise<Sealed> => seal(encoder.encode(JSON.stringify(value)));

/** The value that was sealed by {@link sealJson}; its type is the caller's word for what it put in. */
export const unsealJson = async <T>(sealed: Sealed): Promise<T> =>
  JSON.parse(decoder.decode(await unseal(sealed))) as T;
