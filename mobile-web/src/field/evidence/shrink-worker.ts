// Shrinks photos where drawing twelve megapixels makes no thumb wait.
import { shrink } from "./shrink";

/** What the worker is asked. */
export interface ToShrink {
  photo: Blob;
  stamp: readonly string[];
}

/** What it answers: the photo made small, or that it could not be read. */
export type FromShrink = { photo: Blob; thumbnail: Blob } | { failed: string };

addEventListener("message", ({ data }: MessageEvent<ToShrink>) => {
  shrink(data.photo, data.stamp).then(
    (shrunk) => postMessage(shrunk satisfies FromShrink),
    (error: unknown) => postMessage({ failed: String(error) } satisfies FromShrink),
  );
});
