// What the build writes into the code.

/** The version of the app. */
declare const __APP_VERSION__: string;
