// The parts every screen is made of: native elements underneath, large touch targets, no domain knowledge.
export { BottomBar, type Place } from "./bottom-bar";
export { Button, ButtonLink } from "./button";
export { Card } from "./card";
export { Chip, type Tone } from "./chip";
export { Dialog } from "./dialog";
export { EmptyState } from "./empty-state";
export { Field, Select, TextArea } from "./field";
export { Icon, type IconName } from "./icon";
export { Loading, Notice } from "./notice";
export { PageHeader } from "./page-header";
export { Progress } from "./progress";
export { Row, Rows } from "./row";
export { Segments, type Segment } from "./segments";
export { toast, Toasts } from "./toast";
