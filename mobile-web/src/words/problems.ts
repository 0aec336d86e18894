// Every stable code with which the server, the gate or a command says no, as a sentence that says what
// happened, what is safe and what to do. The server sends its own sentence too; it is used for codes
// that this build doesn't know.
import type { Text } from "./index";

/** Why a command was not carried out on this phone. */
export const refusals = {
  not_present: { zh: "您还没有加入这次走访,先加入再填写。", en: "You have not joined this visit yet; join it first." },
  unknown_item: { zh: "检查表里没有这一项。", en: "The checklist has no such item." },
  bad_value: { zh: "这个值不符合这一项的要求,请改一下。", en: "This value doesn't fit the item; please change it." },
  too_long: { zh: "文字太长,请缩短一些。", en: "The text is too long; please shorten it." },
  nothing_to_confirm: { zh: "这一项还没有内容可确认。", en: "There is nothing to confirm here yet." },
  unknown_finding: { zh: "这个问题不存在或已撤回。", en: "This finding doesn't exist or was withdrawn." },
  id_taken: { zh: "编号重复,请再试一次。", en: "The id is taken; please try again." },
  no_conflict: { zh: "这里已经没有不一致了。", en: "There is no conflict here any more." },
  incomplete: { zh: "还有必填项没填,填完再提交。", en: "Something required is missing; complete it, then submit." },
  withdrawn: { zh: "这次走访已撤回,不能再改。", en: "This visit was withdrawn and can't be changed." },
  not_at_desk: { zh: "审核人只能在不一致的值里选定,不能改写。", en: "A supervisor may pick between values, not rewrite them." },
  clock_out_of_range: { zh: "手机的时间不对,请校准后再填。", en: "The phone's clock is far off; set it, then go on." },
} as const satisfies Record<string, Text>;

/** Why the server kept a change apart; the work is still on the phone and at the office. */
export const quarantineReasons = {
  malformed_change: { zh: "上报的数据损坏,内容仍在本机。", en: "The data arrived damaged; it is still on the phone." },
  too_large: { zh: "这条记录超过了大小限制,内容仍在本机。", en: "The record exceeds the size limit; it is still on the phone." },
  genesis_mismatch: { zh: "走访代码与已有记录不符,内容仍在本机。", en: "The visit code doesn't fit the record known here; the work is still on the phone." },
  unknown_checklist: { zh: "服务器不认识这个检查表版本,请联系管理员。", en: "The server doesn't know this checklist version; tell the administrator." },
  sequence_reused: { zh: "手机数据恢复过,这部分会自动重新上报。", en: "The phone was restored; this part is sent again by itself." },
  foreign_actor: { zh: "这部分属于另一台设备或另一个人,没有接收。", en: "This part belongs to another device or person and was not taken." },
  not_granted: { zh: "这家合作社不在您现在负责的范围,可交给审核人处理。", en: "This cooperative is outside your present area; the supervisor can decide." },
  unknown_cooperative: { zh: "名录里没有这家合作社,请补上名称和所属乡镇。", en: "The register doesn't have this cooperative; add its name and area." },
  bad_shape: { zh: "有一处内容不符合检查表,没有接收。", en: "One entry doesn't fit the checklist and was not taken." },
  against_rules: { zh: "有一处操作不符合规则,没有接收。", en: "One step is against the rules of the record and was not taken." },
  unmergeable: { zh: "这部分无法合并,已单独保存,等审核人处理。", en: "This part couldn't be merged; it is kept apart for the supervisor." },
  depends_on_refused: { zh: "它建立在没有被接收的内容上,会自动整理后重报。", en: "It builds on something that was not taken; it is sorted out and sent again." },
} as const satisfies Record<string, Text>;

/** Why a request was refused. */
export const problems = {
  wrong_credentials: { zh: "账号或密码不对。请核对后再试。", en: "The account or the password is wrong. Check both and try again." },
  too_many_attempts: { zh: "试的次数太多。请过几分钟再试。", en: "Too many attempts. Please wait a few minutes." },
  not_signed_in: { zh: "需要重新登录。已填写的内容不受影响。", en: "Please sign in again. What you have written is safe." },
  token_expired: { zh: "登录已过期,请重新登录。", en: "Your sign-in has expired; please sign in again." },
  session_ended: { zh: "这次登录已结束,请重新登录。", en: "This sign-in has ended; please sign in again." },
  csrf_mismatch: { zh: "页面已过期,请重新载入。", en: "This page is out of date; please reload it." },
  not_allowed: { zh: "您的账号没有这项权限。", en: "Your account may not do this." },
  not_found: { zh: "找不到,可能不在您负责的范围。", en: "Not found, or outside your area." },
  malformed_request: { zh: "请求有误,这是程序的问题,请告诉管理员。", en: "The request was malformed; that is our fault, please tell the administrator." },
  unknown_version: { zh: "应用版本太旧,请先更新。", en: "This app is too old; please update it first." },
  unsupported_media_type: { zh: "请求格式有误,请更新应用。", en: "The request has an unsupported format; please update the app." },
  body_too_large: { zh: "一次上报的内容太多,会自动分批。", en: "Too much at once; it will be sent in parts." },
  record_moved: { zh: "这条记录刚有新的变动,请先看变动再决定。", en: "The record has just changed; look at the changes before you decide." },
  conflicts_open: { zh: "还有不一致没有选定,选定后才能通过。", en: "Some conflicts are still open; pick first, then approve." },
  own_record: { zh: "您参与填写了这条记录,要由别人审核。", en: "You wrote in this record; somebody else has to review it." },
  not_submitted: { zh: "这条记录还没有提交,不能审核。", en: "The record has not been submitted yet." },
  bad_period: { zh: "没有这个时间段。", en: "There is no such period." },
  unavailable: { zh: "服务器暂时忙不过来,请稍后再试。", en: "The server is busy; please try again shortly." },
  internal: { zh: "服务器出错,已记录下来。请稍后再试。", en: "The server failed and has noted it. Please try again later." },
} as const satisfies Record<string, Text>;

const known: Readonly<Record<string, Text>> = { ...refusals, ...quarantineReasons, ...problems };

/** The sentence for a code; `told` is what the server said, for codes that this build doesn't know. */
export function problemText(code: string, told?: Text): Text {
  return known[code] ?? told ?? { zh: `没有成功(${code})。`, en: `That didn't work (${code}).` };
}
