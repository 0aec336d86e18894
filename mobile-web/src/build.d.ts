// What the build writes into the code.

/** The version of the app. */
declare const __APP_VERSION__: string;

/** The English half of the words, by place. */
declare module "virtual:english" {
  const english: readonly (string | ((...about: unknown[]) => string))[];
  export default english;
}
