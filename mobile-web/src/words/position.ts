// Words about the position of a visit.
import type { Texts } from "./index";

export const position = {
  fromRegistered: (distance: string) => ({ zh: `离登记地约 ${distance}`, en: `About ${distance} from the registered place` }),
  far: { zh: "离登记地较远", en: "Far from the registered place" },
  farHelp: {
    zh: "位置会照实记录。如果登记地不对,可在「更正登记信息」里提出。",
    en: "It is recorded as it is. Where the register is wrong, propose a correction.",
  },
  noRegistered: { zh: "名录里没有登记这家的位置。", en: "The register has no position for it." },
  noneTitle: { zh: "没有位置,说明原因", en: "No position: say why" },
  noneReason: { zh: "为什么没有位置", en: "Why there is no position" },
  noneIndoors: { zh: "室内或山沟里定不到位", en: "No signal indoors or in the valley" },
  noneBroken: { zh: "手机定位有故障", en: "The phone's positioning is broken" },
  noneDenied: { zh: "单位规定不能开定位", en: "Not allowed to use positioning" },
  missing: { zh: "位置,或没有位置的原因", en: "A position, or why there is none" },
  place: { zh: "走访位置", en: "Place of the visit" },
  registeredPlace: { zh: "登记地", en: "registered" },
  visitPlace: { zh: "走访处", en: "visit" },
  sketchOf: (far: string) => ({ zh: `示意图:走访处离登记地 ${far}`, en: `Sketch: the visit was ${far} from the registered place` }),
} as const satisfies Texts;
