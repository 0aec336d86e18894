// Before anything is written: a browser that can't keep work offline, or one inside another app, which may
// throw it away, is told so.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button, EmptyState, Notice } from "../parts";
import { say } from "../words";
import { firstScreen as words } from "../words/first-screen";

const canKeepWork =
  isSecureContext && "locks" in navigator && "storage" in navigator && "CompressionStream" in globalThis;

/** Browsers that live inside another app. */
const IN_APP = /MicroMessenger|QQ\/|DingTalk|Weibo|AlipayClient|aweme|Lark/;
const inApp = IN_APP.test(navigator.userAgent);

const PASSED_AS = "xunfang.in-app";

/** Shows what is inside, once the browser will do. */
export function BrowserCheck({ children }: { children: ComponentChildren }) {
  const passed = useSignal(!inApp || sessionStorage.getItem(PASSED_AS) !== null);
  const copied = useSignal(false);
  if (!canKeepWork) {
    return (
      <main class="field-screen">
        <EmptyState title={say(words.tooOld)} text={say(words.tooOldHelp)} />
      </main>
    );
  }
  if (passed.value) return <>{children}</>;
  return (
    <main class="field-screen">
      <EmptyState title={say(words.inApp)} text={say(words.inAppHelp)}>
        <Button
          kind="main"
          big
          onClick={() => void navigator.clipboard.writeText(location.href).then(() => (copied.value = true))}
        >
          {say(words.inAppCopy)}
        </Button>
        {copied.value && <Notice tone="green">{say(words.inAppCopied)}</Notice>}
        <Button
          kind="quiet"
          onClick={() => {
            sessionStorage.setItem(PASSED_AS, "1");
            passed.value = true;
          }}
        >
          {say(words.inAppContinue)}
        </Button>
      </EmptyState>
    </main>
  );
}
