// A sheet to sign on with a finger, a pen or a mouse, as large as the screen; turned sideways it is wider, and
// what was drawn stays. It gives a small picture, black on white.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../../parts";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import { shared } from "../../words/shared";

/** A point of the sheet, in pixels of the screen. */
interface Point {
  x: number;
  y: number;
}

type Stroke = readonly Point[];

const PEN_PX = 3;
/** The picture's longest side at most. */
const LONGEST_PX = 800;
const MARGIN_PX = 12;

interface PadProps {
  onDone: (signature: Blob) => void;
  onClose: () => void;
}

/** The sheet. */
export function SignaturePad({ onDone, onClose }: PadProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const sheet = useRef<HTMLCanvasElement>(null);
  const strokes = useRef<Point[][]>([]);
  const [isEmpty, setEmpty] = useState(true);
  const heading = useId();

  const redraw = (): void => {
    const on = sheet.current;
    if (!on) return;
    const { devicePixelRatio: sharp } = globalThis;
    on.width = on.clientWidth * sharp;
    on.height = on.clientHeight * sharp;
    draw(on, strokes.current, sharp, { x: 0, y: 0 });
  };
  useEffect(() => {
    dialog.current?.showModal();
    const turned = new ResizeObserver(redraw);
    if (sheet.current) turned.observe(sheet.current);
    return () => {
      turned.disconnect();
      dialog.current?.close();
    };
  }, []);

  const point = (event: PointerEvent & { currentTarget: HTMLElement }): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const done = async (): Promise<void> => onDone(await picture(strokes.current));

  return (
    <dialog
      ref={dialog}
      class="viewer signature-pad"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="viewer-top">
        <h2 id={heading}>{say(words.signHere)}</h2>
        <Button onClick={onClose}>{say(shared.cancel)}</Button>
      </header>
      <div class="signature-box">
        <canvas
          ref={sheet}
          role="img"
          aria-label={say(words.signHelp)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            strokes.current.push([point(event)]);
            setEmpty(false);
            redraw();
          }}
          onPointerMove={(event) => {
            if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
            strokes.current.at(-1)?.push(point(event));
            redraw();
          }}
        />
      </div>
      <div class="signature-actions">
        <p class="quiet">{say(words.signHelp)}</p>
        <Button
          disabled={isEmpty}
          onClick={() => {
            strokes.current = [];
            setEmpty(true);
            redraw();
          }}
        >
          {say(words.signClear)}
        </Button>
        <Button kind="main" why={isEmpty ? say(words.signEmpty) : null} onClick={() => void done()}>
          {say(words.signDone)}
        </Button>
      </div>
    </dialog>
  );
}

function draw(on: HTMLCanvasElement, strokes: readonly Stroke[], scale: number, from: Point): void {
  const context = on.getContext("2d");
  if (!context) throw new Error("this browser draws nothing");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, on.width, on.height);
  context.scale(scale, scale);
  context.translate(-from.x, -from.y);
  context.lineWidth = PEN_PX;
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    for (const { x, y } of [...stroke.slice(0, 1), ...stroke]) context.lineTo(x, y);
    context.stroke();
  }
}

/** What was drawn, cut to its edges. */
function picture(strokes: readonly Stroke[]): Promise<Blob> {
  const points = strokes.flat();
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const width = right - left + 2 * MARGIN_PX;
  const height = bottom - top + 2 * MARGIN_PX;
  const scale = Math.min(2, LONGEST_PX / Math.max(width, height));
  const on = Object.assign(document.createElement("canvas"), {
    width: Math.ceil(width * scale),
    height: Math.ceil(height * scale),
  });
  draw(on, strokes, scale, { x: left - MARGIN_PX, y: top - MARGIN_PX });
  return new Promise((resolve, reject) =>
    on.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the signature could not be written"))), "image/png"),
  );
}
