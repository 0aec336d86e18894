// Tells what the app can't start without from what may come later, by who imports it.
import type { Rolldown } from "vite";

/** Where the app starts, and its first screen on a phone. */
const FIRST = ["/src/main.ts", "/src/field/field.tsx"];

/** Whether the start of the app or the first screen on a phone needs a module, be it through others. */
export function isNeededFirst(id: string, modules: Rolldown.ChunkingContext): boolean {
  const above = new Set([id]);
  // A set is gone through with what is added meanwhile.
  for (const module of above) {
    if (FIRST.some((first) => module.endsWith(first))) return true;
    for (const importer of modules.getModuleInfo(module)?.importers ?? []) above.add(importer);
  }
  return false;
}
