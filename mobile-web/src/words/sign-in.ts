// Words of the sign-in screen.
import type { Texts } from "./index";

export const signInWords = {
  account: { zh: "账号", en: "Account" },
  password: { zh: "密码", en: "Password" },
  showPassword: { zh: "显示密码", en: "Show password" },
  busy: { zh: "正在登录…", en: "Signing in…" },
  accountMissing: { zh: "请填写账号。", en: "Enter your account." },
  passwordMissing: { zh: "请填写密码。", en: "Enter your password." },
  help: {
    zh: "忘记账号或密码,请联系区农业农村局的管理员。",
    en: "Forgot your account or password? Ask the administrator at the district office.",
  },
  offline: {
    zh: "现在没有网络。第一次登录需要网络;登录过的手机离线也能填写。",
    en: "There is no network. The first sign-in needs one; a phone that has signed in works without.",
  },
  again: {
    zh: "登录已过期。填写的内容都在本机,登录后会自动上报。",
    en: "Your sign-in has expired. Everything you wrote is on this phone and is sent once you sign in.",
  },
  goOnOffline: { zh: "先不登录,继续填写", en: "Go on without signing in" },
  sampleTitle: { zh: "示例账号", en: "Sample accounts" },
  sampleHint: { zh: "密码都是 xunfang-sample。点一个账号就填好。", en: "The password is always xunfang-sample. Press one to fill it in." },
  sampleCoordinator: { zh: "神头镇辅导员(手机)", en: "Coordinator of Shentou (phone)" },
  sampleCoordinator2: { zh: "神头镇辅导员 2(手机)", en: "Second coordinator of Shentou (phone)" },
  sampleSupervisor: { zh: "神头镇审核人", en: "Supervisor of Shentou" },
  sampleOffice: { zh: "区农业农村局", en: "District office" },
} as const satisfies Texts;
