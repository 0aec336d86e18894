// A record as the stock Automerge client reads it, against what we read in it.

import assert from "node:assert/strict";

import * as Automerge from "@automerge/automerge";

/** Fails unless the saved document says what the inspection says: every value of every answer and note,
 * conflicts included, the findings, who was there, and the summary. */
export function agrees(saved, inspection) {
  const document = Automerge.load(new Uint8Array(saved));
  for (const [container, fields] of [["answers", inspection.answers], ["notes", inspection.notes]]) {
    assert.deepEqual(Object.keys(document[container]).sort(), Object.keys(fields).sort(), container);
    for (const [item, entries] of Object.entries(fields)) {
      const ours = entries.map((entry) => asStored(entry.value)).sort();
      assert.deepEqual(allValues(document[container], item).sort(), ours, `${container}.${item}`);
    }
  }
  assert.deepEqual(Object.keys(document.findings).sort(), Object.keys(inspection.findings).sort());
  for (const [id, finding] of Object.entries(inspection.findings)) {
    assert.deepEqual(allValues(document.findings[id], "text"), [finding.text]);
    assert.equal(document.findings[id].withdrawn, finding.withdrawn);
  }
  const present = new Set(inspection.present.map((presence) => presence.person));
  assert.deepEqual(Object.keys(document.present).sort(), [...present].sort());
  assert.equal(document.summary, inspection.summary);
}

/** An answer or note of an inspection → the scalar that the document holds. */
function asStored(value) {
  if (value === null || typeof value === "string") return value;
  return value.kind === "choices" ? value.value.join(",") : value.value;
}

/** Every value that stands under a key: several where people wrote without knowing of each other. */
function allValues(map, key) {
  const conflicts = Automerge.getConflicts(map, key);
  const values = conflicts ? Object.values(conflicts) : [map[key]];
  return values.map((value) => (Automerge.isImmutableString(value) ? value.val : value));
}
