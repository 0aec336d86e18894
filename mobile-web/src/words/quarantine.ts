// Words of what was refused, as the office reads them: why, what can be done about it, what became of it.
import type { Text, Texts } from "./index";

export const quarantine = {
  title: { zh: "没有被接收的内容", en: "What was not taken" },
  about: {
    zh: "没有并入记录的内容原样保存在这里,等审核人处理。",
    en: "What was not merged into its record is kept here whole, for the supervisor to decide.",
  },
  list: { zh: "未接收的内容", en: "Work not taken" },
  state: { zh: "处理情况", en: "State" },
  open: { zh: "待处理", en: "Open" },
  resolved: { zh: "已处理", en: "Resolved" },
  noneOpen: { zh: "没有待处理的内容", en: "Nothing waits" },
  noneOpenHint: { zh: "上报的内容都已并入记录或处理过。", en: "All that was sent is in its records, or was decided about." },
  noneResolved: { zh: "还没有处理过的内容", en: "Nothing was decided yet" },
  noneResolvedHint: { zh: "放行或不予采用后会出现在这里。", en: "What is released or dismissed appears here." },
  choose: { zh: "从列表里选一项查看", en: "Choose one from the list" },
  count: (count: number) => ({ zh: `${count} 项`, en: count === 1 ? "1 change" : `${count} changes` }),
  unknownCooperative: { zh: "未登记的合作社", en: "unregistered cooperative" },
  noArea: { zh: "区域不明", en: "area unknown" },
  sentBy: { zh: "上报人", en: "Sent by" },
  device: { zh: "设备", en: "Device" },
  unnamedDevice: { zh: "未命名的手机", en: "unnamed phone" },
  receivedAt: { zh: "收到", en: "Received" },
  toRecord: { zh: "打开已有的记录", en: "Open the record as it stands" },
  noRecord: { zh: "这次走访还没有记录,放行后新建。", en: "There is no record of this visit yet; releasing makes one." },
  why: { zh: "为什么没有接收", en: "Why it was not taken" },

  wouldChange: { zh: "放行后记录会有的变化", en: "What releasing would change in the record" },
  wouldChangeNothing: { zh: "没有可读出的变化。", en: "No change that can be read." },
  contentsHidden: { zh: "内容只给审核人和区办看。", en: "Contents are shown to supervisors and the district office only." },
  changes: { zh: "逐项", en: "One by one" },
  number: { zh: "序号", en: "No." },
  written: { zh: "手机时间", en: "Phone's time" },
  contents: { zh: "内容", en: "Contents" },
  outcome: { zh: "处理", en: "Outcome" },
  arrived: { zh: "到场", en: "was there" },
  submitted: { zh: "提交记录", en: "submitted the record" },
  withdrew: (reason: string) => ({ zh: `撤回走访:${reason}`, en: `withdrew the visit: ${reason}` }),
  unreadable: (size: string, name: string) => ({ zh: `读不出内容(${size},编号 ${name})`, en: `can't be read (${size}, ${name})` }),
  buildsOn: (number: number) => ({ zh: `建立在第 ${number} 项之上`, en: `builds on no. ${number}` }),

  release: { zh: "放行", en: "Release" },
  releaseCount: (count: number) => ({ zh: `放行 ${count} 项`, en: count === 1 ? "Release 1 change" : `Release ${count} changes` }),
  releaseMeans: (who: string) => ({
    zh: `按${who}的名义、当时收到的时间并入记录;每一步检查都重做一遍。本人已重新填写的部分会跳过。放行后不能收回。`,
    en: `It goes into the record as ${who}'s, as received when it came; every check runs again. What the author has entered anew is passed over. This can't be taken back.`,
  }),
  dismiss: { zh: "不予采用", en: "Dismiss" },
  dismissMeans: {
    zh: "不并入记录。内容和原因都保留,上报人的手机上会看到原因。",
    en: "It stays out of the record. Contents and reason are kept, and the sender's phone shows the reason.",
  },
  export: { zh: "导出", en: "Export" },
  reason: { zh: "原因", en: "Reason" },
  reasonNeeded: { zh: "请写明原因。", en: "Please say why." },
  nothingToRelease: { zh: "没有可放行的内容。", en: "There is nothing to release." },
  released: { zh: "已放行", en: "Released" },
  replaced: { zh: "本人已重新填写", en: "Entered anew by its author" },
  dismissed: { zh: "不予采用", en: "Dismissed" },
  doneReleased: (count: number) => ({ zh: `已放行 ${count} 项`, en: `${count} released` }),
  doneDismissed: (count: number) => ({ zh: `${count} 项不予采用`, en: `${count} dismissed` }),
  stillOpen: (count: number) => ({ zh: `${count} 项仍未接收`, en: `${count} still not taken` }),
} as const satisfies Texts;

/** Why a change was refused, in a few words. */
export const refusedBecause: Readonly<Record<string, Text>> = {
  malformed_change: { zh: "数据损坏", en: "damaged data" },
  too_large: { zh: "超过大小限制", en: "too large" },
  genesis_mismatch: { zh: "走访代码与已有记录不符", en: "visit code doesn't fit the record" },
  unknown_checklist: { zh: "服务器不认识检查表版本", en: "checklist version unknown" },
  sequence_reused: { zh: "手机恢复过旧数据", en: "phone was restored from a copy" },
  foreign_actor: { zh: "属于另一台设备或另一个人", en: "belongs to another device or person" },
  not_granted: { zh: "上报人当时没有这里的授权", en: "sender had no grant here" },
  unknown_cooperative: { zh: "名录里没有这家合作社", en: "cooperative not in the register" },
  bad_shape: { zh: "内容不符合检查表", en: "doesn't fit the checklist" },
  against_rules: { zh: "操作不符合规则", en: "against the rules of the record" },
  unmergeable: { zh: "无法合并", en: "could not be merged" },
  depends_on_refused: { zh: "建立在未接收的内容上", en: "builds on what was not taken" },
};

/** What keeps from releasing a change. */
export const whyNotReleased = {
  resolved: { zh: "已处理", en: "decided about already" },
  beyond_release: { zh: "这种内容不能放行,只能导出或不予采用", en: "can't be released, only exported or dismissed" },
  builds_on_refused: { zh: "它依据的内容不会并入,也不能放行", en: "what it builds on stays out, so it can't be released" },
  no_area: { zh: "登记合作社后才能放行", en: "register the cooperative first" },
  not_yours: { zh: "由本区域的审核人放行", en: "for the supervisor of the area" },
  own_work: { zh: "您自己报送的,须由他人处理", en: "yours; somebody else must decide" },
} as const satisfies Record<string, Text>;
