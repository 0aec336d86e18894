// A few line drawings, 24 by 24; always beside a word, so never read aloud.
import "./icon.css";

const PATHS = {
  today: "M5 6h14v13H5zM5 10h14M9 4v4M15 4v4",
  cooperatives: "M4 11l8-6 8 6v8h-4v-6H8v6H4z",
  records: "M7 4h7l4 4v12H7zM14 4v4h4M10 13h5M10 16h5",
  person: "M12 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM5 20c.7-4 3.4-6 7-6s6.3 2 7 6",
  review: "M5 4h14v16H5zM8.5 12l2.5 2.5 4.5-5",
  coverage: "M5 19V11M10 19V5M15 19v-6M20 19V8",
  devices: "M8 3h8v18H8zM11 18h2",
  quarantine: "M12 4l9 16H3zM12 10v5M12 17.5v.5",
  back: "M14.5 6l-6 6 6 6",
  forward: "M9.5 6l6 6-6 6",
  add: "M12 5v14M5 12h14",
  note: "M4 20l1-5L16 4l4 4L9 19z",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4z",
  place: "M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.8-7 11-7 11zM12 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
  search: "M10.5 5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM14.5 14.5L20 20",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
} as const;

/** Its name. */
export type IconName = keyof typeof PATHS;

/** An icon, in the colour of the text around it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
