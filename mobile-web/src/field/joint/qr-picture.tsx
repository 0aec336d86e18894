// A QR as a picture: black on white in every look, so that any camera reads it.
import encodeQR from "qr";
import { useMemo } from "preact/hooks";
import "./joint.css";

/** White around the squares, as ISO/IEC 18004 asks. */
const BORDER_SQUARES = 4;

/** The picture. `label` says what it is for. */
export function QrPicture({ content, label }: { content: string; label: string }) {
  const squares = useMemo(() => encodeQR(content, "raw", { ecc: "medium", border: BORDER_SQUARES }), [content]);
  const path = squares
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg class="qr-picture" role="img" aria-label={label} viewBox={`0 0 ${squares.length} ${squares.length}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
