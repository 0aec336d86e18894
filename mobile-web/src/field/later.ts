// The screens that nobody sees first. They and all that only they use are one file, which a phone fetches once
// the first screen stands; so this module is only ever imported on demand.
export { CooperativeScreen } from "./cooperatives/cooperative";
export { CooperativesScreen } from "./cooperatives/cooperatives";
export { NewCooperativeScreen } from "./cooperatives/new-cooperative";
export { keptEvidence } from "./evidence/kept";
export { JoinScreen } from "./joint/join";
export { ScanScreen } from "./joint/scan";
export { MeScreen } from "./me/me";
export { RecordsScreen } from "./records/records";
export { ConflictsScreen } from "./visit/conflicts";
export { NewFindingScreen } from "./visit/new-finding";
export { SectionScreen } from "./visit/section";
export { VisitScreen } from "./visit/visit";
