// Where the visit was, against the registered place.
import type { RecordPage } from "../../api";
import { PlaceSketch } from "../../place-sketch";
import { say } from "../../words";
import { coordinates, distance } from "../../words/format";
import { office as words } from "../../words/office";
import { position } from "../../words/position";

/** The sketch, with the figures beneath. */
export function Place({ page }: { page: RecordPage }) {
  const fixes = Object.values(page.inspection.fixes).map((fix) => fix.position);
  const registered = page.cooperative.position;
  const [first] = fixes;
  return (
    <section class="place">
      <h2>{say(position.place)}</h2>
      {!first ? (
        <p class="quiet">{say(words.noFix)}</p>
      ) : (
        <>
          {registered && <PlaceSketch registered={registered} fixes={fixes} apart={page.distance_m} />}
          <p class="quiet">
            {page.distance_m != null && say(words.fromRegistered(distance(page.distance_m)))}
            {!registered && say(words.noRegisteredPlace)} {coordinates(first)} ±{distance(first.accuracy_m)}
          </p>
        </>
      )}
    </section>
  );
}
