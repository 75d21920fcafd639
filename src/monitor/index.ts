/** What rules, and other projects, use of monitoring. */

export { BatchWindow } from "./batch.ts";
export type { BatchModel } from "./batch.ts";
export { mergedWindows } from "./merged.ts";
export type { Counts } from "./counts.ts";
export { homogeneity } from "./homogeneity.ts";
export type { Homogeneity } from "./homogeneity.ts";
export { sharesDiffer } from "./share.ts";
export type { Shares } from "./share.ts";
export { kolmogorov, psi, psiCritical, psiExpected, severityOf } from "./statistic.ts";
export type * from "../core/monitoring.ts";
