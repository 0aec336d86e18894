// Words that the field app, the office and sign-in have in common.
import type { Texts } from "./index";

export const shared = {
  product: { zh: "巡访", en: "Xunfang" },
  productLong: { zh: "农民专业合作社巡查走访", en: "Patrol visits to farmers' cooperatives" },
  sample: { zh: "示例数据", en: "Sample data" },
  sampleLong: {
    zh: "示例数据:人名、合作社和记录都是虚构的。",
    en: "Sample data: people, cooperatives and records are invented.",
  },

  yes: { zh: "是", en: "Yes" },
  no: { zh: "否", en: "No" },
  notApplicable: { zh: "不适用", en: "N/A" },

  save: { zh: "保存", en: "Save" },
  cancel: { zh: "取消", en: "Cancel" },
  close: { zh: "关闭", en: "Close" },
  undo: { zh: "撤销", en: "Undo" },
  back: { zh: "返回", en: "Back" },
  tryAgain: { zh: "再试一次", en: "Try again" },
  reload: { zh: "重新载入", en: "Reload" },
  search: { zh: "查找", en: "Search" },
  all: { zh: "全部", en: "All" },
  none: { zh: "无", en: "None" },
  loading: { zh: "正在载入…", en: "Loading…" },
  print: { zh: "打印", en: "Print" },

  language: { zh: "语言", en: "Language" },
  look: { zh: "外观", en: "Appearance" },
  lookAuto: { zh: "跟随系统", en: "As the system" },
  lookLight: { zh: "浅色", en: "Light" },
  lookDark: { zh: "深色", en: "Dark" },
  lookSunlight: { zh: "强光", en: "Sunlight" },

  signIn: { zh: "登录", en: "Sign in" },
  signOut: { zh: "退出登录", en: "Sign out" },
  signInAgain: { zh: "需要重新登录", en: "Sign in again" },

  offline: { zh: "无网络", en: "No network" },
  serverUnreachable: {
    zh: "连不上服务器。已填写的内容不受影响,有网络后再试。",
    en: "The server can't be reached. What you have written is safe; try again when there is a network.",
  },
  notHereYet: { zh: "这一部分还没有下载到本机", en: "This part of the app is not on this device yet" },
  notHereYetHelp: {
    zh: "已填写的内容不受影响,有网络后再试。",
    en: "What you have written is safe; try again when there is a network.",
  },

  statusInProgress: { zh: "填写中", en: "In progress" },
  statusSubmitted: { zh: "已提交", en: "Submitted" },
  statusReturned: { zh: "已退回", en: "Returned" },
  statusResubmitted: { zh: "再次提交", en: "Resubmitted" },
  statusApproved: { zh: "已通过", en: "Approved" },
  statusRejected: { zh: "不予认可", en: "Rejected" },
  statusWithdrawn: { zh: "已撤回", en: "Withdrawn" },

  outcomeHeld: { zh: "已走访", en: "Held" },
  outcomeNobodyThere: { zh: "无人", en: "Nobody there" },
  outcomeNotFound: { zh: "未找到", en: "Place not found" },

  operatingNormal: { zh: "正常运行", en: "Operating normally" },
  operatingShell: { zh: "空壳", en: "Shell" },
  operatingStopped: { zh: "停业", en: "Stopped" },
  operatingExiting: { zh: "退出中", en: "Exiting" },
  operatingDeregistered: { zh: "已注销", en: "De-registered" },

  titleNational: { zh: "国家级示范社", en: "National demonstration" },
  titleProvincial: { zh: "省级示范社", en: "Provincial demonstration" },
  titleMunicipal: { zh: "市级示范社", en: "Municipal demonstration" },
  titleDistrict: { zh: "区级示范社", en: "District demonstration" },

  severityMinor: { zh: "一般", en: "Minor" },
  severityMajor: { zh: "较重", en: "Major" },
  severityGrave: { zh: "严重", en: "Grave" },

  roleCoordinator: { zh: "辅导员", en: "Coordinator" },
  roleSupervisor: { zh: "审核人", en: "Supervisor" },
  roleDistrictOffice: { zh: "区农业农村局", en: "District office" },
  roleDepartment: { zh: "成员单位", en: "Department" },
  roleAdministrator: { zh: "管理员", en: "Administrator" },
} as const satisfies Texts;
