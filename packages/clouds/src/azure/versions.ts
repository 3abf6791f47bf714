/** The version of the service that requests ask for, and that ordinary SAS are signed by. */
export const API_VERSION = '2025-11-05'

/** The first version by which a SAS may be for a directory whatever the kind of account; with a hierarchical namespace it could be before. */
export const DIRECTORY_SAS_VERSION = '2026-06-06'
