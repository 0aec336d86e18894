// One writer: of all tabs in which a person's work is open, one holds the lock and writes; the others
// wait, say so, and take over when it closes.

/** Gives the lock back. */
export type Release = () => void;

/**
 * Becomes the one that writes this person's work, and tells `waits` where another tab has to close
 * first. The lock ends with the tab, however it ends.
 */
export function becomeWriter(person: string, waits: () => void): Promise<Release> {
  const name = `xunfang-writer-${person}`;
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> => new Promise((release) => resolve(release));
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock) return hold();
        waits();
        void navigator.locks.request(name, hold).catch(reject);
        return undefined;
      })
      .catch(reject);
  });
}
