// Starts the app in the page.
import { h, render } from "preact";
import { App } from "./app";
import "./look";
import { followAddress } from "./route";
import { restoreSession } from "./session";

const root = document.getElementById("app");
if (!root) throw new Error("BUG: the page has no #app");
followAddress();
await restoreSession();
root.replaceChildren();
render(h(App, null), root);
