// Starts the app in the page.
import { h, render } from "preact";
import { App } from "./app";
import "./look";
import { followAddress } from "./route";

const root = document.getElementById("app");
if (!root) throw new Error("BUG: the page has no #app");
followAddress();
root.replaceChildren();
render(h(App, null), root);
