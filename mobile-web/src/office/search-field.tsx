// A word to search by, kept in the address once the person stops typing.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Field } from "../parts";
import { address, setQuery } from "../route";

/** Between two keys of somebody who is still typing. */
const PAUSE_MS = 250;

interface SearchFieldProps {
  label: string;
  /** The label is the placeholder, to save room. */
  inside?: boolean;
}

/** The field; its word is the address's `q`. */
export function SearchField({ label, inside }: SearchFieldProps) {
  const kept = address.value.searchParams.get("q") ?? "";
  const word = useSignal(kept);
  // Cleared elsewhere, or stepped back to.
  useEffect(() => void (word.value = kept), [kept]);
  useEffect(() => {
    if (word.value === kept) return;
    const timer = setTimeout(() => setQuery({ q: word.value }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [word.value]);
  return (
    <Field
      label={label}
      type="search"
      value={word.value}
      onInput={(text) => (word.value = text)}
      {...(inside && { hideLabel: true, placeholder: label })}
    />
  );
}
