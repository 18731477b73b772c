/** What happens to the embedded server, by name. */
export type EmbeddedEvent =
  | 'database.started'
  | 'database.taken_over'
  | 'database.recovering' // from a crash; every ten seconds, with the seconds gone
  | 'database.died'
  | 'database.start_failed' // after it died; it is tried again
  | 'database.restarted'
  | 'database.ballast_spent' // the disk was full
  | 'database.stopped';

export type EmbeddedLog = (event: EmbeddedEvent, fields?: Record<string, unknown>) => void;
