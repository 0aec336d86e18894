// Where the person is: the address bar as a signal, and plain links that don't reload the page.
import { signal } from "@preact/signals";

/** The address shown. */
export const address = signal(new URL(location.href));

/** Goes to a path of this app; `replace` leaves no step back. */
export function go(path: string, how: { replace?: boolean } = {}): void {
  const to = new URL(path, location.href);
  if (to.href === address.value.href) return;
  if (how.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  const samePage = to.pathname === address.value.pathname;
  address.value = to;
  if (!samePage) scrollTo(0, 0);
}

/** Changes search parameters of the address in place; null or empty takes one away. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const to = new URL(address.value);
  for (const [key, value] of Object.entries(changes)) {
    if (value) to.searchParams.set(key, value);
    else to.searchParams.delete(key);
  }
  go(to.pathname + to.search, { replace: true });
}

/** Follows the browser's back and forward, and clicks on links of this app. */
export function followAddress(): void {
  addEventListener("popstate", () => (address.value = new URL(location.href)));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || link.pathname.startsWith("/api/")) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    go(link.href);
  });
}
