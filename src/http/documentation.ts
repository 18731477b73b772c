import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { App } from './app.ts';

const description = `Every call, from the schemas that check it.

Authentication: \`Authorization: Basic base64(keyId:secret)\` with an API token, or the session cookie of the console.
Errors are problem documents (RFC 9457): \`code\` is stable, \`errors\` names the fields. Lists are \`{items, nextCursor}\`.`;

/** Collects the routes that are added after it. */
export async function collectRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Lethe', description, version },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'basic', description: 'keyId:secret of an API token' },
          session: { type: 'apiKey', in: 'cookie', name: 'lethe.session_token' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
  });
}

/** The OpenAPI document, and a page that shows it; both need nothing from another host. */
export async function addDocumentation(app: App): Promise<void> {
  app.get('/api/openapi.json', { config: { may: 'public' }, schema: { hide: true } }, async (_request, reply) =>
    reply.send(app.swagger()),
  );
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, may: 'public' };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs',
      staticCSP: "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
      uiConfig: { validatorUrl: null, docExpansion: 'none', deepLinking: true },
    });
  });
}
