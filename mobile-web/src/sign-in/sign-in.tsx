// Signing in: account and password, and what to do when it doesn't work.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { version } from "../api";
import { online } from "../online";
import { Button, ButtonLink, Card, Field, Notice, Segments } from "../parts";
import { Problem, sentence, Unreachable } from "../problem";
import { address, go } from "../route";
import { wide } from "../screen";
import { person, recordsVisits, sessionEnded, signIn } from "../session";
import { language, read, say } from "../words";
import { shared } from "../words/shared";
import { signInWords as words } from "../words/sign-in";
import "./sign-in.css";

/** The sample district's fixed accounts, shown only where the server says that it holds sample data. */
const SAMPLE_ACCOUNTS = [
  { account: "coordinator-shentou", who: words.sampleCoordinator },
  { account: "coordinator-shentou-2", who: words.sampleCoordinator2 },
  { account: "supervisor-shentou", who: words.sampleSupervisor },
  { account: "office", who: words.sampleOffice },
];
const SAMPLE_PASSWORD = "xunfang-sample";

/** The screen. */
export function SignIn() {
  const account = useSignal(person.value?.account ?? "");
  const password = useSignal("");
  const shown = useSignal(false);
  const missing = useSignal<"account" | "password" | null>(null);
  const refused = useSignal<string | null>(null);
  const busy = useSignal(false);
  const sample = useSignal(false);

  useEffect(() => {
    document.title = `${say(shared.signIn)} · ${say(shared.product)}`;
    version().then(
      (told) => (sample.value = told.sample),
      () => (sample.value = false),
    );
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    missing.value = account.value.trim() === "" ? "account" : password.value === "" ? "password" : null;
    if (missing.value || busy.value) return;
    busy.value = true;
    refused.value = null;
    try {
      await signIn(account.value.trim(), password.value, wide.value);
      if (address.value.pathname === "/sign-in") go("/", { replace: true });
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof Unreachable)) throw error;
      refused.value = sentence(error);
    } finally {
      busy.value = false;
    }
  };

  const me = person.value;
  return (
    <main class="sign-in">
      <header>
        <h1>{say(shared.product)}{language.value === "zh" && <span lang="en"> Xunfang</span>}</h1>
        <p class="quiet">{say(shared.productLong)}</p>
      </header>
      {!online.value && <Notice tone="ochre">{say(words.offline)}</Notice>}
      {sessionEnded.value && online.value && <Notice tone="ochre">{say(words.again)}</Notice>}
      <form onSubmit={submit} noValidate>
        {refused.value && <Notice tone="brick" urgent>{refused.value}</Notice>}
        <Field
          label={say(words.account)}
          name="account"
          autocomplete="username"
          value={account.value}
          onInput={(text) => (account.value = text)}
          error={missing.value === "account" ? say(words.accountMissing) : null}
        />
        <Field
          label={say(words.password)}
          name="password"
          type={shown.value ? "text" : "password"}
          autocomplete="current-password"
          value={password.value}
          onInput={(text) => (password.value = text)}
          error={missing.value === "password" ? say(words.passwordMissing) : null}
        />
        <label class="sign-in-show">
          <input type="checkbox" checked={shown.value} onChange={() => (shown.value = !shown.value)} />
          {say(words.showPassword)}
        </label>
        <Button type="submit" kind="main" big busy={busy.value}>
          {say(busy.value ? words.busy : shared.signIn)}
        </Button>
        {me && recordsVisits(me) && <ButtonLink kind="quiet" href="/">{say(words.goOnOffline)}</ButtonLink>}
      </form>
      <p class="quiet">{say(words.help)}</p>
      {sample.value && (
        <Card>
          <h2>{say(words.sampleTitle)}</h2>
          <p class="quiet">{say(words.sampleHint)}</p>
          <ul class="sign-in-sample">
            {SAMPLE_ACCOUNTS.map((one) => (
              <li key={one.account}>
                <Button
                  onClick={() => {
                    account.value = one.account;
                    password.value = SAMPLE_PASSWORD;
                    missing.value = null;
                  }}
                >
                  {say(one.who)}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Segments
        label={say(shared.language)}
        segments={[
          { value: "zh", label: "中文" },
          { value: "en", label: "English" },
        ]}
        value={language.value}
        onChange={(chosen) => void read(chosen)}
      />
    </main>
  );
}
