// Starts the app in the page.
import { h, render } from "preact";
import { App } from "./app";
import "./look";
import { followAddress } from "./route";
import { wide } from "./screen";
import { restoreSession } from "./session";
import { readAsChosen } from "./words";

const root = document.getElementById("app");
if (!root) throw new Error("BUG: the page has no #app");
followAddress();
// On a phone the field app and its core are on their way while the sign-in is looked up or typed.
if (!wide.value) void import("./field/field");
await Promise.all([restoreSession(), readAsChosen()]);
root.replaceChildren();
render(h(App, null), root);
