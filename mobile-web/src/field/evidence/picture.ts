// The picture of evidence as an address that <img> can show: from this phone where it is kept here, else from
// the server; and why there is none.
import { useEffect, useState } from "preact/hooks";
import { online } from "../../online";
import { authorized } from "../../session";
import type { Evidence } from "../../sync/evidence";

/** Which picture: the small one for lists, or the whole. */
export type Size = "thumbnail" | "whole";

/** What there is to show. */
export type Picture =
  | { is: "coming" }
  | { is: "here"; url: string; blob: Blob }
  | { is: "missing"; why: "not_arrived" | "offline" | "gone" };

/** What was fetched from the server, for as long as the app is open: evidence never changes. */
const fetched = new Map<string, Promise<Blob>>();

/** The bytes of evidence, from wherever they are; why they aren't to be had, else. */
export async function bytesOf(
  evidence: Evidence,
  visit: string,
  id: string,
  wanted: Size,
): Promise<Blob | "not_arrived" | "offline" | "gone"> {
  const small = wanted === "thumbnail" ? await evidence.thumbnail(id) : null;
  const here = small ?? (await evidence.bytes(id));
  if (here) return here;
  if (!evidence.hasArrived(visit, id)) return "not_arrived";
  const path = `/api/v1/visits/${visit}/evidence/${id}${wanted === "thumbnail" ? "?size=thumbnail" : ""}`;
  const asked = fetched.get(path) ?? fetchBlob(path);
  fetched.set(path, asked);
  return asked.catch(() => {
    fetched.delete(path);
    return navigator.onLine ? "gone" : "offline";
  });
}

async function fetchBlob(path: string): Promise<Blob> {
  const answer = await authorized(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.blob();
}

/** The picture of evidence, looked for again when it arrives and when there is a network. */
export function usePicture(evidence: Evidence, visit: string, id: string, wanted: Size): Picture {
  const [picture, setPicture] = useState<Picture>({ is: "coming" });
  const arrived = evidence.hasArrived(visit, id);
  useEffect(() => {
    let url: string | null = null;
    let isOver = false;
    void bytesOf(evidence, visit, id, wanted).then((found) => {
      if (isOver) return;
      if (typeof found === "string") return setPicture({ is: "missing", why: found });
      url = URL.createObjectURL(found);
      setPicture({ is: "here", url, blob: found });
    });
    return () => {
      isOver = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [evidence, visit, id, wanted, arrived, online.value]);
  return picture;
}
