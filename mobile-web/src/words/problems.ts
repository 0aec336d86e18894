// Every stable code with which the server, the gate or a command says no, as a sentence that says what
// happened, what is safe and what to do. The three kinds are kept apart: some codes appear in several and
// mean something else there.
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

/** Why a request of a phone was refused, by the codes of the server's problem table: a phone keeps the code and
 * says it again without the server. To every other request the server's own sentence is the answer. */
export const problems = {
  malformed_request: { zh: "请求有误,没有做任何改动。这是程序的问题,请告诉管理员。", en: "The request was malformed and nothing was changed. That is our fault; please tell the administrator." },
  malformed_body: { zh: "内容在路上损坏,没有做任何改动,会再发一次。", en: "The data was damaged on its way and nothing was changed; it will be sent again." },
  unknown_version: { zh: "应用版本与服务器不一致,请先更新应用。", en: "The app and the server speak different versions; please update the app first." },
  not_signed_in: { zh: "请先登录。", en: "Please sign in first." },
  token_expired: { zh: "登录已到期,请重新登录。填写的内容不受影响。", en: "Your sign-in has run out; please sign in again. What you wrote is safe." },
  token_invalid: { zh: "登录无效,请重新登录。填写的内容不受影响。", en: "Your sign-in is not valid here; please sign in again. What you wrote is safe." },
  session_ended: { zh: "登录已结束,请重新登录。填写的内容不受影响。", en: "Your sign-in has ended; please sign in again. What you wrote is safe." },
  wrong_credentials: { zh: "账号或密码不对。请核对后再试。", en: "The account or the password is wrong. Check both and try again." },
  not_allowed: { zh: "您的账号没有这项权限。", en: "None of your roles allows this." },
  body_too_large: { zh: "一次发送的内容太多,没有接收。", en: "Too much at once; it was not taken." },
  unsupported_media_type: { zh: "内容格式不对,没有接收。请更新应用。", en: "The format is not accepted here; please update the app." },
  too_many_attempts: { zh: "试的次数太多,请过几分钟再试。", en: "Too many attempts; please wait a few minutes." },
  internal: { zh: "服务器出错,没有做任何改动。请稍后再试。", en: "The server failed and nothing was changed; please try again later." },
  overloaded: { zh: "服务器正忙,没有接收,请稍后再试。", en: "The server is busy and did not take this in; please try again shortly." },
  disk_full: { zh: "服务器暂时不接收新内容(磁盘将满),仍可查看。请告诉管理员。", en: "The server takes nothing new for now (its disk is nearly full); reading goes on. Please tell the administrator." },
  unavailable: { zh: "服务器暂时忙不过来,请稍后再试。", en: "The server is busy; please try again shortly." },
} as const satisfies Record<string, Text>;

const sentenceOf = (known: Readonly<Record<string, Text>>, code: string, told?: Text): Text =>
  known[code] ?? told ?? { zh: `没有成功(${code})。`, en: `That didn't work (${code}).` };

/** Why a request was refused; `told` is what the server said. */
export const problemText = (code: string, told?: Text): Text => sentenceOf(problems, code, told);

/** Why a command was not carried out. */
export const refusalText = (code: string): Text => sentenceOf(refusals, code);

/** Why a change was kept apart. */
export const quarantineText = (code: string): Text => sentenceOf(quarantineReasons, code);
