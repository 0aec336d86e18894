// Shrinking a photo: turned upright, its longest side 1,600 px, stamped, and written anew as a JPEG, which
// leaves behind everything the camera wrote into it. Runs in a worker where the browser can draw there.

/** The longest side of a kept photo, in pixels. */
const LONGEST_PX = 1_600;
/** The longest side of the small picture for lists. */
const THUMBNAIL_PX = 240;
const QUALITY = 0.8;
/** How high the stamp's letters are, as a share of the photo's shorter side. */
const STAMP_LETTER = 1 / 34;

/** A photo made small. */
export interface Shrunk {
  photo: Blob;
  thumbnail: Blob;
}

type Canvas = OffscreenCanvas | HTMLCanvasElement;

/** Shrinks a photo; `stamp` is written along its bottom edge, a line each. Throws where it is no picture. */
export async function shrink(photo: Blob, stamp: readonly string[]): Promise<Shrunk> {
  const whole = await createImageBitmap(photo, { imageOrientation: "from-image" });
  try {
    const kept = scaled(whole, LONGEST_PX);
    const thumbnail = await jpeg(scaled(kept, THUMBNAIL_PX));
    drawStamp(kept, stamp);
    return { photo: await jpeg(kept), thumbnail };
  } finally {
    // Twelve megapixels are 48 MB; the next photo needs them.
    whole.close();
  }
}

function canvas(width: number, height: number): Canvas {
  if (typeof OffscreenCanvas !== "undefined") return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

function drawn(on: Canvas): OffscreenCanvasRenderingContext2D {
  const context = on.getContext("2d") as OffscreenCanvasRenderingContext2D | null;
  if (!context) throw new Error("this browser draws nothing");
  return context;
}

/** The picture with its longest side no longer than that, halved step by step so that nothing flickers. */
function scaled(picture: ImageBitmap | Canvas, longest: number): Canvas {
  const share = Math.min(1, longest / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * share));
  const height = Math.max(1, Math.round(picture.height * share));
  let from = picture;
  do {
    const to = canvas(Math.max(width, Math.ceil(from.width / 2)), Math.max(height, Math.ceil(from.height / 2)));
    if (from.width <= width * 2 && from.height <= height * 2) Object.assign(to, { width, height });
    const context = drawn(to);
    context.imageSmoothingQuality = "high";
    // A JPEG knows no transparency.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, to.width, to.height);
    context.drawImage(from, 0, 0, to.width, to.height);
    from = to;
  } while (from.width > width || from.height > height);
  return from as Canvas;
}

/** A dark band along the bottom with light words: readable on any photo, and small. */
function drawStamp(on: Canvas, lines: readonly string[]): void {
  if (lines.length === 0) return;
  const context = drawn(on);
  const letter = Math.round(Math.max(14, Math.min(on.width, on.height) * STAMP_LETTER));
  const line = Math.round(letter * 1.45);
  const band = line * lines.length + letter;
  context.fillStyle = "rgb(0 0 0 / 55%)";
  context.fillRect(0, on.height - band, on.width, band);
  context.fillStyle = "#fff";
  context.font = `${letter}px "PingFang SC", "HarmonyOS Sans SC", MiSans, "Noto Sans CJK SC", sans-serif`;
  context.textBaseline = "middle";
  for (const [at, text] of lines.entries()) {
    context.fillText(text, letter, on.height - band + letter / 2 + line * (at + 0.5), on.width - 2 * letter);
  }
}

function jpeg(of: Canvas): Promise<Blob> {
  if (!("toBlob" in of)) return of.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new Promise((resolve, reject) =>
    of.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture could not be written"))), "image/jpeg", QUALITY),
  );
}
