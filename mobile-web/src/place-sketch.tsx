// Where a visit was, against the registered place: a sketch to scale, north up, without a map. WGS-84.
import type { Position } from "./shapes";
import { say } from "./words";
import { distance } from "./words/format";
import { position as words } from "./words/position";
import "./place-sketch.css";

const WIDTH = 320;
const HEIGHT = 150;
/** Nothing closer than this fills the sketch, or a few metres would look like a journey. */
const SPAN_M_MIN = 120;
const METRES_PER_DEGREE = 111_320;

const degrees = (e7: number) => e7 / 1e7;

/** How far east and north of the registered place, in metres. */
function offset(from: Position, to: Position): { east: number; north: number } {
  const latitude = (degrees(from.latitude_e7) * Math.PI) / 180;
  return {
    east: degrees(to.longitude_e7 - from.longitude_e7) * METRES_PER_DEGREE * Math.cos(latitude),
    north: degrees(to.latitude_e7 - from.latitude_e7) * METRES_PER_DEGREE,
  };
}

/** How far apart two places of a district are, in metres. */
export function metresBetween(from: Position, to: Position): number {
  const { east, north } = offset(from, to);
  return Math.hypot(east, north);
}

/** A round length of about a quarter of the sketch: 1, 2 or 5 times a power of ten. */
function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return (([5, 2, 1].find((step) => step * power <= metres) ?? 1) * power);
}

interface SketchProps {
  registered: Position;
  fixes: readonly Position[];
  /** How far they are apart, in metres, where that is known. */
  apart: number | null;
}

/** The sketch. */
export function PlaceSketch({ registered, fixes, apart }: SketchProps) {
  const places = fixes.map((fix) => ({ ...offset(registered, fix), accuracy: fix.accuracy_m }));
  const span = Math.max(
    SPAN_M_MIN,
    ...places.map(({ east, north }) => Math.max(Math.abs(north) * 2.6, (Math.abs(east) * 2.6 * HEIGHT) / WIDTH)),
  );
  const perMetre = HEIGHT / span;
  const x = (east: number) => WIDTH / 2 + east * perMetre;
  const y = (north: number) => HEIGHT / 2 - north * perMetre;
  const scale = roundLength((WIDTH / perMetre) / 4);
  const label = apart != null ? say(words.sketchOf(distance(apart))) : say(words.place);
  return (
    <svg class="place-sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {places.map(({ east, north, accuracy }, at) => (
        <g key={at}>
          <line class="place-way" x1={x(0)} y1={y(0)} x2={x(east)} y2={y(north)} />
          <circle class="place-accuracy" cx={x(east)} cy={y(north)} r={Math.max(accuracy * perMetre, 6)} />
          <circle class="place-visit" cx={x(east)} cy={y(north)} r={5} />
        </g>
      ))}
      <rect class="place-registered" x={x(0) - 5} y={y(0) - 5} width={10} height={10} />
      <path class="place-scale" d={`M12 ${HEIGHT - 14}v5h${scale * perMetre}v-5`} />
      <text x={16} y={HEIGHT - 16}>{distance(scale)}</text>
      <g class="place-legend">
        <rect class="place-registered" x={12} y={10} width={9} height={9} />
        <text x={26} y={19}>{say(words.registeredPlace)}</text>
        <circle class="place-visit" cx={16.5} cy={30} r={4.5} />
        <text x={26} y={35}>{say(words.visitPlace)}</text>
      </g>
    </svg>
  );
}
