// Joining a colleague's visit by the QR on the other phone, without a network.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { ButtonLink, Notice, PageHeader } from "../../parts";
import { onDemand, Fetched } from "../../on-demand";
import { address, go } from "../../route";
import { Refused } from "../../sync/replica";
import { say, type Text } from "../../words";
import { field as words } from "../../words/field";
import { placeOf } from "../cooperatives/place";
import { paths } from "../paths";
import { useWork } from "../work";
import { codeProblem } from "./code-problem";
import { readJoinQr } from "./join-qr";

/** Reading pictures is much code that few screens need. */
const scanner = onDemand(() => import("./scanner"));

/** The screen. The address may name the cooperative from which somebody came. */
export function ScanScreen() {
  const { replica } = useWork();
  const from = address.value.searchParams.get("cooperative");
  const wrong = useSignal<Text | null>(null);
  /** The last QR that was seen: held in front of the camera it is read again and again. */
  const seen = useRef("");

  const read = async (text: string): Promise<void> => {
    if (text === seen.current) return;
    seen.current = text;
    const joining = readJoinQr(text);
    if (joining === "newer" || joining === "other") {
      wrong.value = joining === "newer" ? words.codeNewer : words.qrOther;
      return;
    }
    const place = placeOf(replica, joining.cooperative);
    if (!place) return go(paths.join(joining.cooperative, joining.code), { replace: true });
    try {
      go(paths.visit(await replica.join(place, joining.code)), { replace: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong.value = codeProblem(error);
    }
  };

  return (
    <main class="field-screen">
      <PageHeader
        title={say(words.scanTitle)}
        about={say(words.scanHelp)}
        back={from ? { href: paths.join(from), label: say(words.joinTitle) } : { href: paths.cooperatives, label: say(words.cooperatives) }}
      />
      {wrong.value && <Notice tone="brick" urgent>{say(wrong.value)}</Notice>}
      <Fetched part={scanner}>{({ Scanner }) => <Scanner onRead={(text) => void read(text)} />}</Fetched>
      <section class="part">
        <p class="quiet">{say(words.typeInsteadHelp)}</p>
        <ButtonLink href={from ? paths.join(from) : paths.cooperatives}>{say(words.typeInstead)}</ButtonLink>
      </section>
    </main>
  );
}
