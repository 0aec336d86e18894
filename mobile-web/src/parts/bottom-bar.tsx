// The places of a phone app, under the thumb.
import { Icon, type IconName } from "./icon";
import "./bottom-bar.css";

/** A place to go. */
export interface Place {
  href: string;
  label: string;
  icon: IconName;
  /** How much waits there; zero shows nothing. */
  count?: number | undefined;
}

/** The bar. `current` is the address of the place shown. */
export function BottomBar({ label, places, current }: { label: string; places: readonly Place[]; current: string }) {
  return (
    <nav class="bottom-bar no-print" aria-label={label}>
      {places.map((place) => (
        <a key={place.href} href={place.href} aria-current={place.href === current ? "page" : undefined}>
          <Icon name={place.icon} />
          <span>{place.label}</span>
          {place.count ? <b class="bottom-bar-count">{place.count}</b> : null}
        </a>
      ))}
    </nav>
  );
}
