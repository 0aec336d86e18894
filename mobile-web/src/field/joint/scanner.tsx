// The camera inside the app: shows what it sees and tells every QR in it, until it is taken off the screen.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Notice } from "../../parts";
import { say, type Text } from "../../words";
import { field as words } from "../../words/field";
import { shared } from "../../words/shared";
import decodeQR from "qr/decode.js";
import "./joint.css";

/** Between two looks the phone has time for everything else. */
const LOOK_EVERY_MS = 120;
/** A QR that fills a third of this is still read; larger pictures only take longer. */
const LONGEST_PX = 800;

/** What the camera is doing; otherwise why there is none. */
type Camera = "starting" | "on" | "denied" | "none" | "failed";

const WHY_NOT: Readonly<Record<Exclude<Camera, "starting" | "on">, Text>> = {
  denied: words.cameraDenied,
  none: words.cameraNone,
  failed: words.cameraFailed,
};

/** The view of the camera. `onRead` is told what a QR says each time one is seen. */
export function Scanner({ onRead }: { onRead: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const told = useRef(onRead);
  told.current = onRead;
  const [camera, setCamera] = useState<Camera>("starting");
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const ends = new AbortController();
    void look(video.current, ends.signal, (text) => told.current(text), setCamera);
    return () => ends.abort();
  }, [attempt]);
  const isSeen = camera === "on" || camera === "starting";
  return (
    <>
      <div class="scanner" hidden={!isSeen}>
        <video ref={video} muted playsInline aria-label={say(words.cameraPicture)} />
        <span class="scanner-frame" aria-hidden="true" />
      </div>
      <p class="quiet" role="status">{isSeen && say(camera === "on" ? words.scanning : words.cameraStarting)}</p>
      {!isSeen && (
        <Notice tone="ochre" urgent action={<Button onClick={() => (setCamera("starting"), setAttempt(attempt + 1))}>{say(shared.tryAgain)}</Button>}>
          {say(WHY_NOT[camera])}
        </Notice>
      )}
    </>
  );
}

/** Turns the camera on and looks again and again until `ends`; then it is off. */
async function look(video: HTMLVideoElement | null, ends: AbortSignal, onRead: (text: string) => void, tell: (camera: Camera) => void): Promise<void> {
  if (!video) return;
  try {
    // Without https a browser has no such thing at all.
    if (!("mediaDevices" in navigator)) return tell("none");
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    const stop = (): void => stream.getTracks().forEach((track) => track.stop());
    if (ends.aborted) return stop();
    ends.addEventListener("abort", stop);
    video.srcObject = stream;
    await video.play();
    if (ends.aborted) return;
    tell("on");
  } catch (error) {
    if (!ends.aborted) tell(whyNot(error));
    return;
  }
  const canvas = document.createElement("canvas");
  const timer = setInterval(() => {
    const text = read(video, canvas);
    if (text !== null) onRead(text);
  }, LOOK_EVERY_MS);
  ends.addEventListener("abort", () => clearInterval(timer));
}

function whyNot(error: unknown): Camera {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "failed";
}

/** What a QR in the picture says; null where there is none to be read. */
function read(video: HTMLVideoElement, canvas: HTMLCanvasElement): string | null {
  const { videoWidth: wide, videoHeight: high } = video;
  if (wide === 0 || high === 0) return null;
  const scale = Math.min(1, LONGEST_PX / Math.max(wide, high));
  canvas.width = Math.round(wide * scale);
  canvas.height = Math.round(high * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  try {
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  } catch {
    // The decoder throws where it finds nothing it can read.
    return null;
  }
}
