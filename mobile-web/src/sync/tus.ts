// Sending one file to the server by tus 1.0 (https://tus.io/protocols/resumable-upload): the only place that
// knows the client library. Goes on from where the server stands; the last answer is the receipt.
import { Upload, type DetailedError, type HttpRequest, type HttpResponse } from "tus-js-client";

import { Problem, Unreachable } from "../problem";
import { person, session } from "../session";

const UPLOADS = "/api/v1/evidence/uploads";
/** A line on which nothing moves for so long is dead. */
const PATIENCE_MS = 60_000;

/** A file on its way. */
export interface Sending {
  bytes: Blob;
  /** What the server is told of it before the first byte. */
  metadata: Readonly<Record<string, string>>;
  /** In whose name. */
  person: string;
  /** Where an earlier attempt was told to send it; null before the first. */
  address: string | null;
  /** The server has given it an address. */
  onAddress: (address: string) => void;
  /** So many of its bytes have gone out. */
  onProgress: (sent: number) => void;
  /** Gives up. */
  stop: AbortSignal;
}

/** Sends it; when this returns, the server has it whole, checked and on its disk. Throws [`Problem`] or [`Unreachable`]. */
export function send({ bytes, metadata, person: of, address, onAddress, onProgress, stop }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    let patience: ReturnType<typeof setTimeout>;
    const end = (settle: () => void): void => {
      clearTimeout(patience);
      stop.removeEventListener("abort", giveUp);
      settle();
    };
    const giveUp = (): void => end(() => void upload.abort().then(() => reject(new Unreachable())));
    const moves = (): void => {
      clearTimeout(patience);
      patience = setTimeout(giveUp, PATIENCE_MS);
    };
    const upload = new Upload(bytes, {
      endpoint: new URL(UPLOADS, location.href).href,
      uploadUrl: address === null ? null : new URL(address, location.href).href,
      metadata,
      // When to try again is ours to say, where an upload stands is kept with its file.
      retryDelays: null,
      storeFingerprintForResuming: false,
      onBeforeRequest: (request: HttpRequest) => {
        moves();
        const by = session.value;
        if (person.value?.id !== of || by?.for !== "phone") throw new Unreachable();
        request.setHeader("Authorization", `Bearer ${by.access_token}`);
      },
      onAfterResponse: (request: HttpRequest, answer: HttpResponse) => {
        moves();
        if (request.getMethod() !== "POST" || Number(answer.getHeader("Upload-Offset")) !== bytes.size) return;
        // It was there already; nothing is sent twice.
        end(() => void upload.abort().then(resolve));
      },
      onUploadUrlAvailable: () => {
        if (upload.url) onAddress(new URL(upload.url).pathname);
      },
      onProgress: (sent) => {
        moves();
        onProgress(sent);
      },
      onSuccess: () => end(resolve),
      onError: (error) => end(() => void problemOf(error).then(reject)),
    });
    stop.addEventListener("abort", giveUp);
    moves();
    upload.start();
  });
}

/** What the library's error is to us. */
async function problemOf(error: Error | DetailedError): Promise<Error> {
  const answer = "originalResponse" in error ? error.originalResponse : null;
  const status = answer?.getStatus() ?? 0;
  if (!answer || status < 200) return "originalRequest" in error ? new Unreachable() : error;
  const again = answer.getHeader("Retry-After");
  return Problem.of(new Response(answer.getBody() || null, { status, ...(again && { headers: { "Retry-After": again } }) }));
}
