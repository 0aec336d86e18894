// Finding cooperatives by what a person types: part of the name, pinyin initials, the village, or digits
// of the credit code.
import type { Cooperative } from "../../shapes";

/** Those that fit, best first: where the words come earlier in the name; all in the order given for no words. */
export function findCooperatives(all: readonly Cooperative[], typed: string): readonly Cooperative[] {
  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return all;
  const ranked: { cooperative: Cooperative; rank: number }[] = [];
  for (const cooperative of all) {
    const ranks = words.map((word) => rankOf(cooperative, word));
    if (ranks.every((rank) => rank !== null)) ranked.push({ cooperative, rank: Math.max(...ranks) });
  }
  return ranked.sort((a, b) => a.rank - b.rank).map(({ cooperative }) => cooperative);
}

const IN_OTHERS = 1_000;

/** Where a word stands in a cooperative; null where it doesn't. */
function rankOf(cooperative: Cooperative, word: string): number | null {
  const inName = [cooperative.name.indexOf(word), cooperative.initials.indexOf(word)].filter((at) => at >= 0);
  if (inName.length > 0) return Math.min(...inName);
  const others = [cooperative.village, cooperative.chair, cooperative.credit_code?.toLowerCase() ?? ""];
  return others.some((other) => other.includes(word)) ? IN_OTHERS : null;
}
