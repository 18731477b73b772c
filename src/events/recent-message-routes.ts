import { z } from 'zod';
import { on } from '../database/handle.ts';
import { type App, moment } from '../http/app.ts';
import type { Lethe } from '../lethe.ts';
import { publicId } from '../profiles/profile.ts';
import type { RecentMessage, RecentMessages } from './recent-messages.ts';

const recentMessageSchema = z.object({
  no: z.int().describe('Its place among the messages that this server received since it started'),
  at: moment.describe('When it was received'),
  source: z.string().describe('Name of the write key or token it came with'),
  type: z.string().nullable().describe('`track`, `identify`, …; null where it could not be read'),
  action: z.string().nullable(),
  user: z.string().nullable().describe('Lethe’s own id of the user'),
  refused: z.object({ code: z.string(), detail: z.string() }).nullable(),
  duplicate: z.boolean().describe('Received before under the same messageId, and not written again'),
});
export type RecentMessageItem = z.infer<typeof recentMessageSchema>;

/** The last messages, for whoever sets up a source and wants to see them come. */
export function recentMessageRoutes(recent: RecentMessages): (app: App, lethe: Lethe) => void {
  return (app, { database }) => {
    app.get(
      '/api/dataset/:ds/events/recent',
      {
        // As the write keys, whose names are among it.
        config: { may: 'manageWriteKeys' },
        schema: {
          tags: ['Events'],
          summary:
            'The last 100 messages that this server received for a dataset, the newest first, without what they said',
          params: z.object({ ds: z.string() }),
          response: { 200: z.object({ items: z.array(recentMessageSchema) }) },
        },
      },
      async ({ dataset }) => ({ items: (await recent.list(on(dataset, database.reads))).map(shown) }),
    );
  };
}

function shown({ no, at, source, type, action, profileId, refusal }: RecentMessage): RecentMessageItem {
  return {
    no,
    at: at.toISOString(),
    source,
    type,
    action,
    user: profileId === undefined ? null : publicId(profileId),
    refused: refusal ? { code: refusal.code, detail: refusal.detail } : null,
    duplicate: profileId === undefined && refusal === undefined,
  };
}
