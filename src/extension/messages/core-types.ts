// The types of the core that pages show: they are browser code, and take types from this folder alone.

export type { MetricValue } from '../../base/metric-value.ts';
export type { Progress } from '../../base/progress.ts';
export type { Author, Via } from '../../catalog/read-models/author.ts';
export type { CommentEntry } from '../../catalog/read-models/comments.ts';
export type { EvaluationEntry } from '../../catalog/read-models/evaluations.ts';
export type { CodeLineage, Lineage, PackageVersion } from '../../catalog/read-models/lineage.ts';
export type { ModelOverview } from '../../catalog/read-models/models.ts';
export type { Plot, PlotAxis, PlotBox, PlotPoint, VersionColumns } from '../../catalog/read-models/plot.ts';
export type { TenureEntry, TransitionEntry } from '../../catalog/read-models/stages.ts';
export type { Metrics } from '../../catalog/read-models/values.ts';
export type { FileEntry, VersionDetails, VersionFacts, VersionSummary } from '../../catalog/read-models/versions.ts';
export type { ChangedFile, CodeBetween, CommitList } from '../../lineage/code-history.ts';
export type { DangerFinding, DangerReport, SignatureEntry } from '../../modelfiles/facts.ts';
export type { FactsSummary } from '../../modelfiles/facts-summary.ts';
export type { LoadSnippet } from '../../modelfiles/loading/load-snippet.ts';
export type { TensorColumn, TensorQuery, TensorRow, TensorRows } from '../../modelfiles/tensor-rows.ts';
export type {
  ComparedColumn,
  ComparedTensorQuery,
  ComparedTensorRows,
} from '../../modelfiles/tensors/compared-rows.ts';
export type { TensorChange, TensorDifference } from '../../modelfiles/tensors/tensor-difference.ts';
export type { CardFile } from '../../registry/api/card.ts';
export type { DataChange, PackageChange } from '../../registry/api/changes.ts';
export type { MetricCourses } from '../../registry/api/facts.ts';
export type { GraphNode, ImpactEntry, LineageGraph } from '../../registry/api/impact.ts';
export type { MetricTrend } from '../../registry/api/listing.ts';
