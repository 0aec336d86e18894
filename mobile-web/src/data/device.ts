// What this device keeps whoever works on it: the sign-in of the moment and the id by which the server
// knows the device. In IndexedDB, because local storage reaches the disk late: a phone that dies after its
// tokens were renewed would wake up with used ones. Everybody's work lies in a database of its own, see
// store.ts.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import { sealJson, unsealJson, type Sealed } from "./seal";

/** What is kept. */
export type Kept = "session" | "session_ended" | "device_id";

interface DeviceSchema extends DBSchema {
  kept: { key: Kept; value: Sealed };
}

let opened: Promise<IDBPDatabase<DeviceSchema>> | null = null;

function database(): Promise<IDBPDatabase<DeviceSchema>> {
  opened ??= openDB<DeviceSchema>("xunfang-device", 1, {
    upgrade: (db) => void db.createObjectStore("kept"),
    terminated: () => (opened = null),
  });
  return opened;
}

/** What was kept; null where nothing was. Its type is the caller's word for what it put in. */
export async function kept<T>(key: Kept): Promise<T | null> {
  const sealed = await (await database()).get("kept", key);
  return sealed ? unsealJson<T>(sealed) : null;
}

/** Keeps all of it at once, on the disk before this returns; null forgets. */
export async function keep(values: Readonly<Partial<Record<Kept, unknown>>>): Promise<void> {
  const sealed = await Promise.all(
    Object.entries(values).map(
      async ([key, value]) => [key as Kept, value === null ? null : await sealJson(value)] as const,
    ),
  );
  const transaction = (await database()).transaction("kept", "readwrite", { durability: "strict" });
  const asked = sealed.map(([key, value]) => (value ? transaction.store.put(value, key) : transaction.store.delete(key)));
  await Promise.all([...asked, transaction.done]);
}
