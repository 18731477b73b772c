import { z } from 'zod';
import { on } from '../database/handle.ts';
import type { App } from '../http/app.ts';
import { isStorable } from '../http/validation.ts';
import { identityTypePattern } from '../identities/identity.ts';
import type { Lethe } from '../lethe.ts';
import { actionSchema, listActions } from './actions.ts';
import {
  attributeKinds,
  attributeSchema,
  defineAttribute,
  definitionSchema,
  listAttributes,
  undefineAttribute,
} from './attributes.ts';
import { defineIdentityType, identityTypeSchema, listIdentityTypes, undefineIdentityType } from './identity-types.ts';
import { descriptionLengthMax } from './vocabulary.ts';

const tags = ['Vocabulary'];
const inDataset = z.object({ ds: z.string() });
const byName = inDataset.extend({
  name: z.string().refine(isStorable, 'expected text without U+0000 or half of a surrogate pair'),
});
const byType = inDataset.extend({
  type: z.string().regex(identityTypePattern, 'expected a letter, then up to 39 letters, digits, "_" or "-"'),
});
const description = z.string().trim().min(1, 'expected a text; null is none').max(descriptionLengthMax).nullable();

/** Attributes, identity types and actions: what is in use, and what members say about it. */
export function vocabularyRoutes(app: App, lethe: Lethe): void {
  attributeRoutes(app, lethe);
  identityTypeRoutes(app, lethe);
  app.get(
    '/api/dataset/:ds/actions',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'What users did, most events first',
        params: inDataset,
        response: { 200: z.object({ items: z.array(actionSchema) }) },
      },
    },
    async ({ dataset }) => ({ items: await listActions(on(dataset, lethe.database.reads)) }),
  );
}

function attributeRoutes(app: App, { database, now, announce }: Lethe): void {
  app.get(
    '/api/dataset/:ds/attributes',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'Attributes that are defined or in use, by name',
        params: inDataset,
        response: { 200: z.object({ items: z.array(attributeSchema) }) },
      },
    },
    async ({ dataset }) => ({ items: await listAttributes(on(dataset, database.reads)) }),
  );

  app.put(
    '/api/dataset/:ds/attributes/:name',
    {
      config: { may: 'defineAttributes' },
      schema: {
        tags,
        summary: 'Say what an attribute is meant to hold; values stay as they are',
        params: byName,
        body: z.strictObject({ kind: z.enum(attributeKinds), description: description.default(null) }),
        response: { 200: definitionSchema },
      },
    },
    async ({ dataset, actor, params: { name }, body }) => {
      const definition = { name, ...body };
      await defineAttribute(on(dataset, database.writes), definition, { actor, now: now() });
      announce('attribute.defined', { dataset: dataset.id, attribute: name, by: actor.id });
      return definition;
    },
  );

  app.delete(
    '/api/dataset/:ds/attributes/:name',
    {
      config: { may: 'defineAttributes' },
      schema: {
        tags,
        summary: 'Take the definition of an attribute back; values stay',
        params: byName,
        response: { 204: z.null() },
      },
    },
    async ({ dataset, actor, params: { name } }, reply) => {
      await undefineAttribute(on(dataset, database.writes), name, { actor, now: now() });
      announce('attribute.undefined', { dataset: dataset.id, attribute: name, by: actor.id });
      return reply.code(204).send(null);
    },
  );
}

function identityTypeRoutes(app: App, { database, now, announce }: Lethe): void {
  app.get(
    '/api/dataset/:ds/identity-types',
    {
      config: { may: 'viewDataset' },
      schema: {
        tags,
        summary: 'Identity types: built in, defined or in use',
        params: inDataset,
        response: { 200: z.object({ items: z.array(identityTypeSchema) }) },
      },
    },
    async ({ dataset }) => ({ items: await listIdentityTypes(on(dataset, database.reads)) }),
  );

  app.put(
    '/api/dataset/:ds/identity-types/:type',
    {
      config: { may: 'defineAttributes' },
      schema: {
        tags,
        summary: 'Say what an identity type is for',
        params: byType,
        body: z.strictObject({ description }),
        response: { 200: z.object({ type: z.string(), description: z.string().nullable() }) },
      },
    },
    async ({ dataset, actor, params: { type }, body }) => {
      const described = { type, ...body };
      await defineIdentityType(on(dataset, database.writes), described, { actor, now: now() });
      announce('identity_type.defined', { dataset: dataset.id, type, by: actor.id });
      return described;
    },
  );

  app.delete(
    '/api/dataset/:ds/identity-types/:type',
    {
      config: { may: 'defineAttributes' },
      schema: {
        tags,
        summary: 'Take back what was said of an identity type; identities stay',
        params: byType,
        response: { 204: z.null() },
      },
    },
    async ({ dataset, actor, params: { type } }, reply) => {
      await undefineIdentityType(on(dataset, database.writes), type, { actor, now: now() });
      announce('identity_type.undefined', { dataset: dataset.id, type, by: actor.id });
      return reply.code(204).send(null);
    },
  );
}
