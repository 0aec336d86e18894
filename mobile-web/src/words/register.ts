// Words about the register, and about what became of a finding: for phones and desks.
import type { Texts } from "./index";

/** By the field's name in the register. */
export const registerFields = {
  name: { zh: "名称", en: "Name" },
  chair: { zh: "理事长", en: "Chair" },
  telephone: { zh: "电话", en: "Telephone" },
  address: { zh: "住所", en: "Address" },
  village: { zh: "所在村", en: "Village" },
  credit_code: { zh: "统一社会信用代码", en: "Credit code" },
  member_count: { zh: "成员数", en: "Members" },
  operating_status: { zh: "运行状态", en: "Operating status" },
  position: { zh: "位置", en: "Position" },
} satisfies Texts;

/** What became of a finding. */
export const rectifications = {
  put_right: { zh: "已整改", en: "Put right" },
  partly: { zh: "部分整改", en: "Partly put right" },
  not_put_right: { zh: "未整改", en: "Not put right" },
} satisfies Texts;

export const register = {
  position: { zh: "位置", en: "Position" },
  earlierFinding: { zh: "以前的问题", en: "Earlier finding" },
  evidence: { zh: "照片或文件", en: "Photo or file" },
  photoAdded: { zh: "添加了照片", en: "Added a photo" },
  fileAdded: (name: string) => ({ zh: `添加了文件:${name}`, en: `Added a file: ${name}` }),
  evidenceWithdrawn: { zh: "撤下了照片或文件", en: "Took a photo or file back" },
  followedUp: (outcome: string) => ({ zh: `复查以前的问题:${outcome}`, en: `Earlier finding: ${outcome}` }),
  proposed: (field: string, value: string) => ({ zh: `建议更正${field}:${value}`, en: `${field} should be: ${value}` }),
  takenBack: { zh: "已取消", en: "taken back" },
} satisfies Texts;
