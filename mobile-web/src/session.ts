// Who is signed in on this device, and how requests prove it: phones carry a bearer token, desks a
// cookie with a CSRF header. Nothing here looks at a clock: a token is fresh until the server says 401.
import { batch, computed, signal } from "@preact/signals";
import { keep, kept } from "./data/device";
import { Problem, Unreachable } from "./problem";

/** What a person may do, and where. */
export interface Role {
  role: "coordinator" | "supervisor" | "district_office" | "department" | "administrator";
  /** An area code; everything whose code starts so belongs to it. */
  area: string;
  area_name: string;
}

/** The person signed in. */
export interface Me {
  id: string;
  name: string;
  account: string;
  roles: readonly Role[];
  /** The server shows invented data. */
  sample: boolean;
}

interface PhoneSession {
  for: "phone";
  /** When the access token runs out, by the server's clock; it only tells one token from the next. */
  expires_at: number;
  person: Me;
  device_id: string;
  access_token: string;
  refresh_token: string;
}

interface DeskSession {
  for: "desk";
  expires_at: number;
  person: Me;
  csrf_token: string;
}

/** A sign-in, as kept on this device. */
export type Session = PhoneSession | DeskSession;

/** Other tabs of this browser share the sign-in. */
const tabs = new BroadcastChannel("xunfang.session");

/** The sign-in of this device; none before the first and after signing out. */
export const session = signal<Session | null>(null);
/** The server no longer takes this sign-in. Work goes on; sending waits until the person signs in again. */
export const sessionEnded = signal(false);
/** Who is signed in. */
export const person = computed(() => session.value?.person ?? null);

/** Whether the person records visits. */
export const recordsVisits = (me: Me) => me.roles.some(({ role }) => role === "coordinator");
/** Whether the person works with other people's records. */
export const worksAtDesk = (me: Me) => me.roles.some(({ role }) => role !== "coordinator");

/** Reads the sign-in of this device; before anything is shown. */
export async function restoreSession(): Promise<void> {
  const [known, ended] = await Promise.all([kept<Session>("session"), kept<boolean>("session_ended")]);
  batch(() => {
    session.value = known;
    sessionEnded.value = ended ?? false;
  });
}

tabs.addEventListener("message", () => void restoreSession());

/** Changes the sign-in: first on the disk, then here, then in the other tabs. */
async function change(to: Session | null, ended: boolean): Promise<void> {
  await keep({
    session: to,
    session_ended: ended,
    ...(to?.for === "phone" && { device_id: to.device_id }),
  });
  batch(() => {
    session.value = to;
    sessionEnded.value = ended;
  });
  tabs.postMessage("changed");
}

/** Sends a request without a sign-in; throws [`Unreachable`] where nobody answers. */
export async function exchange(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { cache: "no-store", credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted && !(init.signal.reason instanceof DOMException && init.signal.reason.name === "TimeoutError")) {
      throw error;
    }
    throw new Unreachable();
  }
}

async function post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await exchange(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await Problem.of(response);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

/** What identifies the device at the office: the browser and the system, no more. */
function deviceName(): string {
  const known = (names: readonly string[]) => names.find((name) => navigator.userAgent.includes(name));
  const browser = known(["MicroMessenger", "HuaweiBrowser", "MiuiBrowser", "Edg", "Firefox", "Chrome", "Safari"]);
  const system = known(["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
  return [browser ?? "Browser", system].filter(Boolean).join(" · ");
}

async function signInFor(use: Session["for"], account: string, password: string): Promise<Session> {
  const device = { id: await kept<string>("device_id"), name: deviceName() };
  const answer = await post<Omit<Session, "for">>("/api/v1/sign-in", { account, password, device, for: use });
  return { ...answer, for: use } as Session;
}

/**
 * Signs in. On a wide screen as at a desk, unless the person only records visits, which needs the tokens
 * of a phone. Throws [`Problem`] or [`Unreachable`].
 */
export async function signIn(account: string, password: string, wide: boolean): Promise<void> {
  let signedIn = await signInFor(wide ? "desk" : "phone", account, password);
  if (signedIn.for === "desk" && !worksAtDesk(signedIn.person)) {
    await post("/api/v1/sign-out", {}, proof(signedIn));
    signedIn = await signInFor("phone", account, password);
  }
  await change(signedIn, false);
}

/** Signs out here; the server is told where it can be reached. */
export async function signOut(): Promise<void> {
  const was = session.value;
  await change(null, false);
  if (!was) return;
  try {
    await post("/api/v1/sign-out", was.for === "phone" ? { refresh_token: was.refresh_token } : {}, proof(was));
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof Unreachable)) throw error;
  }
}

const proof = (by: Session): Record<string, string> =>
  by.for === "phone" ? { Authorization: `Bearer ${by.access_token}` } : { "X-CSRF-Token": by.csrf_token };

/** One tab at a time renews, or the server would take the second for a thief. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks ? navigator.locks.request("xunfang.renew", work) : work();

/** Renews a sign-in that was refused; false where it has ended for good. */
function renew(refused: Session): Promise<boolean> {
  return alone(async () => {
    const now = await kept<Session>("session");
    // Somebody else may have signed in meanwhile, and must not send in this person's place.
    if (now?.person.id !== refused.person.id) return false;
    if (now.expires_at !== refused.expires_at) {
      session.value = now;
      return true;
    }
    try {
      const body = now.for === "phone" ? { refresh_token: now.refresh_token } : {};
      const answer = await post<Partial<Session>>("/api/v1/refresh", body, now.for === "desk" ? proof(now) : {});
      await change({ ...now, ...answer, for: now.for } as Session, false);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500 || error.status === 429) throw error;
      await change(now, true);
      return false;
    }
  });
}

/**
 * Sends a request in the name of the person signed in, renewing the sign-in once where the server asks
 * for it. Gives the answer whatever its status; throws [`Unreachable`] where nobody answers.
 */
export async function authorized(path: string, init: RequestInit = {}): Promise<Response> {
  const send = (by: Session | null) =>
    exchange(path, { ...init, headers: { ...init.headers, ...(by && proof(by)) } });
  const by = session.value;
  const response = await send(by);
  if (response.status !== 401 || !by || sessionEnded.value) return response;
  if (!(await renew(by))) return response;
  return session.value?.person.id === by.person.id ? send(session.value) : response;
}

/** Asks the server who is signed in, because roles may have changed since; keeps what is known where it can't be asked. */
export async function lookUpPerson(): Promise<void> {
  const response = await authorized("/api/v1/me").catch((error: unknown) => {
    if (error instanceof Unreachable) return null;
    throw error;
  });
  if (!response?.ok) return;
  const { csrf_token, ...me } = (await response.json()) as Me & { csrf_token?: string };
  await alone(async () => {
    const by = await kept<Session>("session");
    if (by?.person.id !== me.id) return;
    await change({ ...by, person: me, ...(by.for === "desk" && csrf_token && { csrf_token }) }, sessionEnded.value);
  });
}
