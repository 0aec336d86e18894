// Questions to the server's API, as somebody at the office, to compare with what screens show.

import { PASSWORD } from "./world.js";

/** Signs in at a desk; `get` and `bytes` ask, `post` does something, `period` is the half-year that runs now in China. */
export async function api(url, account) {
  const signedIn = await fetch(`${url}/api/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ account, password: PASSWORD, device: { id: null, name: "test" }, for: "desk" }),
  });
  if (!signedIn.ok) throw new Error(`${account} can't sign in: ${signedIn.status}`);
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const { csrf_token: csrf } = await signedIn.json();
  const ask = async (path, more = {}) => {
    const headers = { cookie, "x-csrf-token": csrf, "content-type": "application/json" };
    const answer = await fetch(`${url}/api/v1/${path}`, { headers, ...more });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const [year, month] = new Intl.DateTimeFormat("sv", { timeZone: "Asia/Shanghai" }).format(new Date()).split("-");
  return {
    period: `${year}-H${Number(month) <= 6 ? 1 : 2}`,
    get: async (path) => (await ask(path)).json(),
    post: async (path, body) => (await ask(path, { method: "POST", body: JSON.stringify(body) })).json(),
    bytes: async (path) => new Uint8Array(await (await ask(path)).arrayBuffer()),
  };
}
