// Words of the field app's first screen, and of what stands around every screen.
import type { Texts } from "./index";

export const firstScreen = {
  places: { zh: "主要页面", en: "Main pages" },
  today: { zh: "今日", en: "Today" },
  cooperatives: { zh: "合作社", en: "Cooperatives" },
  records: { zh: "记录", en: "Records" },
  me: { zh: "我的", en: "Me" },

  opening: { zh: "正在打开本机记录…", en: "Opening your records…" },
  openingFailed: {
    zh: "本机记录打不开。内容没有删除,请重新载入。",
    en: "Your records can't be opened. Nothing was deleted; please reload.",
  },
  otherTab: { zh: "巡访已在另一个标签页打开", en: "Xunfang is open in another tab" },
  otherTabHelp: {
    zh: "为了不写乱,同一时间只在一个标签页填写。关掉那一个,这里会自动接着用。",
    en: "So that nothing gets mixed up, only one tab writes at a time. Close the other one and this one takes over.",
  },
  tooOld: { zh: "这个浏览器不能离线保存", en: "This browser can't keep work offline" },
  tooOldHelp: {
    zh: "请用手机自带浏览器或 Chrome 的新版本,通过 https 地址打开。",
    en: "Please use an up-to-date browser such as Chrome or Safari, at an https address.",
  },
  inApp: { zh: "请用浏览器打开", en: "Please open this in a browser" },
  inAppHelp: {
    zh: "您在微信等应用里打开了巡访。这里保存的内容可能被清掉,也不能离线使用。点右上角「…」,选「在浏览器打开」。",
    en: "You opened Xunfang inside another app, which may clear what is saved and can't work offline. Tap “…” at the top right and choose “Open in browser”.",
  },
  inAppCopy: { zh: "复制网址", en: "Copy the address" },
  inAppCopied: { zh: "已复制,到浏览器里粘贴打开。", en: "Copied; paste it in a browser." },
  inAppContinue: { zh: "仍在这里用", en: "Go on here" },

  syncAll: (at: string) => ({ zh: `已全部上报 ${at}`, en: `All sent ${at}` }),
  syncNever: { zh: "还没连上过", en: "Not connected yet" },
  syncTalking: { zh: "正在上报", en: "Sending" },
  syncFetching: { zh: "正在更新", en: "Updating" },
  syncUnsent: (count: number, oldest: string) => ({
    zh: `${count} 条未上报,最早 ${oldest}`,
    en: `${count} not sent, oldest ${oldest}`,
  }),
  syncOffline: { zh: "无网络,已存本机", en: "No network, saved here" },
  syncUnreachable: { zh: "连不上服务器,已存本机", en: "No answer, saved here" },
  syncNotTaking: { zh: "服务器暂不接收,已存本机", en: "Not taken now, saved here" },
  syncAttention: (count: number) => ({ zh: `${count} 条需要处理`, en: `${count} need attention` }),
  syncFull: { zh: "手机空间不足", en: "Phone storage full" },
  syncFailed: { zh: "应用出错,已存本机", en: "App error, saved here" },
  syncRefused: { zh: "服务器没有接收", en: "Refused by the server" },

  startVisit: { zh: "开始走访", en: "Start a visit" },
  returnedTitle: { zh: "退回修改", en: "Returned to you" },
  reasonFollowUp: { zh: "整改复查", en: "Follow-up" },
  reasonShell: { zh: "空壳月访", en: "Shell, monthly" },
  reasonExiting: { zh: "退出中季访", en: "Exiting, quarterly" },
  reasonStopped: { zh: "停业季访", en: "Stopped, quarterly" },
  reasonFiveHaves: { zh: "五有未达到", en: "Five haves not met" },
  reasonTitled: { zh: "示范社季访", en: "Titled, quarterly" },
  reasonNew: { zh: "新成立季访", en: "New, quarterly" },
  reasonNormal: { zh: "定期巡访", en: "Regular visit" },
  dueTitle: { zh: "该去的", en: "To visit" },
  inProgressTitle: { zh: "没填完的", en: "In progress" },
  cooperativesCount: (count: number) => ({ zh: `${count} 家`, en: `${count}` }),
  recordsCount: (count: number) => ({ zh: `${count} 条`, en: `${count}` }),
  returnedBy: (name: string, day: string) => ({ zh: `${name} · ${day}`, en: `${name} · ${day}` }),
  overdueBy: (days: string) => ({ zh: `逾期 ${days}`, en: `${days} overdue` }),
  dueIn: (days: string) => ({ zh: `还有 ${days}`, en: `${days} left` }),
  dueToday: { zh: "今天到期", en: "Due today" },
  dueBy: (day: string) => ({ zh: `${day}前`, en: `by ${day}` }),
  nothingDue: { zh: "现在没有该去的合作社", en: "Nothing to visit now" },
  nothingDueHelp: {
    zh: "想多走几家,到「合作社」里选一家就能开始。",
    en: "To visit more, choose one under Cooperatives and start.",
  },
  notYetSynced: { zh: "本机还没有合作社名录", en: "No register on this phone yet" },
  notYetSyncedHelp: {
    zh: "连上网络后会自动下载。在那之前也可以记录一家没有登记的合作社。",
    en: "It is downloaded as soon as there is a network. Until then you can record a cooperative that is not registered.",
  },
  whose: { zh: "谁负责的", en: "Whose" },
  whoseMine: { zh: "我负责的", en: "Mine" },
  whoseAll: { zh: "全部", en: "All" },
  showMore: (count: number) => ({ zh: `还有 ${count} 家`, en: `${count} more` }),

  unknownCooperative: { zh: "不在本机名录里的合作社", en: "A cooperative not on this phone" },

  unsentSince: (at: string) => ({ zh: `${at}起未上报`, en: `not sent since ${at}` }),
  missingCount: (count: number) => ({ zh: `没填完,还差 ${count} 项`, en: `${count} missing` }),
  conflictCount: (count: number) => ({ zh: `${count} 处不一致`, en: `${count} differ` }),

  updateReady: { zh: "新版本已下载好", en: "A new version is ready" },
  updateHelp: { zh: "更新只换程序,记录不受影响。", en: "Updating replaces the program; your records are untouched." },
  updateNow: { zh: "现在更新", en: "Update now" },
} as const satisfies Texts;
