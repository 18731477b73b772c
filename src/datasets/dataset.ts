/** Types of datasets. A type changes nothing in how a dataset works; it tells people which one they are in. */
export const datasetTypes = ['production', 'staging', 'qa', 'development'] as const;
export type DatasetType = (typeof datasetTypes)[number];

export const datasetIdPattern = /^[a-z][a-z0-9_-]{0,39}$/;
