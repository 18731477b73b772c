/**
 * The closed list of what Lethe announces. The log writes every one of them at its level, the metrics count them by name, and
 * those that are audited stand in the audit under the same name. None carries an identity value: users are named by their
 * internal id only.
 */
export const announcements = {
  'server.starting': { level: 'info' },
  'server.ready': { level: 'info' },
  'server.stopping': { level: 'info' },
  'server.bootstrap_ignored': { level: 'info' },
  'server.setting_unknown': { level: 'warn' },
  'database.started': { level: 'info' },
  'database.taken_over': { level: 'info' },
  'database.recovering': { level: 'info' },
  'database.died': { level: 'error' },
  'database.start_failed': { level: 'error' },
  'database.restarted': { level: 'warn' },
  'database.ballast_spent': { level: 'warn' },
  'database.stopped': { level: 'info' },
  'database.away': { level: 'error' },
  'request.failed': { level: 'error' },
  'job.step_failed': { level: 'error' },
  'dataset.created': { level: 'info', audited: true },
  'dataset.changed': { level: 'info', audited: true },
  'dataset.deleted': { level: 'info', audited: true },
  'member.created': { level: 'info', audited: true },
  'member.changed': { level: 'info', audited: true },
  'member.deleted': { level: 'info', audited: true },
  'member.password_reset': { level: 'info', audited: true },
  'member.signed_in': { level: 'info', audited: true },
  'member.single_sign_on_refused': { level: 'warn' },
  'token.created': { level: 'info', audited: true },
  'token.deleted': { level: 'info', audited: true },
  'write_key.created': { level: 'info', audited: true },
  'write_key.deleted': { level: 'info', audited: true },
  'segment.created': { level: 'info', audited: true },
  'segment.changed': { level: 'info', audited: true },
  'segment.computed': { level: 'info' },
  'clock.looked': { level: 'debug' },
  'clock.late': { level: 'warn' },
  'segment.deleted': { level: 'info', audited: true },
  'segment.users_changed': { level: 'info', audited: true },
  'segment.followed': { level: 'info' },
  'segment.following_failed': { level: 'error' },
  'segment.exported': { level: 'info', audited: true },
  'attribute.defined': { level: 'info', audited: true },
  'attribute.undefined': { level: 'info', audited: true },
  'identity_type.defined': { level: 'info', audited: true },
  'identity_type.undefined': { level: 'info', audited: true },
  'import.started': { level: 'info', audited: true },
  'import.completed': { level: 'info', audited: true },
  'import.failed': { level: 'error', audited: true },
  'user.merge_begun': { level: 'info' },
  'user.merge_dropped': { level: 'info' },
  'user.merged': { level: 'info' },
  'user.deleted': { level: 'info', audited: true },
  'users.exported': { level: 'info', audited: true },
  'users.looked_up': { level: 'info', audited: true },
  'users.deleted_by_list': { level: 'info', audited: true },
  'deletion.started': { level: 'info', audited: true },
  'deletion.step': { level: 'debug' },
  'deletion.leftovers': { level: 'warn' },
  'deletion.held_back': { level: 'warn' },
  'deletion.completed': { level: 'info', audited: true },
} as const satisfies Record<string, { level: 'debug' | 'info' | 'warn' | 'error'; audited?: true }>;

export type Announcement = keyof typeof announcements;
export type AuditedAction = {
  [K in Announcement]: (typeof announcements)[K] extends { audited: true } ? K : never;
}[Announcement];

/** Says that something happened; the log and the metrics listen. */
export type Announce = (name: Announcement, fields?: Record<string, unknown>) => void;
