// Joining a colleague's visit by its code, without a network.
import { useSignal } from "@preact/signals";
import { Button, EmptyState, Field, PageHeader } from "../../parts";
import { go } from "../../route";
import { Refused } from "../../sync/replica";
import { say, type Text } from "../../words";
import { field as words } from "../../words/field";
import { refusalText } from "../../words/problems";
import { paths } from "../paths";
import { useWork } from "../work";

const PROBLEMS: Readonly<Record<string, Text>> = {
  malformed: words.codeMalformed,
  wrong_check: words.codeWrongCheck,
  newer: words.codeNewer,
};

/** Eight characters, with room for the space or hyphen that people put in the middle. */
const CODE_CHARS_MAX = 10;

/** The screen. */
export function JoinScreen({ cooperative: id }: { cooperative: string }) {
  const { replica } = useWork();
  const cooperative = replica.cooperatives.value.get(id);
  const code = useSignal("");
  const wrong = useSignal<string | null>(null);
  const back = { href: paths.cooperative(id), label: cooperative?.name ?? say(words.cooperatives) };

  const join = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!cooperative) return;
    try {
      const place = { cooperative: id, area: cooperative.area, provisional_name: null };
      go(paths.visit(await replica.join(place, code.value)), { replace: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong.value = say(PROBLEMS[error.code] ?? refusalText(error.code));
    }
  };

  return (
    <main class="field-screen">
      <PageHeader title={say(words.joinTitle)} about={say(words.joinHelp)} back={back} />
      {cooperative ? (
        <form class="field-form" onSubmit={(event) => void join(event)} noValidate>
          <div class="code-field">
            <Field
              label={say(words.joinCode)}
              value={code.value}
              onInput={(text) => {
                code.value = text.toUpperCase();
                wrong.value = null;
              }}
              autocomplete="off"
              maxLength={CODE_CHARS_MAX}
              error={wrong.value}
            />
          </div>
          <Button type="submit" kind="main" big>{say(words.join)}</Button>
        </form>
      ) : (
        <EmptyState title={say(words.cooperativeMissing)} text={say(words.cooperativeMissingHelp)} />
      )}
    </main>
  );
}
