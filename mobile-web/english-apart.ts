// A Vite plugin: keeps the English half of the words out of what a phone loads first. In the sources both
// languages of a text stand side by side; built, the English ones are a list in a file of its own, which
// is fetched where somebody reads English, and each text knows its place in that list.
import { parseAst, type Plugin } from "vite";

/** The list of English texts, as the words import it. While developing it is empty: nothing is taken apart. */
const LIST = "virtual:english";
/** Where `apart` is, which makes a text whole again. */
const HOME = "index.ts";

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** The plugin, for the words in a folder of the app's root. */
export function englishApart(folder: string): Plugin {
  const taken = new Map<string, string>();
  const list: string[] = [];
  let isBuild = false;
  let words = folder;
  return {
    name: "english-apart",
    enforce: "pre",
    configResolved({ command, root }) {
      isBuild = command === "build";
      words = `${root}/${folder}`;
    },
    async buildStart() {
      taken.clear();
      list.length = 0;
      if (!isBuild) return;
      const files = await this.fs.readdir(words);
      for (const file of files.filter((name) => name !== HOME).sort()) {
        const path = `${words}/${file}`;
        taken.set(path, takeApart(await this.fs.readFile(path, { encoding: "utf8" }), list));
      }
    },
    resolveId: (id) => (id === LIST ? LIST : undefined),
    load: (id) => (id === LIST ? `export default [\n${list.join(",\n")}\n];` : undefined),
    transform: (_, id) => taken.get(id),
  };
}

/** The code with the English half of every text moved to the end of the list. */
function takeApart(code: string, list: string[]): string {
  const program = parseAst(code, { lang: "ts" }) as unknown as Node;
  const bound = new Set<string>();
  const texts: { whole: Node; zh: Node; en: Node }[] = [];
  visit(program, (node) => {
    if (node.type === "ObjectExpression") {
      const [zh, en, ...more] = (node["properties"] as Node[]).map((property) => valueOf(property));
      if (zh?.name === "zh" && en?.name === "en" && more.length === 0) {
        texts.push({ whole: node, zh: zh.value, en: en.value });
      }
    }
    for (const name of namesBoundBy(node)) bound.add(name);
  });
  const source = (node: Node) => code.slice(node.start, node.end);
  // From the end, so that what lies before keeps its place.
  const places = texts.map(({ en }) => {
    const about = [...namesIn(en)].filter((name) => bound.has(name));
    return { place: list.push(about.length ? `(${about.join(", ")}) => ${source(en)}` : source(en)) - 1, about };
  });
  for (const [index, { whole, zh }] of [...texts.entries()].reverse()) {
    const { place, about } = places[index]!;
    const apart = `apart(${[source(zh), place, ...about].join(", ")})`;
    code = code.slice(0, whole.start) + apart + code.slice(whole.end);
  }
  return texts.length ? `import { apart } from "./index";\n${code}` : code;
}

function valueOf(property: Node): { name: unknown; value: Node } {
  const key = property["key"] as Node | undefined;
  return { name: key?.["name"], value: property["value"] as Node };
}

/** The names that a node gives to something: parameters, variables, imports. */
function namesBoundBy(node: Node): string[] {
  const named = (nodes: unknown) =>
    (nodes as Node[]).filter(({ type }) => type === "Identifier").map(({ name }) => name as string);
  switch (node.type) {
    case "ArrowFunctionExpression":
    case "FunctionDeclaration":
      return named(node["params"]);
    case "VariableDeclarator":
      return named([node["id"]]);
    case "ImportSpecifier":
      return named([node["local"]]);
    default:
      return [];
  }
}

/** The names that an expression mentions, other than after a dot. */
function namesIn(expression: Node): Set<string> {
  const names = new Set<string>();
  visit(expression, (node, parent) => {
    const isMember = parent?.type === "MemberExpression" && parent["property"] === node && !parent["computed"];
    if (node.type === "Identifier" && !isMember) names.add(node["name"] as string);
  });
  return names;
}

/** Shows `see` a node and all below it, each with the one it lies in. */
function visit(node: Node, see: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  see(node, parent);
  for (const part of Object.values(node).flat()) {
    if (typeof part === "object" && part !== null && "type" in part) visit(part as Node, see, node);
  }
}
