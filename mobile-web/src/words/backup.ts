// Words of backups, and of what is looked through after one was restored.
import type { Texts } from "./index";

export const backup = {
  title: { zh: "备份", en: "Backup" },
  newest: (at: string) => ({ zh: `最近一次备份:${at}`, en: `Last backup: ${at}` }),
  due: (at: string) => ({ zh: `下一次:${at}`, en: `next: ${at}` }),
  none: { zh: "还没有做过备份", en: "No backup was made yet" },
  failed: (at: string) => ({ zh: `${at} 的备份没有做成,请告诉管理服务器的人。`, en: `The backup of ${at} failed; please tell whoever runs the server.` }),
  notScheduled: {
    zh: "服务器没有安排自动备份。请告诉管理服务器的人。",
    en: "The server makes no backups by itself. Please tell whoever runs it.",
  },

  restored: { zh: "恢复后待核对", en: "To check after a restore" },
  restoredAbout: {
    zh: "服务器从备份恢复后,备份以后做的决定和名录改动不在服务器上了。下面是辅导员手机还记得的内容,只供核对,不会自动写回。",
    en: "The server was restored from a backup, so decisions and changes of the register made since are gone from it. This is what coordinators' phones remember of them: to look through; nothing is put back by itself.",
  },
  toRestored: { zh: "去核对", en: "Look through" },
  openCount: (count: number) => ({
    zh: `恢复备份后,有 ${count} 处决定或名录改动待核对。`,
    en: count === 1 ? "After a restore, one decision or change waits to be checked." : `After a restore, ${count} decisions or changes wait to be checked.`,
  }),
  allChecked: { zh: "服务器从备份恢复过;手机还记得的都核对过了", en: "The server was restored once; all that phones remember was checked" },
  toDevices: { zh: "设备", en: "Devices" },
  restoredOn: (at: string, made: string) => ({
    zh: `${at} 用 ${made} 的备份恢复。`,
    en: `Restored on ${at} from the backup of ${made}.`,
  }),
  lostAtLeast: (count: number) => ({
    zh: `备份以后至少有 ${count} 条日志没有了;辅导员写的记录由手机自动重新上报。`,
    en: `At least ${count} entries of the log since then are gone; phones send coordinators' records again by themselves.`,
  }),
  lostNothingKnown: { zh: "还没有手机报告过备份以后的内容。", en: "No phone has told of anything after it yet." },
  rolledBack: (who: string, at: string) => ({
    zh: `服务器的数据比 ${who} 的手机(${at})见过的旧:数据文件可能被换成了旧的,而没有用恢复命令。请告诉管理服务器的人。`,
    en: `The server's data is older than what the phone of ${who} has seen (${at}): its files were perhaps put back without the restore command. Please tell whoever runs the server.`,
  }),
  decisions: { zh: "决定", en: "Decisions" },
  decisionsHint: { zh: "打开记录重新决定,再标为已处理。", en: "Open the record, decide again, then mark it as dealt with." },
  rows: { zh: "名录", en: "Register" },
  rowsHint: { zh: "现在的内容 → 手机记得的内容", en: "as it stands now → as phones remember it" },
  nothing: { zh: "没有要核对的", en: "Nothing to check" },
  nothingHint: { zh: "服务器从备份恢复后,手机记得的内容会出现在这里。", en: "After a restore, what phones remember appears here." },
  toldBy: (who: string, at: string) => ({ zh: `${who} 的手机报告,${at}`, en: `told by the phone of ${who}, ${at}` }),
  decided: (who: string, at: string) => ({ zh: `${who} ${at}`, en: `${who}, ${at}` }),
  itemComments: (count: number) => ({ zh: `另有 ${count} 项意见`, en: count === 1 ? "and 1 item comment" : `and ${count} item comments` }),
  now: { zh: "现在", en: "now" },
  openRecord: { zh: "打开记录", en: "Open the record" },
  notHere: { zh: "这次走访还没有重新上报", en: "The visit has not been sent again yet" },
  settle: { zh: "已处理", en: "Dealt with" },
  settledBy: (who: string, at: string) => ({ zh: `${who} 于 ${at} 处理`, en: `dealt with by ${who}, ${at}` }),
  noRow: { zh: "没有这一条", en: "not there" },
  nothingElse: { zh: "无", en: "none" },
} as const satisfies Texts;
