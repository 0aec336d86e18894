// A picture that can be looked at closely: two fingers or the wheel make it larger, one moves it, a double tap
// goes in and out; with buttons and keys for whoever uses neither.
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../parts";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";

interface Place {
  /** How much larger than it fits. */
  scale: number;
  /** How far it is moved, in pixels of the screen. */
  x: number;
  y: number;
}

const FITS: Place = { scale: 1, x: 0, y: 0 };
const SCALE_MAX = 8;
const STEP = 1.6;
const DOUBLE_TAP_SCALE = 3;
const DOUBLE_TAP_MS = 300;

interface ZoomProps {
  url: string;
  /** What it shows, for who can't see it. */
  label: string;
}

/** The picture. */
export function Zoom({ url, label }: ZoomProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState(FITS);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const lastTap = useRef(0);
  useEffect(() => setPlace(FITS), [url]);

  /** Larger or smaller around a point of the screen; none is the middle. */
  const zoom = (by: number, around?: { x: number; y: number }): void =>
    setPlace((was) => {
      const scale = Math.min(SCALE_MAX, Math.max(1, was.scale * by));
      if (scale === 1) return FITS;
      const box = frame.current?.getBoundingClientRect();
      const x = around && box ? around.x - box.left - box.width / 2 : 0;
      const y = around && box ? around.y - box.top - box.height / 2 : 0;
      const share = scale / was.scale;
      return within(frame.current, { scale, x: x - (x - was.x) * share, y: y - (y - was.y) * share });
    });

  const moved = (event: PointerEvent): void => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
    fingers.current.set(event.pointerId, now);
    if (other) {
      const apart = (one: { x: number; y: number }) => Math.hypot(one.x - other.x, one.y - other.y);
      zoom(apart(now) / Math.max(1, apart(before)), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    } else {
      setPlace((was) => within(frame.current, { ...was, x: was.x + now.x - before.x, y: was.y + now.y - before.y }));
    }
  };

  const down = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const isSecond = event.timeStamp - lastTap.current < DOUBLE_TAP_MS && fingers.current.size === 1;
    lastTap.current = isSecond ? 0 : event.timeStamp;
    if (isSecond) zoom(place.scale > 1 ? 0 : DOUBLE_TAP_SCALE, { x: event.clientX, y: event.clientY });
  };
  const up = (event: PointerEvent): void => void fingers.current.delete(event.pointerId);

  return (
    <div class="zoom">
      <div
        ref={frame}
        class="zoom-frame"
        onPointerDown={down}
        onPointerMove={moved}
        onPointerUp={up}
        onPointerCancel={up}
        onWheel={(event) => {
          event.preventDefault();
          zoom(event.deltaY < 0 ? STEP : 1 / STEP, { x: event.clientX, y: event.clientY });
        }}
      >
        <img
          src={url}
          alt={label}
          draggable={false}
          style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${place.scale})` }}
        />
      </div>
      <div class="zoom-steps">
        <Button kind="quiet" label={say(words.smaller)} disabled={place.scale === 1} onClick={() => zoom(1 / STEP)}>−</Button>
        <Button kind="quiet" label={say(words.larger)} disabled={place.scale === SCALE_MAX} onClick={() => zoom(STEP)}>+</Button>
      </div>
    </div>
  );
}

/** Moved no further than its edge. */
function within(frame: HTMLElement | null, { scale, x, y }: Place): Place {
  if (!frame) return { scale, x, y };
  const limit = (moved: number, room: number) => {
    const over = (room * (scale - 1)) / 2;
    return Math.min(over, Math.max(-over, moved));
  };
  return { scale, x: limit(x, frame.clientWidth), y: limit(y, frame.clientHeight) };
}
